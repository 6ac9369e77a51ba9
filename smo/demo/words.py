"""What people of Northmere Health say about the figures: comments on values, updates, threads and action items.

Texts name months relative to the newest finished one: {m0} is that month, {m1} the one before, {n1} the one after.
The subject of a text is a measure or an objective, by its code.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class RestatedSpec:
    """A value that was reported at `first_level`, and corrected with a comment; `back` counts from the newest period."""

    measure: str
    back: int
    first_level: float
    comment: str


@dataclass(frozen=True)
class UpdateSpec:
    """An owner's text on a period with a declared status; read by someone, or not yet."""

    about: str
    author: str
    declared: str
    text: str
    acknowledged_by: str = ""
    back: int = 0


@dataclass(frozen=True)
class CommentSpec:
    """A remark or question with its answers, each a pair of author and text."""

    about: str
    author: str
    text: str
    replies: tuple[tuple[str, str], ...] = field(default=())


@dataclass(frozen=True)
class ActionSpec:
    """A task, due so many days from today (ago if negative); done so many days ago, or not."""

    about: str
    title: str
    assignee: str
    raised_by: str
    due: int
    done: int | None = None


RESTATED = (
    RestatedSpec(
        "P1-01", 1, 74.9, "Corrected: 60 patients sent on to Saltby were counted as seen. The first figure was 74.9%."
    ),
)

NOTES: dict[str, tuple[str, ...]] = {
    "P1-01": (
        "Third month in a row above the ladder. The discharge hub makes the difference.",
        "The ward at Saltby closed on the 22nd. The last nine days cost us half a point.",
        "Breaches rose by 450, almost all of them patients waiting for a bed at Northmere General.",
    ),
    "P1-04": ("Corridor in use on eleven days; crews waited with their patients.",),
    "P3-01": ("Three, all of them without lasting harm. The fewest since we count.",),
    "C1-01": (
        "Twelve step-down beds less since the 22nd.",
        "31 patients who were ready to leave went back to acute wards when the Saltby ward closed.",
    ),
    "C1-02": ("Escalation beds were open for the whole month.",),
    "C1-03": ("Ward rounds start with the sickest, and beds free later. We know; we chose it for {m0}.",),
    "C2-01": (
        "Second centre open since the 14th. The queue for ultrasound is gone.",
        "First whole month with two shifts in radiology.",
    ),
    "C3-01": ("Referrals from two of the three hospitals only. General sends 40 a week less than planned.",),
    "C4-01": ("One practice more, on the coast.",),
    "C6-01": ("Every ward confirmed, but for one in two cases.",),
    "L1-01": ("New roster system went live five weeks late; 260 shifts were not offered to the bank in time.",),
    "L1-04": ("Without the second half of the doctors' invoices, which came late.",),
    "F1-01": ("Pharmacy came in early, theatres late. £0.24m under the month's target.",),
    "F2-02": ("The coast team is complete.",),
    "G1-01": ("Saltby ward closed.", "Same cause as for the whole organisation, twice as strong here."),
    "G5-02": ("Many said: short shifts, long days.",),
    "D2-02": ("Saltby's wards cannot let people go to training while shifts are short.",),
    "D4-02": ("The message promised free parking.",),
}
"""Comments on the newest values of a measure, oldest first."""

UPDATES = (
    UpdateSpec("P1-01", "james.adeyemi", "watch",
        "The month began well and ended badly. If the Saltby beds are not replaced, {m0} will be red.",
        "helena.marsh", back=1),
    UpdateSpec("P1-01", "james.adeyemi", "off_track",
        "What happened: breaches rose by 450, almost all of them patients waiting for a bed at Northmere General.\n\n"
        "Why: the Saltby ward closed on 22 {m1} for fire safety works. 12 fewer step-down beds put 31 patients who were "
        "ready to leave back on acute wards.\n\n"
        "What we are doing: the discharge hub works weekends from the first one in {n1}. The ward opens again in nine "
        "months.\n\n"
        "What I need: 12 beds elsewhere at Saltby until then.", "helena.marsh"),
    UpdateSpec("P1", "james.adeyemi", "off_track",
        "The list for planned treatment goes on getting shorter; the emergency departments do not. Both compete for the "
        "same beds, and for now I have given the beds to emergencies."),
    UpdateSpec("P2", "yusuf.kaya", "watch",
        "Two village halls opened for clinics. The north of the county is still an hour away from everything."),
    UpdateSpec("P3", "marcus.hale", "on_track",
        "Serious incidents are at their lowest. I watch the wards that took patients from Saltby closely.",
        "helena.marsh"),
    UpdateSpec("C1", "sofia.lindqvist", "off_track",
        "Flow stands still where the beds are missing. The front door cannot repair what the back door blocks: I ask for "
        "the step-down beds before anything else.", "james.adeyemi"),
    UpdateSpec("C2", "ines.ferreira", "on_track",
        "A year ago four in ten results came late. The second centre and two shifts in radiology have turned that round; "
        "{m0} is the first month above target.", "helena.marsh"),
    UpdateSpec("C3", "yusuf.kaya", "watch",
        "Places are there, patients are not. 80% needs 40 more referrals a week from Northmere General. I propose to "
        "accept 72% for this year."),
    UpdateSpec("C4", "yusuf.kaya", "on_track",
        "41 practices, one more than planned. Whether they are content we do not know: the survey has not been sent for "
        "four quarters."),
    UpdateSpec("C6", "marcus.hale", "on_track",
        "Learning travels fast now. Next question: does it change what wards do?", "helena.marsh"),
    UpdateSpec("L1", "grace.whitcombe", "watch",
        "Fewer leave and fewer are ill than in any year before. All of that helps little in a month in which the roster "
        "does not fill the shifts.", "helena.marsh"),
    UpdateSpec("L2", "daniel.osei", "on_track",
        "Elmstead went live four days early. Saltby is next; training is what worries me."),
    UpdateSpec("L3", "grace.whitcombe", "watch",
        "Nobody should read calm into the silence: the survey was put off twice, so we do not know. The supplier is "
        "signed, the first wave goes out in {n2}."),
    UpdateSpec("F1", "priya.raman", "watch",
        "Each of the last six months was behind its target, theatres most of all. I expect to catch up two thirds.", "helena.marsh"),
    UpdateSpec("F2", "priya.raman", "on_track", "The share is 0.4 points above plan, with the coast team complete."),
    UpdateSpec("G1", "sofia.lindqvist", "off_track",
        "Two corridors in use on eleven days. The team is tired, and says so."),
    UpdateSpec("G4", "ewan.mackie", "on_track", "Lists begin on time because the first patient comes the evening before."),
    UpdateSpec("D1", "isobel.reid", "on_track", "No ward went back to paper in {m0}.", "daniel.osei"),
    UpdateSpec("D2", "kwame.mensah", "watch",
        "Steps are two behind the plan and training is seven points short. Go-live at Saltby holds if wards release "
        "people in {n1}."),
)  # fmt: skip

