"""The figures of SPEED.md that this organisation can show, each with its bar, all in one run."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.utils import timezone

from bench.accounts import Answers, Request, cpu_seconds, sequence, together
from bench.load import Lines, analyze, forget_results, large_map, load, sessions
from bench.sizes import Size
from core.periods import Frequency, Period
from scorecards.models import Measure, Scorecard
from smo.services import postgres
from strategy.models import Objective

Say = Callable[["Line"], None]
CLIENTS = 4
WARM, HEAPS, TURNS = 8, 3, 10
FLOOR_REPEATS = 600
ROWS = 10_000
ANEW = (("Cache-Control", "no-cache"),)
TOKEN = "b" * 32
"""Cross-site token: the same in cookie and form, as the browser sends it."""


@dataclass(frozen=True)
class Line:
    """One figure: what was measured, in what, and the bar it is held against (none: told only)."""

    work: str
    figure: float
    unit: str
    bar: float | None = None
    remark: str = ""

    @property
    def holds(self) -> bool:
        """Whether the bar holds."""
        return self.bar is None or self.figure <= self.bar

    def __str__(self) -> str:
        verdict = "" if self.bar is None else f"bar {self.bar:g}   {'holds' if self.holds else 'BROKEN'}"
        return f"{self.work:<58}{self.figure:>9.2f} {self.unit:<8}{verdict:<22}{self.remark}"


def measure_all(size: Size, database: int) -> list[Line]:
    """Load what is not there yet, then measure; every line is printed as it comes."""
    today = timezone.localdate()
    found: list[Line] = []

    def say(line: Line) -> None:
        found.append(line)
        print(line, flush=True)

    begun = time.monotonic()
    fresh = load(size, today)
    bare, session = sessions()
    verb = "loaded" if fresh else "found"
    print(f"{verb} {size.units} units, {size.all_measures:,} measures, {size.observations:,} values"
          f" in {time.monotonic() - begun:.0f} s", flush=True)  # fmt: skip
    rebuild(database, say)
    analyze()
    with served("bench.floor:application") as floor, served("smo.wsgi:application") as web:
        unit = cost(floor, database, Request("/"), FLOOR_REPEATS, bare)[0]
        say(Line("F, the floor: a signed-in constant page", unit, "ms CPU"))
        pages(size, session, unit, web, database, say)
        writes(size, session, unit, web, database, say)
    return found


@dataclass(frozen=True)
class Served:
    """gunicorn with two sync workers, and what a request to the floor costs on it."""

    pid: int
    port: int


@contextlib.contextmanager
def served(application: str) -> Iterator[Served]:
    """An application on a free port of this machine alone."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings_module = "bench.floor_settings" if "floor" in application else "smo.settings"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": settings_module, "SMO_SITE_URL": f"http://127.0.0.1:{port}"}
    argv = [sys.executable, "-m", "gunicorn", application, "-w", "2", "-b", f"127.0.0.1:{port}", "--no-control-socket",
            "--timeout", "600", "--log-level", "error"]  # fmt: skip
    process = subprocess.Popen(argv, env=environment)
    try:
        for _attempt in range(200):
            with contextlib.suppress(OSError):  # not up yet, or slow to begin
                urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10).read()
                break
            time.sleep(0.1)
        yield Served(process.pid, port)
    finally:
        process.terminate()
        process.wait(30)


def cookies(session: str) -> str:
    """Signed in, with the token of forms."""
    return f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={TOKEN}"


