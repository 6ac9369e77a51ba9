"""What endpoints share that answer for a period, or name periods."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest
from django.utils.functional import cached_property
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError

from core.api.views import PolicyViewSet
from core.periods import At, Period, PeriodError
from organization.queries import calendars
from scorecards.models import Result

PERIOD = OpenApiParameter(
    "p", str, description="The period asked about, for example 2026-06; otherwise the last finished month."
)


class TimedViewSet(PolicyViewSet):
    """Endpoints that answer for a period, or name periods."""

    @cached_property
    def at(self) -> At:
        """The moment asked about. A period that is none is refused."""
        request: HttpRequest = self.request._request
        at: At = request.at  # type: ignore[attr-defined]
        try:
            asked = request.GET.get("p", "")
            return At(Period.parse(asked, at.period.calendar), at.as_of, at.today) if asked else at
        except PeriodError as error:
            raise ValidationError({"p": [str(error)]}) from None

    def get_serializer_context(self) -> dict[str, Any]:
        """With the organisation's calendar, which cuts periods."""
        is_drawn = getattr(self, "swagger_fake_view", False)
        return {**super().get_serializer_context(), "calendar": None if is_drawn else self.calendar}

    @cached_property
    def calendar(self) -> Any:
        """Asked once."""
        return calendars()

    def asked(self, path: str) -> Prefetch[Any]:
        """The results asked about, of the nodes at the path, in their `asked`."""
        period = self.at.period
        results = Result.objects.filter(frequency=period.frequency, period_start=period.start)
        return Prefetch(path, results, to_attr="asked")
