"""People: adding many, changing one, and the end and return of their access (TRUST A8)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor, require
from core.actions import Refusal, assign, check_version
from core.formats import date_long
from organization import subjects
from organization.actions.batches import clean_rows, locked, require_each
from organization.actions.mails import letter, post
from organization.actions.passwords import hashed
from organization.actions.texts import clean_code, clean_email, clean_line
from organization.models import OrgUnit, Person

CHANGEABLE = ("name", "email", "code", "home_unit", "joined_on")


@dataclass(frozen=True)
class PersonRow:
    """A person to add. Without an e-mail there is no sign-in; `password` is for demonstrations and moves from elsewhere."""

    name: str
    unit: OrgUnit
    email: str = ""
    code: str = ""
    joined_on: date | None = None
    password: str = ""


def add_people(actor: Actor, *, rows: Sequence[PersonRow]) -> list[Person]:
    """Add people to units; all or none. In the order of the rows. Nobody can sign in before a password is set."""
    cleaned = clean_rows(rows, _clean_person)
    require_each(actor, "add_person", OrgUnit, [row.unit.pk for row in cleaned])
    _check_taken(cleaned)
    hashes = {text: hashed(text) for text in {row.password for row in cleaned}}
    single = cleaned[0].unit.subject_id if len(cleaned) == 1 else None
    with recording(actor, "add_people", subject_id=single, details={"count": len(cleaned)}):
        return subjects.create(
            Person,
            [
                {
                    "name": row.name,
                    "email": row.email or None,
                    "code": row.code or None,
                    "home_unit": row.unit,
                    "joined_on": row.joined_on,
                    "password": hashes[row.password],
                }
                for row in cleaned
            ],
        )


def _clean_person(row: PersonRow) -> PersonRow:
    if row.unit.closed_on is not None:
        raise Refusal(_("%(unit)s is closed. Choose a unit that is open.") % {"unit": row.unit}, field="unit")
    return replace(
        row,
        name=clean_line(row.name, label=_("The name"), most=200, field="name"),
        email=clean_email(row.email),
        code=clean_code(row.code, label=_("The staff number")) if row.code.strip() else "",
    )


def _check_taken(rows: Sequence[PersonRow]) -> None:
    emails = Counter(row.email for row in rows if row.email)
    codes = Counter(row.code for row in rows if row.code)
    known = Person.objects.filter(Q(email__in=emails) | Q(code__in=codes)).values_list("email", "code")
    for email, code in known:
        emails[email or ""] += 1
        codes[code or ""] += 1

    def check(row: PersonRow) -> None:
        if row.email and emails[row.email] > 1:
            raise _taken(_("The e-mail"), row.email, "email")
        if row.code and codes[row.code] > 1:
            raise _taken(_("The staff number"), row.code, "code")

    clean_rows(rows, check)


def _taken(label: str, value: str, field: str) -> Refusal:
    return Refusal(_("%(label)s %(value)s belongs to somebody else.") % {"label": label, "value": value}, field=field)


def change_person(actor: Actor, *, person: Person, values: dict[str, Any], expected: int | None = None) -> Person:
    """Change a person's name, e-mail, staff number, home unit or first day.

    The e-mail is what one signs in with: only those with the verb `change_sign_in` may touch it, and both addresses are
    told.
    """
    require(actor, "change", person)
    cleaned = _clean_values(values)
    with transaction.atomic():
        row = locked(Person, person.pk)
        check_version(row, expected, values)
        old_email = row.email
        changed = assign(row, cleaned)
        _check_change(actor, row, changed)
        if changed:
            with recording(actor, "change_person", subject_id=row.subject_id):
                row.store(changed)
                if "email" in changed:
                    EmailAddress.objects.filter(user_id=row.pk).delete()
                    _tell_both(row, old_email)
                subjects.sync(Person, [row.pk])
    return row


def _tell_both(row: Person, old: str | None) -> None:
    words = {"name": row.name, "old": old or "—", "new": row.email or "—"}
    post(letter("address_changed", address, words) for address in (old, row.email) if address)


def _clean_values(values: dict[str, Any]) -> dict[str, Any]:
    unknown = sorted(set(values) - set(CHANGEABLE))
    if unknown:
        raise Refusal(_("%(name)s of a person cannot be changed here.") % {"name": unknown[0]}, field=unknown[0])
    cleaned = dict(values)
    if "name" in values:
        cleaned["name"] = clean_line(values["name"], label=_("The name"), most=200, field="name")
    if "email" in values:
        cleaned["email"] = clean_email(values["email"] or "") or None
    if "code" in values:
        given = (values["code"] or "").strip()
        cleaned["code"] = clean_code(given, label=_("The staff number")) if given else None
    return cleaned


def _check_change(actor: Actor, row: Person, changed: list[str]) -> None:
    others = Person.objects.exclude(pk=row.pk)
    if "email" in changed:
        require(actor, "change_sign_in", row)
        if row.email and others.filter(email=row.email).exists():
            raise _taken(_("The e-mail"), row.email, "email")
    if "code" in changed and row.code and others.filter(code=row.code).exists():
        raise _taken(_("The staff number"), row.code, "code")
    if "home_unit" in changed:
        if row.home_unit is None or row.home_unit.closed_on is not None:
            raise Refusal(_("Choose a unit that is open."), field="home_unit")
        require_each(actor, "add_person", OrgUnit, [row.home_unit.pk])
    if row.left_on and row.joined_on and row.joined_on > row.left_on:
        raise Refusal(
            _("%(name)s left on %(day)s and cannot have joined later.") % {"name": row, "day": date_long(row.left_on)},
            field="joined_on",
        )
