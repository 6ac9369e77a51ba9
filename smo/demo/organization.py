"""The units of Northmere Health, its people, and who holds which role."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

NAME = "Northmere Health"
SUBTITLE = "Three hospitals and care at home"
CURRENCY = "GBP"
PASSWORD = "closer-sooner-safer"  # noqa: S105 - printed for whoever tries the demonstration
RENAMED_NOUN = ("theme", "promise", "promises")
OWN_FIELD: dict[str, Any] = {
    "key": "published",
    "label": "Published",
    "choices": ["Board and public report", "Board report"],
}
"""A field of the organisation's own, for measures."""
SHARED_VIEWS = (
    ("ravi.menon", "scorecards:measures", "Off track, for the monthly review", "status=off_track"),
    ("ravi.menon", "scorecards:measures", "Nothing reported", "status=no_data"),
)
"""Filters of list pages that the strategy office shares: person, page, name, filters."""
HEADQUARTERS, GENERAL, SALTBY, COMMUNITY = "Harbour House", "Northmere General", "Saltby Hospital", "Elmstead"


@dataclass(frozen=True)
class UnitSpec:
    """A unit and the one it hangs under."""

    code: str
    name: str
    kind: str
    parent: str = ""


@dataclass(frozen=True)
class PersonSpec:
    """A person with one position; `roles` are pairs of role and unit code. Without any, an employee of the home unit."""

    key: str
    name: str
    title: str
    unit: str
    manager: str
    family: str
    level: str = "front_line"
    location: str = GENERAL
    fte: str = "1"
    roles: tuple[tuple[str, str], ...] = ()
    has_left: bool = False

    @property
    def email(self) -> str:
        return f"{self.key}@northmere.example"


UNITS = (
    UnitSpec("NMH", NAME, "corporate"),
    UnitSpec("GEN", "Northmere General Hospital", "business", "NMH"),
    UnitSpec("EAC", "Emergency and acute care", "team", "GEN"),
    UnitSpec("SAL", "Saltby Hospital", "business", "NMH"),
    UnitSpec("COM", "Community and Elmstead", "business", "NMH"),
    UnitSpec("FIN", "Finance and estates", "support", "NMH"),
    UnitSpec("HR", "People", "support", "NMH"),
    UnitSpec("DIG", "Digital", "support", "NMH"),
)

_TOP = "executive"
_LEAD = "manager"


def _at(unit: str, *roles: str) -> tuple[tuple[str, str], ...]:
    return tuple((role, unit) for role in roles)


