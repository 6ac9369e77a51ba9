"""What people attach to any record. A record is named by its Subject and loaded through its own policy, whatever it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.db.models import Model
from django.http import FileResponse, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import require
from core.guards import PortalRequest, guarded, signed_in
from core.links import period_query
from core.subjects import url_of
from core.submitting import refuse_quietly, take
from organization.models import Subject
from strategy import actions
from strategy.actions.files import file_path
from strategy.forms import AttachmentForm, CommentForm, UpdateForm
from strategy.models import Attachment, Comment, Update
from strategy.queries.attached import attached, attachment_of, comment_of, names_near, record_of, subject_named

SUBJECT = "The record behind the subject is loaded through its own policy, whatever kind it is."
get_or_post = require_http_methods(["GET", "HEAD", "POST"])
F = TypeVar("F", bound=forms.Form)
M = TypeVar("M", bound=Model)


def about_subject(verb: str) -> Callable[..., Any]:
    """Hand the view the record behind the Subject `pk`: 404 if it may not be seen, 403 if only the verb fails."""

    def decorate(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @signed_in(SUBJECT)
        @wraps(view)
        def wrapper(request: PortalRequest, pk: int) -> HttpResponseBase:
            record = record_of(request.actor, subject_named(pk))
            require(request.actor, verb, record)
            return view(request, record)

        return wrapper

    return decorate


def back(request: PortalRequest, subject: Subject, anchor: str) -> HttpResponseRedirect:
    """The page of the record, at the thing that was written, in the period it was read in."""
    return redirect(f"{url_of(subject)}{period_query(request.at)}#{anchor}")


def form_page(request: PortalRequest, record: Any, form: forms.Form, words: Mapping[str, Any]) -> HttpResponse:
    """A form on a page of its own: what opens without scripts, and what comes back with mistakes."""
    names = names_near(record.subject) if "assignee" in form.fields else []
    context = {"subject": record.subject, "back_url": url_of(record.subject), "form": form, "names": names, **words}
    return render(request, "strategy/form.html", context, status=422 if form.is_bound else 200)


def filled(kind: type[F], request: PortalRequest, **options: Any) -> F:
    """The form as it was sent, or empty."""
    return kind(request.POST, request.FILES, **options) if request.method == "POST" else kind(**options)


@signed_in(SUBJECT)
@require_safe
def discussion(request: PortalRequest, pk: int) -> HttpResponse:
    """Everything attached to any record, to read and to add to."""
    record = record_of(request.actor, subject_named(pk))
    report = attached(request.actor, record)
    context = {"attached": report, "comment_form": CommentForm(), "back_url": url_of(report.subject)}
    return render(request, "strategy/discussion.html", context)


# ------------------------------------------------------------------------------------------------------ comments
@about_subject("comment")
@get_or_post
def comment_new(request: PortalRequest, record: Any) -> HttpResponse:
    """Comment on a record."""
    form = filled(CommentForm, request)
    made = take(form, lambda given: actions.comment(request.actor, about=record, text=given["text"]))
    if made is None:
        return form_page(request, record, form, {"title": _("Comment"), "button": _("Comment")})
    return back(request, record.subject, f"comment-{made.pk}")


@signed_in(SUBJECT)
@get_or_post
def comment_reply(request: PortalRequest, pk: int) -> HttpResponse:
    """Answer a comment."""
    first = comment_of(request.actor, pk)
    form = filled(CommentForm, request)
    made = take(form, lambda given: actions.reply(request.actor, to=first, text=given["text"]))
    if made is None:
        words = {"title": _("Reply"), "button": _("Reply"), "quoted": first}
        return form_page(request, record_of(request.actor, first.subject), form, words)
    return back(request, first.subject, f"comment-{made.pk}")


@guarded("view", Comment)
@require_POST
def comment_remove(request: PortalRequest, row: Comment) -> HttpResponse:
    """Put a comment into the trash."""
    actions.remove(request.actor, row=row)
    messages.success(request, _("The comment is deleted. You can bring it back for 30 days."))
    return back(request, row.subject, "trash")


@guarded("view", Comment)
@require_POST
def comment_restore(request: PortalRequest, row: Comment) -> HttpResponse:
    """Bring a comment back."""
    actions.restore(request.actor, row=row)
    messages.success(request, _("The comment is back."))
    return back(request, row.subject, f"comment-{row.pk}")


# ------------------------------------------------------------------------------------------------------- updates
@about_subject("post_update")
@get_or_post
def update_new(request: PortalRequest, record: Any) -> HttpResponse:
    """Say how it stands."""
    form = filled(UpdateForm, request, at=request.at)

    def post(given: dict[str, Any]) -> Update:
        period = form.periods[given["period"]]
        return actions.post_update(
            request.actor, about=record, text=given["text"], declared=given["declared"], period=period
        )

    made = take(form, post)
    if made is None:
        return form_page(request, record, form, {"title": _("Write an update"), "button": _("Post the update")})
    return back(request, record.subject, f"update-{made.pk}")


@guarded("view", Update)
@require_POST
def update_acknowledge(request: PortalRequest, row: Update) -> HttpResponse:
    """Say that an update was read."""
    return refuse_quietly(
        request,
        lambda: actions.acknowledge_update(request.actor, update=row),
        back=back(request, row.subject, f"update-{row.pk}").url,
    )


# --------------------------------------------------------------------------------------------------------- files
@about_subject("attach")
@get_or_post
def attachment_new(request: PortalRequest, record: Any) -> HttpResponse:
    """Attach a file to a record."""
    form = filled(AttachmentForm, request)

    def attach(given: dict[str, Any]) -> Attachment:
        return actions.attach_file(request.actor, about=record, name=given["file"].name, content=given["file"])

    made = take(form, attach)
    if made is None:
        words = {"title": _("Attach a file"), "button": _("Attach"), "is_upload": True}
        return form_page(request, record, form, words)
    return back(request, record.subject, f"file-{made.pk}")


@signed_in(SUBJECT)
@require_safe
def attachment(request: PortalRequest, pk: int) -> HttpResponseBase:
    """The file as a download: never shown in the portal's own name, never kept by a cache (TRUST I9)."""
    row = attachment_of(request.actor, pk)
    path = file_path(row.path)
    if not path.is_file():
        return render(request, "strategy/file_missing.html", {"file": row}, status=410)
    headers = {
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store, private",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return FileResponse(
        path.open("rb"), as_attachment=True, filename=row.name, content_type=row.media_type, headers=headers
    )


@guarded("view", Attachment)
@require_POST
def attachment_remove(request: PortalRequest, row: Attachment) -> HttpResponse:
    """Put a file into the trash."""
    actions.remove(request.actor, row=row)
    messages.success(request, _("“%(name)s” is deleted. You can bring it back for 30 days.") % {"name": row.name})
    return back(request, row.subject, "trash")


@guarded("view", Attachment)
@require_POST
def attachment_restore(request: PortalRequest, row: Attachment) -> HttpResponse:
    """Bring a file back."""
    actions.restore(request.actor, row=row)
    messages.success(request, _("“%(name)s” is back.") % {"name": row.name})
    return back(request, row.subject, f"file-{row.pk}")
