"""When reports are made, and for whom."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.access import Actor
from core.forms import PeopleField, VersionedForm, WholeField
from organization.queries import people_named
from scorecards.actions.schedules import stored_plan
from scorecards.models import ReportSchedule

EVERY = (("week", _("Every week")), ("month", _("Every month")), ("quarter", _("Every quarter")))
COUNTS = (
    ("working", _("Working day after the month or quarter has ended")),
    ("calendar", _("Day of the week, of the month, or of the first month after a quarter")),
)


class ScheduleForm(VersionedForm):
    """A schedule of reports. The action judges the day."""

    every = forms.ChoiceField(
        label=_("How often"), choices=EVERY, initial="month",
        help_text=_("A monthly or weekly report shows the last finished month, a quarterly one the last finished quarter."),
    )  # fmt: skip
    counts = forms.ChoiceField(
        label=_("The day counts as"), choices=COUNTS, initial="working",
        help_text=_("Working days are Monday to Friday; public holidays count too."),
    )  # fmt: skip
    on_day = WholeField(
        label=_("Day"), required=True, initial=3,
        help_text=_("Of a week, 1 is Monday and 7 is Sunday. A day a month does not have is its last day."),
    )  # fmt: skip
    at_hour = WholeField(label=_("Hour"), required=True, initial=7, help_text=_("0 to 23, by the portal's clock."))
    recipients = PeopleField(label=_("Who gets it"), help_text=_("One on each line: name, e-mail or staff number."))

    def __init__(self, *args: Any, reader: Actor, row: ReportSchedule | None = None, **kwargs: Any) -> None:
        if row is not None:
            kwargs["initial"] = {**stored_plan(row), "expected": row.row_version}
        super().__init__(*args, **kwargs)
        self.fields["recipients"].find = partial(people_named, reader)  # type: ignore[attr-defined]