PEOPLE = (
    PersonSpec("helena.marsh", "Helena Marsh", "Chief executive", "NMH", "", "Executive", _TOP, HEADQUARTERS,
               roles=_at("NMH", "executive")),
    PersonSpec("james.adeyemi", "James Adeyemi", "Chief operating officer", "NMH", "helena.marsh", "Executive", _TOP,
               HEADQUARTERS, roles=_at("NMH", "executive")),
    PersonSpec("marcus.hale", "Marcus Hale", "Medical director", "NMH", "helena.marsh", "Doctors", _TOP, HEADQUARTERS,
               roles=_at("NMH", "executive")),
    PersonSpec("anneliese.brandt", "Anneliese Brandt", "Chief nurse", "NMH", "helena.marsh", "Nursing", _TOP,
               HEADQUARTERS, roles=_at("NMH", "executive")),
    PersonSpec("priya.raman", "Priya Raman", "Chief finance officer", "FIN", "helena.marsh", "Finance", _TOP,
               HEADQUARTERS, roles=(*_at("NMH", "executive"), *_at("FIN", "unit_head"))),
    PersonSpec("grace.whitcombe", "Grace Whitcombe", "Chief people officer", "HR", "helena.marsh", "People", _TOP,
               HEADQUARTERS, roles=(*_at("NMH", "executive"), *_at("HR", "unit_head"))),
    PersonSpec("daniel.osei", "Daniel Osei", "Chief digital officer", "DIG", "helena.marsh", "Digital", _TOP,
               HEADQUARTERS, roles=(*_at("NMH", "executive"), *_at("DIG", "unit_head"))),
    PersonSpec("yusuf.kaya", "Yusuf Kaya", "Director of community services", "COM", "helena.marsh", "Operations", _TOP,
               COMMUNITY, roles=(*_at("NMH", "executive"), *_at("COM", "unit_head"))),
    PersonSpec("mei.chow", "Mei Chow", "Head of the strategy office", "NMH", "helena.marsh", "Strategy", _LEAD,
               HEADQUARTERS, roles=_at("NMH", "smo_officer")),
    PersonSpec("ravi.menon", "Ravi Menon", "Lead analyst, strategy office", "NMH", "mei.chow", "Strategy",
               location=HEADQUARTERS, roles=_at("NMH", "smo_officer")),
    PersonSpec("nadia.rahman", "Nadia Rahman", "Performance analyst", "NMH", "mei.chow", "Strategy",
               location=HEADQUARTERS, fte="0.8", roles=_at("NMH", "contributor")),
    PersonSpec("margaret.quill", "Margaret Quill", "Internal auditor", "NMH", "helena.marsh", "Audit",
               location=HEADQUARTERS, fte="0.6", roles=_at("NMH", "auditor")),
    PersonSpec("catherine.bell", "Catherine Bell", "Managing director, Northmere General", "GEN", "james.adeyemi",
               "Operations", _LEAD, roles=_at("GEN", "unit_head")),
    PersonSpec("ines.ferreira", "Ines Ferreira", "Director of diagnostics", "GEN", "james.adeyemi", "Doctors", _LEAD,
               roles=_at("GEN", "contributor")),
    PersonSpec("sofia.lindqvist", "Sofia Lindqvist", "Director, Emergency and acute care", "EAC", "catherine.bell",
               "Doctors", _LEAD, roles=_at("EAC", "unit_head")),
    PersonSpec("lucy.hartnell", "Lucy Hartnell", "Site operations manager", "GEN", "catherine.bell", "Operations",
               _LEAD, roles=_at("GEN", "contributor")),
    PersonSpec("ewan.mackie", "Ewan Mackie", "Theatre manager", "GEN", "catherine.bell", "Operations", _LEAD,
               roles=_at("GEN", "contributor")),
    PersonSpec("rosa.delgado", "Rosa Delgado", "Radiology manager", "GEN", "ines.ferreira", "Therapies and diagnostics",
               _LEAD, roles=_at("GEN", "contributor")),
    PersonSpec("oskar.lindgren", "Oskar Lindgren", "Radiographer", "GEN", "rosa.delgado", "Therapies and diagnostics"),
    PersonSpec("peter.nowak", "Peter Nowak", "Clinical lead, emergency department", "EAC", "sofia.lindqvist", "Doctors",
               _LEAD, roles=_at("EAC", "contributor")),
    PersonSpec("aisha.bello", "Aisha Bello", "Matron, acute medicine", "EAC", "sofia.lindqvist", "Nursing", _LEAD,
               roles=_at("EAC", "contributor")),
    PersonSpec("thomas.grieve", "Thomas Grieve", "Discharge hub manager", "EAC", "sofia.lindqvist", "Operations", _LEAD,
               roles=_at("EAC", "contributor")),
    PersonSpec("ben.castle", "Ben Castle", "Staff nurse, emergency department", "EAC", "aisha.bello", "Nursing"),
    PersonSpec("hana.suzuki", "Hana Suzuki", "Registrar, acute medicine", "EAC", "peter.nowak", "Doctors"),
    PersonSpec("joel.frank", "Joel Frank", "Healthcare assistant", "EAC", "aisha.bello", "Nursing", fte="0.6"),
    PersonSpec("fiona.garrick", "Fiona Garrick", "Managing director, Saltby Hospital", "SAL", "james.adeyemi",
               "Operations", _LEAD, SALTBY, roles=_at("SAL", "unit_head")),
    PersonSpec("dev.patel", "Dev Patel", "Operations manager", "SAL", "fiona.garrick", "Operations", _LEAD, SALTBY,
               roles=_at("SAL", "contributor")),
    PersonSpec("moira.sheehan", "Moira Sheehan", "Ward manager, step-down beds", "SAL", "dev.patel", "Nursing", _LEAD,
               SALTBY),
    PersonSpec("karl.brenner", "Karl Brenner", "Physiotherapist", "SAL", "dev.patel", "Therapies and diagnostics",
               location=SALTBY, fte="0.8"),
    PersonSpec("tess.underwood", "Tess Underwood", "Staff nurse", "SAL", "moira.sheehan", "Nursing", location=SALTBY),
    PersonSpec("leila.haddad", "Leila Haddad", "Head of virtual wards", "COM", "yusuf.kaya", "Nursing", _LEAD,
               COMMUNITY, roles=_at("COM", "contributor")),
    PersonSpec("george.amos", "George Amos", "Lead for general practice", "COM", "yusuf.kaya", "Doctors", _LEAD,
               COMMUNITY, "0.5", roles=_at("COM", "contributor")),
    PersonSpec("siobhan.daly", "Siobhan Daly", "Lead, urgent response at home", "COM", "yusuf.kaya", "Nursing", _LEAD,
               COMMUNITY, roles=_at("COM", "contributor")),
    PersonSpec("ruth.okonjo", "Ruth Okonjo", "District nurse", "COM", "siobhan.daly", "Nursing", location=COMMUNITY),
    PersonSpec("will.penrose", "Will Penrose", "Occupational therapist", "COM", "leila.haddad",
               "Therapies and diagnostics", location=COMMUNITY, fte="0.6"),
    PersonSpec("samuel.boateng", "Samuel Boateng", "Finance business partner", "FIN", "priya.raman", "Finance",
               location=HEADQUARTERS, roles=_at("NMH", "finance_partner")),
    PersonSpec("julia.stern", "Julia Stern", "Head of capital and estates", "FIN", "priya.raman", "Estates", _LEAD,
               HEADQUARTERS, roles=_at("FIN", "contributor")),
    PersonSpec("victor.lang", "Victor Lang", "Management accountant", "FIN", "samuel.boateng", "Finance",
               location=HEADQUARTERS, roles=_at("FIN", "contributor")),
    PersonSpec("tom.okafor", "Tom Okafor", "HR business partner", "HR", "grace.whitcombe", "People",
               location=HEADQUARTERS, roles=_at("NMH", "hr_partner")),
    PersonSpec("elena.petrova", "Elena Petrova", "Head of workforce planning", "HR", "grace.whitcombe", "People", _LEAD,
               HEADQUARTERS, roles=_at("HR", "contributor")),
    PersonSpec("naomi.clarke", "Naomi Clarke", "Lead for staff experience", "HR", "grace.whitcombe", "People",
               location=HEADQUARTERS, fte="0.8", roles=_at("HR", "contributor")),
    PersonSpec("neil.ashby", "Neil Ashby", "Temporary staffing manager", "HR", "elena.petrova", "People",
               location=HEADQUARTERS, has_left=True),
    PersonSpec("kwame.mensah", "Kwame Mensah", "Programme director, one record", "DIG", "daniel.osei", "Digital", _LEAD,
               HEADQUARTERS, roles=_at("DIG", "contributor")),
    PersonSpec("isobel.reid", "Isobel Reid", "Head of the service desk", "DIG", "daniel.osei", "Digital", _LEAD,
               HEADQUARTERS, roles=_at("DIG", "contributor")),
    PersonSpec("anton.fischer", "Anton Fischer", "Lead for information security", "DIG", "daniel.osei", "Digital",
               location=HEADQUARTERS, roles=_at("DIG", "contributor")),
    PersonSpec("oliver.trent", "Oliver Trent", "Systems administrator", "DIG", "isobel.reid", "Digital",
               location=HEADQUARTERS, roles=_at("NMH", "administrator")),
)  # fmt: skip

DELEGATION = ("james.adeyemi", "sofia.lindqvist", ("executive",))
"""Who is away, who stands in, and with which roles."""

ACCOUNTS = (
    ("executive", "helena.marsh"),
    ("smo_officer", "ravi.menon"),
    ("unit_head", "sofia.lindqvist"),
    ("contributor", "thomas.grieve"),
    ("hr_partner", "tom.okafor"),
    ("finance_partner", "samuel.boateng"),
    ("employee", "ben.castle"),
    ("auditor", "margaret.quill"),
    ("administrator", "oliver.trent"),
)
"""One sign-in to try per role, the most telling first."""
