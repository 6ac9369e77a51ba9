"""The organisation's next strategy, in review beside the one in force."""

from __future__ import annotations

from smo.demo.strategies import (
    CARE,
    CLOSER,
    LAYERS,
    MONEY,
    PATIENTS,
    PEOPLE,
    SAFER,
    SOONER,
    LinkSpec,
    ObjectiveSpec,
    StrategySpec,
    ThemeSpec,
)

FAIRER = "Fairer"
NOBODY = ""
"""An objective that still looks for its owner: with it the strategy is approved but not adopted."""

NEXT = StrategySpec(
    unit="NMH",
    name="Closer, Sooner, Safer, Fairer {first_year} to {last_year}",
    owner="helena.marsh",
    designer="mei.chow",
    mission="We keep the people of Northmere well, and look after them when they are not.",
    vision="By {last_year} where you live no longer decides how long you wait or how well you are.",
    core_values=("Patients first, then the rest", "We say what we see", "Those with least come first"),
    perspectives=LAYERS,
    themes=(
        ThemeSpec(SOONER, "Timely access", "james.adeyemi"),
        ThemeSpec(CLOSER, "Care near home", "yusuf.kaya"),
        ThemeSpec(SAFER, "Every time", "marcus.hale"),
        ThemeSpec(FAIRER, "For every street", "helena.marsh"),
    ),
    objectives=(
        ObjectiveSpec(
            "NP1", "Keep every wait inside its standard", "Waits", PATIENTS, SOONER, "james.adeyemi",
            "No group of patients waits longer than the standard of its speciality.",
        ),
        ObjectiveSpec(
            "NP2", "Give most care within ten kilometres", "Near home", PATIENTS, CLOSER, "yusuf.kaya",
            "Most visits take place at home, on a screen or in a community hub.",
        ),
        ObjectiveSpec(
            "NP3", "Close the gap between streets", "Gap", PATIENTS, FAIRER, NOBODY,
            "Healthy life expectancy of the poorest fifth comes nearer to that of the richest.",
        ),
        ObjectiveSpec(
            "NC1", "Book by need, not by date", "Booking", CARE, SOONER, "sofia.lindqvist",
            "Lists are ordered by clinical need and by how long people can wait without harm.",
        ),
        ObjectiveSpec(
            "NC2", "Run hubs with general practice", "Hubs", CARE, CLOSER, "yusuf.kaya",
            "One team, one front door, one record in each of the six towns.",
        ),
        ObjectiveSpec(
            "NC3", "Find harm before it happens", "Early warning", CARE, SAFER, "marcus.hale",
            "Deterioration is seen and answered within thirty minutes on every ward.",
        ),
        ObjectiveSpec(
            "NC4", "Reach those who do not come", "Outreach", CARE, FAIRER, "anneliese.brandt",
            "Checks and vaccinations go where people are.",
        ),
        ObjectiveSpec(
            "NL1", "Grow our own staff", "Staffing", PEOPLE, SOONER, "grace.whitcombe",
            "Apprenticeships and return to practice fill two thirds of vacancies.",
        ),
        ObjectiveSpec(
            "NL2", "See every patient in one record", "Record", PEOPLE, CLOSER, "daniel.osei",
            "The record follows the patient through every door.",
        ),
        ObjectiveSpec(
            "NF1", "Move a tenth of spending upstream", "Upstream", MONEY, FAIRER, "priya.raman",
            "Prevention and community care take a larger share each year.",
        ),
    ),
    links=(
        LinkSpec("NC1", "NP1", "Who needs it most is seen first.", (1, 4), is_necessary=True),
        LinkSpec("NC2", "NP2", "A hub takes over what a clinic did.", (3, 9)),
        LinkSpec("NC4", "NP3", "What is found early is treated early.", (12, 36)),
        LinkSpec("NC3", "NP1", "Fewer emergencies leave room for what was planned.", (2, 6)),
        LinkSpec("NL1", "NC1", "A full team keeps its clinics.", (3, 12)),
        LinkSpec("NL2", "NC2", "Hubs need the record.", (1, 6), is_necessary=True),
        LinkSpec("NF1", "NC4", "Outreach is paid from the share moved.", (6, 12)),
    ),
)  # fmt: skip
