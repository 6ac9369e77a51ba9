"""An uploaded file of values, and the cells that were right carried on to a second answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from core.periods import Calendar
from core.spreadsheets import cell_text
from scorecards.actions.entries import PARTS, Entry, Typed
from scorecards.forms.entries import place_of, typed_of
from scorecards.queries.updates import place_key

MOST_BYTES = 50 * 1024 * 1024


class UploadForm(forms.Form):
    """A filled-in workbook, or the same as CSV."""

    file = forms.FileField(
        label=_("Filled-in workbook"), max_length=200, help_text=_("Excel (.xlsx) or CSV, at most 50 MB.")
    )

    def clean_file(self) -> Any:
        """Not too large."""
        given = self.cleaned_data["file"]
        if given.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 50 MB. Split it."))
        return given


def carried(typed: Typed) -> str:
    """The cells of a file as text, for a hidden field."""
    cells = [[place_key(one.place), one.part, cell_text(one.cell), one.key] for one in typed.entries]
    return json.dumps({"as_of": typed.as_of.isoformat() if typed.as_of else "", "cells": cells})


def typed_of_carried(data: Mapping[str, Any], calendar: Calendar) -> Typed | None:
    """The cells that came back, with the choices made; None where they are not what was sent."""
    try:
        document = json.loads(str(data.get("entries", "")))
        as_of = parse_datetime(document["as_of"])
        cells = [(place_of(key, calendar), part, cell, str(name)) for key, part, cell, name in document["cells"]]
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    entries = [
        Entry(name, place, part, cell)
        for place, part, cell, name in cells
        if place is not None and part in PARTS and isinstance(cell, str)
    ]
    return replace(typed_of(data, calendar), entries=entries, as_of=as_of)
