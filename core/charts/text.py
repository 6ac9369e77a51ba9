"""How wide words are, and how they are cut to fit, from the bundled fonts."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont

FONTS = Path(__file__).resolve().parents[2] / "static" / "vendor" / "fonts"
_WEIGHTS = (400, 500, 600, 700)
_GREEK = {400: 400, 500: 400, 600: 600, 700: 600}


def _advances(name: str) -> dict[int, float]:
    """Code point → advance width in em."""
    font = TTFont(FONTS / name, lazy=True)
    metrics, em = font["hmtx"], font["head"].unitsPerEm
    return {code: metrics[glyph][0] / em for code, glyph in font.getBestCmap().items()}


@cache
def _face(weight: int) -> dict[int, float]:
    """All bundled alphabets of one weight. Latin wins where two have a character."""
    return {
        **_advances("inter-latin-ext-wght-normal.woff2"),
        **_advances(f"inter-greek-{_GREEK[weight]}-normal.woff2"),
        **_advances(f"inter-latin-{weight}-normal.woff2"),
    }


def text_width(words: str, size: float, weight: int = 400) -> float:
    """Width in px of the words at `size` px; a character outside the fonts counts as an x. Weights 400 to 700."""
    return _ems(words, weight) * size


@lru_cache(maxsize=8192)
def _ems(words: str, weight: int) -> float:
    """The width in em. Remembered: a page measures the same names and figures again and again."""
    face = _face(min(_WEIGHTS, key=lambda known: abs(known - weight)))
    unknown = face[ord("x")]
    return sum(face.get(ord(character), unknown) for character in words)


def cut(words: str, size: float, width: float, weight: int = 400) -> str:
    """The words, or as many letters as fit and an ellipsis."""
    if text_width(words, size, weight) <= width:
        return words
    low, high = 0, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        if text_width(words[:middle].rstrip() + "…", size, weight) <= width:
            low = middle
        else:
            high = middle - 1
    return words[:low].rstrip() + "…"


def wrap(words: str, size: float, width: float, weight: int = 400, max_lines: int = 3) -> list[str]:
    """Lines that fit the width; what is left after the last line is cut with an ellipsis."""
    lines: list[str] = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_width(longer, size, weight) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    if len(lines) > max_lines:
        lines = [*lines[: max_lines - 1], " ".join(lines[max_lines - 1 :])]
    return [cut(part, size, width, weight) for part in lines]


def balance(words: str, size: float, width: float, weight: int = 400, max_lines: int = 2) -> list[str]:
    """Lines of about equal length, as `wrap` makes them but without a lone word at the end."""
    lines = wrap(words, size, width, weight, max_lines)
    if len(lines) < 2:
        return lines
    even = text_width(words, size, weight) / len(lines) * 1.15
    shorter = wrap(words, size, min(even, width), weight, max_lines + 1)
    return shorter if len(shorter) == len(lines) else lines
