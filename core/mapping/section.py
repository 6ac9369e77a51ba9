"""One section of a mapping, read key by key; whatever is wrong with it is collected as sentences."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any

from django.utils.translation import gettext as _

LONGEST_TEXT = 1_000
SHOWN = 60


class Section:
    """A table of the document. Reading a key that is wrong adds a sentence and answers the default."""

    def __init__(self, content: Any, where: str, problems: list[str]) -> None:
        self.where = where
        self.problems = problems
        self._known: list[str] = []
        self._content: dict[str, Any] = {}
        if isinstance(content, dict):
            self._content = content
        else:
            self.refuse(_("must be a section with keys, not %(value)s.") % {"value": shown(content)})

    def refuse(self, sentence: str, key: str = "") -> None:
        """Add a sentence about the section or one of its keys."""
        self.problems.append(f"{self.where}{' ' + key if key else ''}: {sentence}")

    def has(self, key: str) -> bool:
        """True if the section says anything under the key."""
        return key in self._content

    def raw(self, key: str, default: Any = None) -> Any:
        """Whatever stands there, unchecked."""
        self._known.append(key)
        return self._content.get(key, default)

    def text(self, key: str, default: str = "", *, choices: Sequence[str] = (), is_required: bool = False) -> str:
        """A text, one of the choices if there are any."""
        value = self.raw(key)
        if value is None:
            if is_required:
                self.refuse(_("is missing."), key)
            return default
        if not isinstance(value, str) or len(value) > LONGEST_TEXT:
            self.refuse(_("must be a text in quotation marks, not %(value)s.") % {"value": shown(value)}, key)
            return default
        if choices and value not in choices:
            self.refuse(
                _("'%(value)s' is not one of %(choices)s.%(hint)s")
                % {"value": value[:SHOWN], "choices": quoted(choices), "hint": did_you_mean(value, choices)},
                key,
            )
            return default
        return value

    def whole(self, key: str, default: Any = 0, *, least: int = 0, most: int = 10_000) -> Any:
        """A whole number within its bounds, or the default."""
        value = self.raw(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.refuse(
                _("must be a whole number from %(least)s to %(most)s, not %(value)s.")
                % {"least": least, "most": most, "value": shown(value)},
                key,
            )
            return default
        return value

    def flag(self, key: str, *, default: bool = False) -> bool:
        """True or false."""
        value = self.raw(key, default)
        if isinstance(value, bool):
            return value
        self.refuse(_("must be true or false, not %(value)s.") % {"value": shown(value)}, key)
        return default

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list of texts; a single text counts as a list of one."""
        value = self.raw(key)
        if value is None:
            return default
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list) or not all(isinstance(item, str) for item in values):
            self.refuse(_("must be a list of texts, not %(value)s.") % {"value": shown(value)}, key)
            return default
        return tuple(values)

    def section(self, key: str) -> "Section":
        """A section within this one, empty if it is not there."""
        where = f"[{key}]" if not self.where.startswith("[") else f"{self.where[:-1]}.{key}]"
        return Section(self.raw(key, {}), where, self.problems)

    def items(self) -> Iterable[tuple[str, Any]]:
        """All keys and what stands there, for sections whose keys are the writer's own."""
        self._known.extend(self._content)
        return self._content.items()

    def names(self) -> list[str]:
        """All keys, for sections whose keys are the writer's own."""
        return [name for name, _value in self.items()]

    def finish(self) -> None:
        """Refuse every key that nobody asked for, with the one that was probably meant."""
        for key in self._content:
            if key not in self._known:
                self.refuse(
                    _("'%(key)s' is not known here.%(hint)s Known are %(known)s.")
                    % {"key": key[:SHOWN], "hint": did_you_mean(key, self._known), "known": quoted(self._known)}
                )


def shown(value: Any) -> str:
    """A value in a sentence, cut where it is long."""
    text = f"'{value}'" if isinstance(value, str) else str(value)
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def quoted(names: Iterable[str], most: int = 40) -> str:
    """'a', 'b', 'c' and 12 more."""
    names = list(names)
    words = ", ".join(f"'{name}'" for name in names[:most])
    return words + (" " + _("and %(count)s more") % {"count": len(names) - most} if len(names) > most else "")


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """ " Did you mean 'x'?" where one of the names is near; else ""."""
    by_small = {other.lower(): other for other in known}
    near = get_close_matches(name.lower(), by_small, n=1)
    return " " + _("Did you mean '%(near)s'?") % {"near": by_small[near[0]]} if near else ""
