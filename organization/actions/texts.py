"""Typed words and codes as they are stored: composed (NFC), trimmed, without control characters, of a bounded length."""

from __future__ import annotations

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from core.actions import Refusal

Label = str | Promise

_CODE = re.compile(r"[0-9A-Za-zÀ-ÖØ-öø-ÿ][\w.&/+-]*", re.UNICODE)
_CURRENCY = re.compile(r"[A-Z]{3}")


def clean_line(text: str, *, label: Label, most: int, field: str = "", needed: bool = True) -> str:
    """One line of text. A Refusal says which field is empty, too long or holds characters that cannot be stored."""
    kept = unicodedata.normalize("NFC", text).strip()
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in kept):
        raise Refusal(
            _("%(label)s holds a character that cannot be shown. Type it again.") % {"label": label}, field=field
        )
    if needed and not kept:
        raise Refusal(_("%(label)s is empty. Write something there.") % {"label": label}, field=field)
    if len(kept) > most:
        raise Refusal(
            _("%(label)s has %(count)d characters; at most %(most)d fit.")
            % {"label": label, "count": len(kept), "most": most},
            field=field,
        )
    return kept


def clean_code(text: str, *, label: Label, field: str = "code", most: int = 40) -> str:
    """A short code people type and files name: letters, digits and . - _ / & +, no blanks."""
    kept = clean_line(text, label=label, most=most, field=field)
    if not _CODE.fullmatch(kept):
        raise Refusal(
            _("%(label)s '%(code)s' may hold letters, digits and . - _ / & + only, and starts with a letter or digit.")
            % {"label": label, "code": kept},
            field=field,
        )
    return kept


def clean_email(text: str, *, field: str = "email") -> str:
    """An e-mail address in small letters, so that one person has one; empty stays empty."""
    kept = clean_line(text, label=_("The e-mail"), most=254, field=field, needed=False).lower()
    if kept:
        try:
            validate_email(kept)
        except ValidationError:
            raise Refusal(
                _("'%(email)s' is not an e-mail address. Write it like name@example.org.") % {"email": kept},
                field=field,
            ) from None
    return kept


def clean_currency(text: str, *, field: str = "currency") -> str:
    """Three capital letters of ISO 4217."""
    kept = clean_line(text, label=_("The currency"), most=3, field=field).upper()
    if not _CURRENCY.fullmatch(kept):
        raise Refusal(_("'%(code)s' is not a currency. Write three letters, like EUR.") % {"code": kept}, field=field)
    return kept