def cost(
    served: Served, database: int, request: Request, repeats: int, session: str
) -> tuple[float, float, float, int]:
    """Processor milliseconds of a request, its median and p95 latency with one client, bytes of the answer.

    The kernel counts in steps of 10 ms, so requests are counted in three heaps and the middle one is told: what happens
    to run beside one heap (a vacuum, a checkpoint) does not decide.
    """
    sequence(served.port, request, WARM, cookies(session), first=-WARM)
    each, heaps, seconds = max(1, repeats // HEAPS), [], []
    for heap in range(HEAPS):
        before = cpu_seconds([served.pid, database])
        answers = sequence(served.port, request, each, cookies(session), first=heap * each)
        heaps.append((cpu_seconds([served.pid, database]) - before) / each)
        seconds += answers.seconds
        if answers.odd:
            raise SystemExit(f"{request.method} {request.path} answered {sorted(set(answers.odd))}")
    told = Answers(seconds)
    return 1000 * sorted(heaps)[HEAPS // 2], told.at(0.5), told.at(0.95), answers.size


def pages(size: Size, session: str, unit: float, web: Served, database: int, say: Say) -> None:
    """Reading: what each page costs in floors, drawn anew and, where pages are kept (core.keeping), opened again."""
    card = Scorecard.objects.order_by("pk").first()
    measure = Measure.objects.order_by("pk").first()
    objective = Objective.objects.order_by("pk").first()
    assert card is not None
    assert measure is not None
    assert objective is not None
    sixty = large_map(timezone.localdate())
    read = (
        ("executive home", "/", 8, True),
        (f"scorecard of a unit, {size.measures_of(0)} measures with spark lines", f"/scorecards/{card.pk}/", 12, True),
        ("measure page with chart and table", f"/scorecards/measures/{measure.pk}/", 8, True),
        ("objective page", f"/strategy/objectives/{objective.pk}/", 8, True),
        ("strategy map", "/planning/", 8, True),
        ("strategy map of 60 objectives and 120 links", f"/planning/maps/{sixty.pk}/", 8, True),
        ("list of 50 measures, worst first", "/scorecards/measures/", 8, True),
        ("API list of 100 measures with results", "/api/v1/measures/", 8, False),
        ("API list of 100 values", "/api/v1/observations/", 8, False),
        ("who has reported", "/scorecards/reporting/", 15, True),
    )
    for work, path, bar, is_kept in read:
        for words, headers in (("", ANEW), (", again", ())) if is_kept else (("", ()),):
            spent, p50, p95, weight = cost(web, database, Request(path, headers=headers), size.repeats, session)
            remark = f"{spent:.1f} ms CPU, p50 {p50:.0f} ms, p95 {p95:.0f} ms, {weight / 1024:.0f} kB"
            say(Line(work + words, spent / unit, "F", bar, remark))
    crowd = together(web.port, Request("/"), size.repeats, cookies(session), CLIENTS)
    say(Line("executive home, p95 with 4 clients", crowd.at(0.95), "ms", 80))


def writes(size: Size, session: str, unit: float, web: Served, database: int, say: Say) -> None:
    """Writing: one value by its form, ten thousand by the API beside the same rows by COPY."""
    measure = Measure.objects.order_by("pk").first()
    assert measure
    month = timezone.localdate().replace(day=1)
    form = Request(
        f"/scorecards/measures/{measure.pk}/record/",
        "POST",
        lambda number: (
            f"csrfmiddlewaretoken={TOKEN}&period={month:%Y-%m}&value={90 + number % 50}.{abs(number) % 997}&comment="
        ).encode(),
        (("Content-Type", "application/x-www-form-urlencoded"),),
        wanted=(302,),
    )
    spent, p50, p95, _weight = cost(web, database, form, size.repeats, session)
    say(
        Line(
            "record one value, roll-up to the top included",
            spent / unit,
            "F",
            12,
            f"p50 {p50:.0f} ms, p95 {p95:.0f} ms",
        )
    )
    bulk_upsert(size, session, web, database, say)


def bulk_upsert(size: Size, session: str, web: Served, database: int, say: Say) -> None:
    """Ten thousand values by the API, each new, beside the same rows by COPY and one upsert."""
    month = timezone.localdate().replace(day=1)
    codes = list(Measure.objects.order_by("pk").values_list("code", flat=True)[: max(1, ROWS // size.months)])
    months = [Period.of(Frequency.MONTH, month).shift(-step).key for step in range(1, size.months + 1)]
    keys = [(code, at) for code in codes for at in months][:ROWS]
    bulk = Request(
        "/api/v1/observations/bulk/",
        "POST",
        lambda number: json.dumps(
            {"rows": [{"measure": c, "period": m, "value": 95 + (number + 5) / 7} for c, m in keys]}
        ).encode(),
        (("Content-Type", "application/json"), ("X-CSRFToken", TOKEN)),
        wanted=(200, 201),
    )
    sequence(web.port, bulk, 1, cookies(session), first=-3)
    last = _transaction()
    before, begun = cpu_seconds([web.pid, database]), time.perf_counter()
    answers = sequence(web.port, bulk, 2, cookies(session), first=1)
    spent = (cpu_seconds([web.pid, database]) - before) / 2
    if answers.odd:
        raise SystemExit(f"the bulk answered {answers.odd}")
    wall, stored = (time.perf_counter() - begun) / 2, _results_since(last)
    same, bare = copied(keys, database, UPSERT_SAME), copied(keys, database, UPSERT_BARE)
    remark = f"{spent:.2f} s CPU and {wall:.2f} s for {len(keys):,} rows; COPY and upsert {{:.3f}} s".format
    say(Line("bulk upsert with roll-up, in COPY and one upsert", spent / same, "times", 4, remark(same)))
    say(Line("the same, in COPY and one upsert of a bare table", spent / bare, "times", None, remark(bare)))
    say(Line("the same, for each result stored", 1000 * spent / stored, "ms CPU", None, f"{stored:,} results"))


def _transaction() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        return int(cursor.fetchone()[0])


def _results_since(transaction: int) -> int:
    """How many results were written last after a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SELECT count(*) FROM scorecards_result WHERE xmin::text::bigint > %s", [transaction % 2**32])
        return int(cursor.fetchone()[0])


UPSERT_SAME = """
WITH old AS (
  UPDATE scorecards_observation o SET superseded_at = now() FROM bench_staging n WHERE o.series_id = n.series
    AND o.frequency = n.frequency AND o.period_start = n.start AND o.superseded_at IS NULL
  RETURNING o.series_id, o.frequency, o.period_start, o.revision, o.recorded_by_id, o.event_id
)
INSERT INTO scorecards_observation (series_id, frequency, period_start, revision, recorded_at, recorded_by_id, event_id,
  value, source, comment)
SELECT n.series, n.frequency, n.start, o.revision + 1, now(), o.recorded_by_id, o.event_id, n.value, '', ''
FROM bench_staging n JOIN old o ON o.series_id = n.series AND o.frequency = n.frequency AND o.period_start = n.start
"""
UPSERT_BARE = """
INSERT INTO bench_values SELECT series, frequency, start, value FROM bench_staging
ON CONFLICT (series, frequency, start) DO UPDATE SET value = excluded.value
"""
BARE = """
CREATE TEMPORARY TABLE bench_values ON COMMIT DROP AS SELECT series_id AS series, frequency, period_start AS start, value
FROM scorecards_observation WHERE superseded_at IS NULL
"""


def copied(keys: list[tuple[str, str]], database: int, upsert: str) -> float:
    """Processor seconds of COPY into a staging table and one upsert of the values of these measures and months.

    Either into the table of values itself, with its indexes, constraints and triggers, where an upsert supersedes what
    stands there and adds a revision: that is what storing the same rows costs PostgreSQL alone. Or into a bare table of the
    same values with nothing but a key. All is undone again.
    """
    used = lambda: cpu_seconds([database]) + sum(resource.getrusage(resource.RUSAGE_SELF)[:2])  # noqa: E731
    months = sorted({f"{month}-01" for _code, month in keys})
    with contextlib.closing(postgres.connect(settings.STATE_DIR, role=postgres.OWNER_ROLE, name="smo")) as owner:
        owner.autocommit = False
        cursor = owner.cursor()
        if upsert is UPSERT_BARE:
            cursor.execute(BARE)
            cursor.execute("ALTER TABLE bench_values ADD PRIMARY KEY (series, frequency, start)")
        cursor.execute(
            "CREATE TEMPORARY TABLE bench_staging (series bigint, frequency text, start date, value numeric)"
            " ON COMMIT DROP"
        )
        cursor.execute(
            "SELECT s.id FROM scorecards_series s JOIN scorecards_measure m ON m.id = s.measure_id"
            " WHERE s.kind = 'actual' AND s.name = '' AND m.code = ANY(%s) ORDER BY 1",
            [sorted({code for code, _month in keys})],
        )
        series = [row[0] for row in cursor.fetchall()]
        before = used()
        for turn in range(TURNS):
            rows = (f"{one}\tmonth\t{month}\t{turn}.5\n" for one in series for month in months)
            cursor.copy_expert("COPY bench_staging FROM STDIN", Lines(rows))
            cursor.execute(upsert)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("TRUNCATE bench_staging")
        spent = used() - before
        owner.rollback()
    return max(spent / TURNS, 0.01)


AGGREGATE = """
SELECT m.objective_id, o.frequency, o.period_start, sum(o.value), avg(o.value), count(*), min(o.value), max(o.value),
  avg(least(100, greatest(0, 100 / 3.0 + 100 / 3.0 * (o.value - t.red_flag) / (t.value - t.red_flag))))
FROM scorecards_observation o
JOIN scorecards_series s ON s.id = o.series_id JOIN scorecards_measure m ON m.id = s.measure_id
JOIN scorecards_target t ON t.measure_id = m.id AND t.frequency = o.frequency AND t.period_start = o.period_start
WHERE o.superseded_at IS NULL AND t.superseded_at IS NULL GROUP BY 1, 2, 3
"""


ALONE = """
import os, django
django.setup()
from django.core.management import call_command
from bench.accounts import resident_megabytes
call_command("rebuild_results")
print(resident_megabytes(os.getpid()))
"""
"""A rebuild that tells its own memory: what the kernel tells of a child holds its parent's from before it began."""


def rebuild(database: int, say: Say) -> None:
    """All scores anew, twice (the second changes nothing), beside one SQL aggregate that scores the same values."""
    forget_results()
    before = cpu_seconds([database])
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(AGGREGATE)
        groups = len(cursor.fetchall())
    plain = cpu_seconds([database]) - before
    for words in ("rebuild all scores, from nothing", "rebuild all scores, nothing to change"):
        before, begun = cpu_seconds([database]), time.perf_counter()
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        told = subprocess.run([sys.executable, "-c", ALONE], check=True, stdout=subprocess.PIPE, text=True)
        now = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = cpu_seconds([database]) - before + now.ru_utime - used.ru_utime + now.ru_stime - used.ru_stime
        remark = (
            f"{spent:.1f} s CPU, {time.perf_counter() - begun:.0f} s; the aggregate {plain:.1f} s for {groups:,} groups"
        )
        say(Line(words, spent / max(plain, 0.01), "times", 5, remark))
        say(Line(f"memory of the {words.partition(' ')[0]}, {words.partition(', ')[2]}",
                 float(told.stdout.split()[-1]), "MB", 300))  # fmt: skip
