"""What ISO 17469 allows in a plan: Part 1 (StrategicPlan, 2014-04-01) and Part 2 (PerformancePlanOrReport, 2016-02-16).

Written from the two schemas as tables: children in their order with how often each may stand, attributes with the values
they may have, and how the text of an element is typed. `fitted` brings a text into its type, if it can be.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import quote

MANY = 1_000_000
_TIMES = {"!": (1, 1), "?": (0, 1), "*": (0, MANY), "+": (1, MANY), "2": (0, 2)}


@dataclass(frozen=True)
class Shape:
    """One element: children in order as (tag, least, most); values of its attributes, None for any; type of its text."""

    children: tuple[tuple[str, int, int], ...] = ()
    attributes: Mapping[str, tuple[str, ...] | None] = field(default_factory=dict)
    needed: Mapping[str, str] = field(default_factory=dict)
    type: str = ""


@dataclass(frozen=True)
class Part:
    """One part of the standard."""

    number: int
    namespace: str
    root: str
    shapes: Mapping[str, Shape]


def _shape(children: str = "", **more: object) -> Shape:
    """A shape from words such as "Name! Description? Goal+"."""
    listed = tuple((word[:-1], *_TIMES[word[-1]]) for word in children.split())
    return Shape(listed, **more)  # type: ignore[arg-type]


_NAMED = "Name! Description! Identifier? SequenceIndicator? Stakeholder* OtherInformation? Objective*"
_KINDS = {"StakeholderTypeType": ("Person", "Organization", "Generic_Group")}
_TEXTS = (
    "Name", "Description", "Acronym", "OtherInformation", "SequenceIndicator", "GivenName", "Surname", "PhoneNumber",
    "EmailAddress",
)  # fmt: skip
_TEXTS_OF_PART_2 = (
    "MeasurementDimension", "UnitOfMeasurement", "DescriptorName", "DescriptorValue", "ReferentIdentifier",
)  # fmt: skip
_RESULT = _shape("StartDate? EndDate? NumberOfUnits? Descriptor? Description?")
_COMMON: dict[str, Shape] = {
    **{tag: _shape(type="text") for tag in _TEXTS},
    "Identifier": _shape(type="id"),
    "Source": _shape(type="uri"),
    "StrategicPlanCore": _shape("Organization* Vision? Mission? Value* Goal+"),
    "Organization": _shape("Name? Acronym? Identifier? Description? Stakeholder*"),
    "Vision": _shape("Description? Identifier?"),
    "Mission": _shape("Description? Identifier?"),
    "Value": _shape("Name? Description?"),
    "Goal": _shape(_NAMED),
}
PART_1 = Part(
    1,
    "urn:ISO:std:iso:17469:tech:xsd:stratml_core",
    "StrategicPlan",
    {
        **_COMMON,
        "StrategicPlan": _shape("Name! Description? OtherInformation? StrategicPlanCore! AdministrativeInformation?"),
        "Objective": _shape(
            "Name? Description? Identifier? SequenceIndicator? Stakeholder* OtherInformation?",
        ),
        "Stakeholder": _shape("Name! Description?", attributes=_KINDS),
        "AdministrativeInformation": _shape("StartDate? EndDate? PublicationDate? Source? Submitter?"),
        "Submitter": _shape("GivenName? Surname? PhoneNumber? EmailAddress?"),
        **{tag: _shape(type="day") for tag in ("StartDate", "EndDate", "PublicationDate")},
    },
)
PART_2 = Part(
    2,
    "urn:ISO:std:iso:17469:tech:xsd:PerformancePlanOrReport",
    "PerformancePlanOrReport",
    {
        **_COMMON,
        **{tag: _shape(type="text") for tag in _TEXTS_OF_PART_2},
        "PerformancePlanOrReport": _shape(
            "Name! Description? OtherInformation? StrategicPlanCore! AdministrativeInformation? Submitter?",
            attributes={"Type": ("Strategic_Plan", "Performance_Plan", "Performance_Report")},
            needed={"Type": "Strategic_Plan"},
        ),
        "Objective": _shape(
            "Name? Description? Identifier? SequenceIndicator? Stakeholder* OtherInformation? PerformanceIndicator*"
        ),
        "Stakeholder": _shape("Name! Description? Role*", attributes=_KINDS),
        "Role": _shape("Name! Description? RoleType2"),
        "RoleType": _shape(type="role"),
        "PerformanceIndicator": _shape(
            "SequenceIndicator? MeasurementDimension! UnitOfMeasurement! Identifier? Relationship* MeasurementInstance* "
            "OtherInformation?",
            attributes={
                "ValueChainStage": ("Outcome", "Output_Processing", "Output", "Input_Processing", "Input"),
                "PerformanceIndicatorType": ("Quantitative", "Qualitative"),
            },
        ),
        "Relationship": _shape(
            "Identifier? ReferentIdentifier* Name? Description?",
            attributes={"RelationshipType": ("Broader_Than", "Peer_To", "Narrower_Than")},
        ),
        "MeasurementInstance": _shape("TargetResult* ActualResult*"),
        "TargetResult": _RESULT,
        "ActualResult": _RESULT,
        "Descriptor": _shape("DescriptorName? DescriptorValue?"),
        "NumberOfUnits": _shape(type="number"),
        "AdministrativeInformation": _shape("Identifier? StartDate? EndDate? PublicationDate? Source?"),
        "Submitter": _shape("Identifier? GivenName? Surname? PhoneNumber? EmailAddress?"),
        **{tag: _shape(type="day_or_nothing") for tag in ("StartDate", "EndDate", "PublicationDate")},
    },
)
PARTS = {1: PART_1, 2: PART_2}
ALIASES = {"IndicatorType": "PerformanceIndicatorType"}
"""Names of attributes in earlier editions of the schema."""
ROLES = ("Performer", "Beneficiary")
LOCATION = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"

_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]*")
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(Z|[+-](0\d|1[0-3]):[0-5]\d)?")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")


def fitted(text: str, kind: str) -> str | None:
    """The text as its type allows it, the same where it is right; None if it cannot be brought there."""
    return _FITS[kind](text) if kind in _FITS else text


def fitted_id(text: str) -> str | None:
    """An identifier as xs:ID: it gains "_" before it if it begins otherwise than with a letter; other signs are "_" too."""
    plain = re.sub(r"[^A-Za-z0-9_.\-]", "_", text.strip())
    if not plain:
        return None
    return plain if _ID.fullmatch(plain) else f"_{plain}"


def _day(text: str) -> str | None:
    found = _DAY.fullmatch(text.strip())
    try:
        return text.strip() if found and date.fromisoformat(found[1]) else None
    except ValueError:
        return None


def _day_or_nothing(text: str) -> str | None:
    return _day(text) if text.strip() else ""


def _number(text: str) -> str | None:
    plain = text.strip()
    if _THOUSANDS.fullmatch(plain):
        plain = plain.replace(",", "")
    return plain if not plain or _NUMBER.fullmatch(plain) else None


def _uri(text: str) -> str:
    """Characters an address may not hold are written as %-signs."""
    return quote(re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", text.strip()), safe="!#$%&'()*+,/:;=?@_.~-")


def _role(text: str) -> str | None:
    return text.strip() if text.strip() in ROLES else None


_FITS = {
    "id": fitted_id,
    "day": _day,
    "day_or_nothing": _day_or_nothing,
    "number": _number,
    "uri": _uri,
    "role": _role,
}