COMMENTS = (
    CommentSpec("P1-01", "helena.marsh", "James, is this the ward alone, or has the hub stopped working too?",
        (("james.adeyemi", "The ward alone. The hub discharged more people than in {m1}."),
         ("sofia.lindqvist", "I can show it day by day; the break is on the 22nd."))),
    CommentSpec("P1-01", "ravi.menon",
        "The value for {m1} was corrected after it had been reported. The figure in last month's report stays as it was.",
        (("nadia.rahman", "The load now leaves out patients who are sent on, so it will not happen again."),)),
    CommentSpec("C1-01", "thomas.grieve", "Brokerage by the council takes six days. With four we would be under 10%."),
    CommentSpec("C3-01", "mei.chow", "Is 80% still the right target, or was it a wish?",
        (("yusuf.kaya", "It was a wish with a spreadsheet. I bring 72% to the review."),)),
    CommentSpec("C4-03", "ravi.menon", "No answer for four quarters. Shall we keep the measure?",
        (("george.amos", "Yes. The survey goes out again with the autumn letter to practices."),)),
    CommentSpec("L1-01", "anneliese.brandt", "260 shifts were empty because of a computer, not for want of nurses.",
        (("elena.petrova", "True. The bank gets the open shifts by hand until the interface works."),)),
    CommentSpec("L1-04", "mei.chow", "Nobody answers for this measure since Neil left. Grace, whom shall I enter?"),
    CommentSpec("L3-01", "margaret.quill", "A measure with most of the weight and no value: the objective has no status at all."),
    CommentSpec("F1-01", "samuel.boateng", "£0.18m of {m1} is in dispute with theatres and may move."),
    CommentSpec("C2", "helena.marsh", "Thank you, Ines. Please tell the story at the next review: what worked, what did not?"),
    CommentSpec("D2-02", "fiona.garrick", "I cannot release nurses for two days each. Could it be done on the ward?",
        (("kwame.mensah", "Half of it, yes. We try it on two wards in {n1}."),)),
)  # fmt: skip

ACTIONS = (
    ActionSpec("C1-01", "Agree weekend cover by the pharmacy", "anneliese.brandt", "mei.chow", -9),
    ActionSpec("C1-01", "Agree brokerage hours with the council for discharges", "sofia.lindqvist", "mei.chow", -6),
    ActionSpec("P1-01", "Cost twelve step-down beds at Saltby until the ward opens again", "fiona.garrick",
        "james.adeyemi", 5),
    ActionSpec("P1-01", "Open the discharge hub at weekends", "thomas.grieve", "james.adeyemi", -12, -14),
    ActionSpec("P1-04", "Agree with the ambulance service when the corridor opens", "peter.nowak", "sofia.lindqvist", 12),
    ActionSpec("L1-01", "Replace “shifts filled” by hours filled, by ward", "grace.whitcombe", "ravi.menon", 22),
    ActionSpec("L1-01", "Offer open shifts to the bank by hand", "elena.petrova", "grace.whitcombe", -20, -21),
    ActionSpec("L1-04", "Name an owner for agency spending", "grace.whitcombe", "mei.chow", -2),
    ActionSpec("C2-01", "Check the benefit of the second diagnostic centre", "samuel.boateng", "priya.raman", 22),
    ActionSpec("C3-01", "Visit practices with few referrals to virtual wards", "leila.haddad", "yusuf.kaya", 37),
    ActionSpec("C4-03", "Send the survey to practices again", "george.amos", "ravi.menon", 40),
    ActionSpec("L3-01", "Sign the supplier of the staff survey", "naomi.clarke", "grace.whitcombe", -25, -30),
    ActionSpec("L3-01", "Tell staff when the survey comes, and why it was put off", "naomi.clarke", "mei.chow", 15),
    ActionSpec("F1", "Settle the savings in dispute with theatres", "victor.lang", "priya.raman", 9),
    ActionSpec("C2", "Write down how the backlog of results was cleared", "rosa.delgado", "mei.chow", -15, -16),
    ActionSpec("P1", "Publish the map as a poster at all sites", "mei.chow", "helena.marsh", 37),
    ActionSpec("G5-01", "Put two teams on a self-made roster as a trial", "lucy.hartnell", "catherine.bell", 30),
    ActionSpec("D2-02", "Try training on the ward at Saltby", "kwame.mensah", "daniel.osei", 18),
    ActionSpec("D1-01", "Practise a day without the record", "isobel.reid", "daniel.osei", -40, -45),
)  # fmt: skip
