"""What progress tells about the time left."""

from __future__ import annotations

SURE_AFTER_SECONDS = 5.0


def seconds_left(done: int, total: int, elapsed: float) -> int | None:
    """Seconds until the end if the rest goes as the first part did; None while that is a guess.

    `done` of `total` parts took `elapsed` seconds. Rounded to 5 s below a minute and to 30 s above.
    """
    if done <= 0 or done >= total or elapsed < SURE_AFTER_SECONDS:
        return None
    left = elapsed * (total - done) / done
    unit = 5 if left < 60 else 30
    return max(unit, round(left / unit) * unit)


def pause_of_polling(age: float) -> int:
    """Seconds between two looks at a job that is `age` seconds old: 2 at first, backing off to 10 (UX §6.9)."""
    return 2 if age < 30 else 5 if age < 120 else 10
