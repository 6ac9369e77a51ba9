"""A mapping: what a file's columns mean to an importer. Written as TOML by a person, kept as JSON by the portal."""

import copy
import math
import tomllib
from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Self

from django.utils.translation import gettext as _

from core.mapping.blocks import RowPeriod, ValueBlock, row_period_from, value_blocks_from
from core.mapping.dates import ISO_DATES
from core.mapping.fields import Field
from core.mapping.numbers import PLAIN_NUMBERS
from core.mapping.problems import MappingError
from core.mapping.section import Section, did_you_mean, quoted, shown
from core.mapping.sources import Scalar, Source, Styles, lookups_from, source_from
from core.mapping.styles import date_style_from, folder_from, layout_from, missing_from, number_style_from
from core.spreadsheets import Folder, Layout

VERSION = 1
LARGEST_FILE = 1024 * 1024
DEEPEST = 20


@dataclass(frozen=True)
class Mapping:
    """A checked mapping. `document` is what it was made from, fit for JSON; equal documents are equal mappings."""

    document: dict[str, Any]
    kind: str = field(compare=False)
    source: str = field(compare=False)
    layout: Layout = field(compare=False)
    folder: Folder | None = field(compare=False)
    styles: Styles = field(compare=False)
    fields: dict[str, Source] = field(compare=False)
    lookups: dict[str, dict[str, Scalar]] = field(compare=False)
    row_period: RowPeriod = field(compare=False)
    values: tuple[ValueBlock, ...] = field(compare=False)
    keys: tuple[str, ...] = field(compare=False)
    duplicates: str = field(compare=False)
    include: dict[str, tuple[str, ...]] = field(compare=False)
    exclude: dict[str, tuple[str, ...]] = field(compare=False)
    options: dict[str, Scalar] = field(compare=False)

    @classmethod
    def load(cls, path: Path | str) -> Self:
        """The mapping in a TOML file; `MappingError` names everything that is wrong with it."""
        path = Path(path)
        try:
            with path.open("rb") as file:
                content = file.read(LARGEST_FILE + 1)
            return cls.parse(content.decode("utf-8-sig"))
        except OSError as error:
            sentence = _("the file cannot be opened: %(error)s.") % {"error": error.strerror or error}
            raise MappingError([f"{path.name}: {sentence}"]) from None
        except UnicodeDecodeError:
            raise MappingError([f"{path.name}: " + _("must be written in UTF-8.")]) from None
        except MappingError as error:
            raise MappingError([f"{path.name}: {sentence}" for sentence in error.sentences]) from None

    @classmethod
    def parse(cls, content: str | Dictionary[str, Any]) -> Self:
        """A mapping from TOML text or from a document; `MappingError` names everything that is wrong with it."""
        document = _plain(_document_from(content) if isinstance(content, str) else content)
        problems: list[str] = []
        mapping = cls._from(Section(document, _("mapping"), problems), document)
        if problems:
            raise MappingError(problems)
        return mapping

    @classmethod
    def _from(cls, top: Section, document: dict[str, Any]) -> Self:
        version = top.raw("version", VERSION)
        if version != VERSION:
            top.refuse(_("version %(version)s is not known; write version = 1.") % {"version": shown(version)})
        file = top.section("file")
        layout = layout_from(file)
        missing = missing_from(file, frozenset({""}))
        dates = _finished(top.section("dates"), date_style_from, ISO_DATES)
        styles = Styles(_finished(top.section("numbers"), number_style_from, PLAIN_NUMBERS), dates, missing)
        file.finish()
        lookups = lookups_from(top.section("lookups"))
        row_period = row_period_from(top.section("periods"), dates)
        rows = top.section("rows")
        keys = top.section("keys")
        mapping = cls(
            document=document,
            kind=top.text("kind", is_required=True),
            source=top.text("source"),
            layout=layout,
            folder=folder_from(top.section("folder")) if top.has("folder") else None,
            styles=styles,
            fields=_fields(top.section("fields"), styles, lookups, is_required=not top.has("options")),
            lookups=lookups,
            row_period=row_period,
            values=value_blocks_from(top.raw("values", []), styles, lookups, row_period, top.problems),
            keys=keys.texts("fields"),
            duplicates=keys.text("duplicates", "refuse", choices=("refuse", "skip", "allow")),
            include=_filter(rows.section("include")),
            exclude=_filter(rows.section("exclude")),
            options=_options(top.section("options")),
        )
        top.text("description")
        for section in (rows, keys, top):
            section.finish()
        mapping._check_keys(keys)
        return mapping

    def _check_keys(self, section: Section) -> None:
        for name in self.keys:
            if name not in self.fields:
                section.refuse(
                    _("'%(name)s' is not one of the [fields].%(hint)s")
                    % {"name": name, "hint": did_you_mean(name, self.fields)},
                    "fields",
                )

    def to_document(self) -> dict[str, Any]:
        """The mapping as JSON can keep it; `Mapping.parse` reads it back."""
        return copy.deepcopy(self.document)

    def check_against(
        self, fields: Sequence[Field], series: Sequence[str] = (), options: Sequence[Field] | None = None
    ) -> list[str]:
        """Sentences about what an importer with these fields, series of values and options cannot do with it."""
        names = [field.name for field in fields]
        sentences = [_unknown("[fields]", name, names) for name in self.fields if name not in names]
        sentences += [
            _("[fields]: '%(name)s' is missing: %(help)s") % {"name": field.name, "help": field.help or field.label}
            for field in fields
            if field.required and field.name not in self.fields
        ]
        for block in self.values:
            if isinstance(block.series, str) and block.series and block.series not in series:
                sentences.append(_unknown(f"{block.where} series", block.series, series))
        known = self.options if options is None else [option.name for option in options]
        return sentences + [_unknown("[options]", name, list(known)) for name in self.options if name not in known]


