"""One way to answer a form: parse, act, go on; a refusal stands at its field, a conflict shows both versions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core.actions import Conflict, Refusal
from core.formats import date_long
from core.guards import PortalRequest

Made = TypeVar("Made")
Stored = Callable[[Any], Mapping[str, Any]]


@dataclass
class FormPage:
    """What stands around a form: heading, where it belongs, what it will do, the word on its button, the way back."""

    heading: str
    form: forms.Form
    submit: str
    back: str
    crumbs: Sequence[tuple[str, str]] = ()
    words: str = ""
    consequences: Sequence[str] = ()
    grave: bool = False
    template: str = "core/form.html"
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Difference:
    """A field that somebody else changed to something other than what the reader wrote."""

    label: str
    theirs: str
    yours: str


def posted(request: PortalRequest) -> Any:
    """The form's data, or None for a page that is only opened."""
    return request.POST if request.method == "POST" else None


def answer(
    request: PortalRequest,
    page: FormPage,
    act: Callable[[dict[str, Any]], Any],
    *,
    said: str = "",
    done: Callable[[Any], str] | None = None,
    stored: Stored | None = None,
) -> HttpResponse:
    """The form, or what its action answers. `done` gives the address that follows from what the action made.

    `stored` gives a row's values by field name, to show them beside the reader's after a conflict.
    """
    if request.method == "POST" and page.form.is_valid():
        try:
            made = act(page.form.cleaned_data)
        except Refusal as refusal:
            add_refusal(page.form, refusal)
        except Conflict as conflict:
            return _both(request, page, conflict, stored or (lambda row: {}))
        else:
            if said:
                messages.success(request, said)
            return redirect(done(made) if done else page.back)
    return show(request, page, status=422 if page.form.is_bound else 200)


def take(form: forms.Form, act: Callable[[dict[str, Any]], Made]) -> Made | None:
    """What the action made of valid input; None if the form or the action says no, which stands in the form then."""
    if not form.is_valid():
        return None
    try:
        return act(form.cleaned_data)
    except Refusal as refusal:
        add_refusal(form, refusal)
        return None


def show(request: PortalRequest, page: FormPage, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page with its form as it is."""
    return render(request, page.template, {"page": page, "form": page.form, **page.more, **more}, status=status)


def add_refusal(form: forms.Form, refusal: Refusal) -> None:
    """The refusal's sentence at the input it belongs to, or above the form. A field with `point_at` shows its place."""
    shown = refusal.field in form.fields and not form.fields[refusal.field].widget.is_hidden
    if shown and hasattr(form.fields[refusal.field], "point_at"):
        form.fields[refusal.field].point_at(refusal)  # type: ignore[attr-defined]
    form.add_error(refusal.field if shown else None, refusal.sentence)


def _both(request: PortalRequest, page: FormPage, conflict: Conflict, stored: Stored) -> HttpResponse:
    """Both versions; the form keeps the reader's, and saving it again replaces the other's."""
    theirs = stored(conflict.current)
    found = []
    for name, value in theirs.items():
        if name in page.form.fields and value != page.form.cleaned_data.get(name):
            shown = (_words(page.form, name, value), _words(page.form, name, page.form.cleaned_data.get(name)))
            found.append(Difference(str(page.form.fields[name].label), *shown))
    data = request.POST.copy()  # it keeps every box that was ticked
    data["expected"] = str(conflict.current.row_version)  # type: ignore[attr-defined]
    page.form.data = data
    return show(request, page, status=409, conflict=conflict, differences=found)


def _words(form: forms.Form, name: str, value: Any) -> str:
    if value in (None, ""):
        return "—"
    if isinstance(value, list | tuple):
        return ", ".join(str(each) for each in value) or "—"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    choices = dict(getattr(form.fields[name], "choices", ()))
    if value in choices:
        return str(choices[value])
    return date_long(value) if hasattr(value, "year") else str(value)


def refuse_quietly(
    request: PortalRequest,
    act: Callable[[], Any],
    *,
    back: str,
    said: str | Callable[[Any], str] = "",
    done: str | Callable[[Any], str] = "",
) -> HttpResponse:
    """A verb without a form: done and said, or its refusal said above the page one comes back to.

    `said` and `done`, where one goes on to if that is elsewhere, may follow from what the action made.
    """
    try:
        made = act()
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect(back)
    if words := said(made) if callable(said) else said:
        messages.success(request, words)
    return redirect((done(made) if callable(done) else done) or back)
