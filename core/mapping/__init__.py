"""Mappings: what the columns of a file mean to an importer (docs/guide/imports.md).

`Mapping.load(path)` or `Mapping.parse(text or document)` checks one completely; `apply(mapping, table, fields)` turns a
table into `MappedRow`s, `Problem`s and `Skipped` rows, streaming. `MappingError` and `Problem` speak in sentences.
"""

from core.mapping.cellvalues import PeriodValue
from core.mapping.converters import Value
from core.mapping.document import Mapping
from core.mapping.fields import Field, FieldType
from core.mapping.numbers import NumberStyle
from core.mapping.problems import CellProblem, MappingError, Problem, Skipped
from core.mapping.rows import BoundMapping, MappedRow, apply

__all__ = [
    "BoundMapping",
    "CellProblem",
    "Field",
    "FieldType",
    "MappedRow",
    "Mapping",
    "MappingError",
    "NumberStyle",
    "PeriodValue",
    "Problem",
    "Skipped",
    "Value",
    "apply",
]