def _unknown(where: str, name: str, known: Sequence[str]) -> str:
    return _("%(where)s: the importer takes no '%(name)s'.%(hint)s It takes %(known)s.") % {
        "where": where,
        "name": name,
        "hint": did_you_mean(name, known),
        "known": quoted(known) or _("none"),
    }


def _document_from(text: str) -> dict[str, Any]:
    if len(text) > LARGEST_FILE:
        raise MappingError([_("is larger than 1 MB, so it is not a mapping.")])
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise MappingError([_("is not TOML: %(error)s.") % {"error": error}]) from None


def _plain(value: Any, depth: int = 0) -> Any:
    """A copy that JSON can hold: dates as text, tuples as lists."""
    if depth > DEEPEST:
        raise MappingError([_("the mapping is nested too deeply.")])
    if isinstance(value, Dictionary):
        return {str(key): _plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, depth + 1) for item in value]
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str | int | bool) or value is None or (isinstance(value, float) and math.isfinite(value)):
        return value
    return str(value)


def _finished(section: Section, style_from: Any, base: Any) -> Any:
    style = style_from(section, base)
    section.finish()
    return style


def _fields(
    section: Section, styles: Styles, lookups: dict[str, dict[str, Scalar]], *, is_required: bool
) -> dict[str, Source]:
    """A mapping for a file that is no table has options alone; which fields a table needs, its importer says."""
    fields = {
        name: source_from(content, f"[fields] {name}", styles, lookups, section.problems)
        for name, content in section.items()
    }
    if not fields and is_required:
        section.refuse(_("says no field, so nothing can be imported."))
    return fields


def _filter(section: Section) -> dict[str, tuple[str, ...]]:
    """Which texts of a column let a row in, or keep it out."""
    wanted: dict[str, tuple[str, ...]] = {}
    for column, value in section.items():
        values = value if isinstance(value, list) else [value]
        if not all(isinstance(item, str | int | float) and not isinstance(item, bool) for item in values):
            section.refuse(_("must be a text or a list of texts, not %(value)s.") % {"value": shown(value)}, column)
        wanted[column] = tuple(str(item) for item in values)
    return wanted


def _options(section: Section) -> dict[str, Scalar]:
    options: dict[str, Scalar] = {}
    for name, value in section.items():
        if not isinstance(value, str | int | float | bool):
            section.refuse(_("must be a text, a number, true or false, not %(value)s.") % {"value": shown(value)}, name)
        else:
            options[name] = value
    return options
