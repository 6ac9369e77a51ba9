"""How the demonstration's figures are described: the clock they hang on, the course of a measure, and what it aims at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from core.periods import Frequency, Period, add_years

MONTHS_OF_HISTORY = 36
YEARS_BEFORE = 3
MONTH_NAMES = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True)
class Clock:
    """Every date of the demonstration, from the day it is loaded.

    The strategies run from January three years before this one to December of the next, so that the last 36 finished
    months always lie inside them.
    """

    today: date

    @property
    def newest(self) -> Period:
        """The last month that is over."""
        return Period.of(Frequency.MONTH, self.today).previous()

    @property
    def starts_on(self) -> date:
        return date(self.today.year - YEARS_BEFORE, 1, 1)

    @property
    def ends_on(self) -> date:
        return date(self.today.year + 1, 12, 31)

    @property
    def reweighted_on(self) -> date:
        """The day last year on which the weights were changed."""
        return date(self.today.year - 1, 7, 1)

    def finished(self, frequency: Frequency) -> list[Period]:
        """Periods that have figures, oldest first: 36 months, or the longer ones since the strategy's start."""
        first = self.newest.shift(1 - MONTHS_OF_HISTORY).start if frequency is Frequency.MONTH else self.starts_on
        found, period = [], Period.of(frequency, first)
        while period.end <= self.newest.end:
            found.append(period)
            period = period.next()
        return found

    def ahead(self, frequency: Frequency) -> list[Period]:
        """Periods after those, up to the end of this year."""
        found, period = [], self.finished(frequency)[-1].next()
        while period.end <= date(self.today.year, 12, 31):
            found.append(period)
            period = period.next()
        return found

    def last(self, frequency: Frequency) -> Period:
        """The last period of the strategies."""
        return Period.of(frequency, self.ends_on)

    def first(self, spec: MeasureSpec) -> date:
        """The first day of a measure's first period with a figure, or that should have had one."""
        periods = self.finished(Frequency(spec.frequency))
        return periods[-spec.shape.begins if spec.shape.begins else 0].start

    def days(self, offset: int) -> date:
        """So many days from today, or ago if negative."""
        return self.today + timedelta(days=offset)

    def years(self, offset: int) -> date:
        """The same day so many years on, or ago if negative."""
        return add_years(self.today, offset)

    def words(self) -> dict[str, str]:
        """Names of months for texts: `m0` is the newest finished one, `m1` the one before, `n1` the one after."""
        named = {f"m{back}": _month(self.newest.shift(-back)) for back in range(13)}
        named |= {f"n{on}": _month(self.newest.shift(on)) for on in range(1, 13)}
        return {**named, "first_year": str(self.starts_on.year), "last_year": str(self.ends_on.year)}


def _month(period: Period) -> str:
    return MONTH_NAMES[period.start.month - 1]


@dataclass(frozen=True)
class Shape:
    """The course of a measure over its finished periods.

    `points` are levels at equal distances from the oldest period to the newest, `tail` the newest values as they are,
    oldest first. `season` is what January adds to the level and July takes away, `noise` a standard deviation. Ratios
    have `volume`, the denominator of a usual period. `silent` newest periods have no value, nor have those before the
    first `begins` from the end; 0 is all.
    """

    points: tuple[float, ...]
    tail: tuple[float, ...] = ()
    season: float = 0.0
    noise: float = 0.0
    volume: float = 0.0
    low: float = 0.0
    high: float | None = None
    silent: int = 0
    begins: int = 0


@dataclass(frozen=True)
class Aims:
    """What a measure aims at, per period.

    `by_year` are the values wanted three, two and one year before the year of the newest period, in that year and
    in the next; `points` is a plan that rises from period to period, like a shape. `tail` are those of the newest
    periods as they are, `ahead` of the ones to come; the last one stays. `final` is the value wanted at the end of the
    strategy. `red` and `stretch` are distances from the target, on its worse and on its better side; without `red` the
    default red flag counts. `between` is a range that does not change.
    """

    by_year: tuple[float, ...] = ()
    points: tuple[float, ...] = ()
    tail: tuple[float, ...] = ()
    ahead: tuple[float, ...] = ()
    final: float | None = None
    red: float | None = None
    stretch: float | None = None
    between: tuple[float | None, float | None] | None = None


NO_AIMS = Aims()


@dataclass(frozen=True)
class MeasureSpec:
    """One measure with its definition, course and aims. Its objective is the part of the code before the hyphen.

    One that `interpolates` has targets at the ends of quarters only; between them they follow a straight line.
    """

    code: str
    name: str
    short: str
    counts: str
    formula: str
    source: str
    owner: str
    shape: Shape
    aims: Aims = NO_AIMS
    updaters: tuple[str, ...] = ()
    unit: str = "NMH"
    weight: int = 50
    kind: str = "lagging"
    is_critical: bool = False
    frequency: str = "month"
    aggregation: str = "ratio"
    method: str = "band"
    polarity: str = "up"
    unit_of_measure: str = "%"
    is_percent: bool = True
    decimals: int = 1
    tolerance: float | None = None
    baseline: float | None = None
    limit: float | None = None
    scale: Mapping[str, float] = field(default_factory=dict)
    grace_days: int = 15
    interpolates: bool = False

    @property
    def objective(self) -> str:
        return self.code.split("-")[0]

    @property
    def goodness(self) -> int:
        """+1 if higher is better, else −1 (METHOD §3)."""
        return 1 if self.polarity == "up" else -1
