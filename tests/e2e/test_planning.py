"""The map with a browser: edited by keyboard alone and by pointer, accessible at both sizes, quiet in the console."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.test_pages import check, problems_of, walked

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]

PAGES = {
    "filtered map": "/planning/?status=off_track",
    "map as a table": "/planning/?view=table",
    "map of the draft": "{draft}",
    "adopted map to edit": "/planning/maps/1/?edit=1",
    "words": "/planning/maps/1/words/",
    "new objective": "/planning/maps/1/objective/new/",
    "new link": "/planning/maps/1/link/new/",
    "retire an objective": "/planning/maps/1/objective/1/retire/",
    "close": "/planning/strategies/1/close/",
    "planning cycles": "/planning/cycles/",
    "planning cycle": "/planning/cycles/2/",
    "closed planning cycle": "/planning/cycles/1/",
    "open a planning cycle": "/planning/cycles/new/",
    "change a planning cycle": "/planning/cycles/2/edit/",
    "close a planning cycle": "/planning/cycles/2/close/",
    "step of a cycle": "/planning/steps/8/",
    "plan a step": "/planning/cycles/2/steps/new/",
    "finish a step": "/planning/steps/8/finish/",
    "skip a step": "/planning/steps/8/skip/",
    "assumptions": "/planning/assumptions/",
    "an assumption found wrong": "/planning/assumptions/1/",
    "an assumption that holds": "/planning/assumptions/3/",
    "state an assumption": "/planning/assumptions/new/",
    "look at an assumption again": "/planning/assumptions/3/validate/",
    "mark an assumption as wrong": "/planning/assumptions/3/falsify/",
    "what rests on an assumption": "/planning/assumptions/3/carry/?q=wait",
    "options": "/planning/issues/1/options/",
    "criteria": "/planning/issues/1/options/criteria/",
    "scores of options": "/planning/issues/1/options/scores/",
    "new option": "/planning/issues/1/options/new/",
    "take an option away": "/planning/options/1/remove/",
    "scenarios": "/planning/scenarios/",
    "a scenario that shows signs": "/planning/scenarios/1/",
    "write a scenario": "/planning/scenarios/new/",
    "new trigger": "/planning/scenarios/1/triggers/new/",
    "objective on doubtful ground": "/strategy/objectives/6/",
    "strategy and what it rests on": "/strategy/1/",
    "analysis of a cycle": "/planning/cycles/2/analysis/",
    "closed canvas": "/planning/canvases/1/",
    "open canvas": "/planning/canvases/2/",
    "untraced notes": "/planning/canvases/2/?show=open",
    "note": "/planning/notes/1/",
    "new note": "/planning/canvases/2/notes/new/?field=legal",
    "trace notes": "/planning/canvases/2/notes/trace/?notes=12:1&notes=13:1",
    "group notes": "/planning/canvases/2/notes/group/?notes=12:1",
    "park notes": "/planning/canvases/2/notes/park/?notes=12:1",
    "new canvas": "/planning/cycles/2/canvases/new/",
    "change a canvas": "/planning/canvases/2/edit/",
    "open a canvas again": "/planning/canvases/1/reopen/",
    "invite to a canvas": "/planning/canvases/2/invite/",
    "issue": "/planning/issues/2/",
    "settled issue": "/planning/issues/4/",
    "raise an issue": "/planning/cycles/2/issues/new/?canvas=2&notes=12:1",
    "change an issue": "/planning/issues/2/edit/",
}


def next_strategy(page, site) -> str:
    """The id of the strategy that is not in force yet."""
    page.goto(f"{site.address}/strategy/")
    return page.get_by_role("link", name="Fairer").first.get_attribute("href").strip("/").split("/")[1]


@pytest.mark.parametrize(("name", "size", "theme"), walked(PAGES))
def test_page(open_as, site, name, size, theme):
    page = open_as("smo_officer", size, theme)
    found = problems_of(page)
    path = PAGES[name]
    if "{draft}" in path:
        path = f"/planning/maps/{next_strategy(page, site)}/"
    assert page.goto(site.address + path).status == 200
    check(page, found, f"{name}, {size}, {theme}")


def card(page, name: str):
    return page.locator(f"a[data-card][data-name='{name}']")


def said(page) -> str:
    return page.inner_text("#announce")


@pytest.fixture
def editor(open_as, site):
    """The map of the next strategy in its edit mode, taken back to draft if it is still in review."""
    page = open_as("smo_officer")
    found = problems_of(page)
    pk = next_strategy(page, site)
    page.goto(f"{site.address}/strategy/{pk}/")
    if page.locator(f"a[href='/planning/strategies/{pk}/return/']").count():
        page.goto(f"{site.address}/planning/strategies/{pk}/return/")
        page.fill("textarea[name=reason]", "Once more")
        page.click("main form .btn-primary")
    page.goto(f"{site.address}/planning/maps/{pk}/?edit=1")
    expect(page.locator("[data-map-editor]")).to_be_visible()
    yield page
    # a refusal and a conflict are answers of the portal; the browser notes their numbers
    assert [words for words in found if "status of 422" not in words and "status of 409" not in words] == []


def focused(page) -> str:
    return page.evaluate("document.activeElement.dataset?.name || ''")


def test_the_map_by_keyboard_alone(editor):
    """A card is moved and brought back, linked to another, opened, renamed, and its retirement is asked and cancelled."""
    page = editor
    check(page, [], "the edit layer")
    card(page, "Hubs").focus()
    band, lane = card(page, "Hubs").get_attribute("data-band"), card(page, "Hubs").get_attribute("data-lane")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#announce")).to_contain_text("Hubs stands in People and digital, Closer now.")
    assert focused(page) == "Hubs"
    assert card(page, "Hubs").get_attribute("data-band") != band
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#announce")).to_contain_text("Hubs stands in Care processes")
    while card(page, "Hubs").get_attribute("data-lane") != lane:
        before = card(page, "Hubs").get_attribute("data-version")
        page.keyboard.press("ArrowRight")
        expect(card(page, "Hubs")).not_to_have_attribute("data-version", before)
    links = page.get_by_role("region", name="Links").locator("li").count()
    page.keyboard.press("l")
    assert "Link from: Hubs" in said(page)
    page.keyboard.press("Escape")
    assert said(page) == "No link was drawn."
    card(page, "Record").focus()
    page.keyboard.press("l")
    card(page, "Waits").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#announce")).to_contain_text("Record leads to Waits now")
    expect(page.get_by_role("region", name="Links").locator("li")).to_have_count(links + 1)
    page.keyboard.press("l")
    card(page, "Waits").focus()
    page.keyboard.press("l")
    expect(page.locator("#map-editor")).to_contain_text("linked already")
    page.get_by_role("region", name="Links").locator("li").filter(has_text="Record raises Waits").get_by_role(
        "link"
    ).click()
    page.locator("a[href$='/retire/']").click()
    page.locator("main form .btn-primary").click()
    expect(page.get_by_role("region", name="Links").locator("li")).to_have_count(links)


def test_a_card_is_opened_in_a_dialog_and_its_retirement_is_asked(editor):
    page = editor
    card(page, "Outreach").focus()
    page.keyboard.press("Enter")
    dialog = page.locator("#map-dialog")
    expect(dialog).to_be_visible()
    check(page, [], "a card in its dialog")
    dialog.locator("input[name=name]").fill("")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_contain_text("Fill this in")
    dialog.locator("input[name=name]").fill("Reach everyone who does not come")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("region", name="Objectives")).to_contain_text("Reach everyone who does not come")
    assert focused(page) == "Outreach"
    page.keyboard.press("Delete")
    expect(dialog).to_contain_text("It leaves the map with its links")
    assert page.evaluate("document.activeElement.textContent").strip() == "Cancel"
    page.keyboard.press("Enter")
    expect(dialog).not_to_be_visible()
    assert card(page, "Outreach").count() == 1


def drag(page, source, x: float, y: float) -> None:
    box = source.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(x - 30, y, steps=4)
    page.mouse.move(x, y, steps=4)
    page.mouse.up()


def middle(locator) -> tuple[float, float]:
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_cards_are_dragged_and_links_are_drawn_with_the_pointer(editor):
    page = editor
    page.set_viewport_size({"width": 1440, "height": 1800})  # the pointer reaches only what is in sight
    was = card(page, "Early warning").get_attribute("data-lane")
    x, _y = middle(card(page, "Near home"))
    _x, y = middle(card(page, "Early warning"))
    drag(page, card(page, "Early warning"), x, y)
    expect(page.locator("#announce")).to_contain_text("Early warning stands in Care processes, Closer now.")
    assert card(page, "Early warning").get_attribute("data-lane") != was
    drag(page, card(page, "Early warning"), 5, 5)
    assert "stays where it was" in said(page)
    page.keyboard.down("Shift")
    drag(page, card(page, "Upstream"), *middle(card(page, "Early warning")))
    page.keyboard.up("Shift")
    expect(page.locator("#announce")).to_contain_text("Upstream leads to Early warning now")


def test_two_editors_on_one_map_and_the_second_chooses(editor, open_as):
    first, second = editor, open_as("smo_officer")
    second.goto(first.url)
    card(first, "Booking").focus()
    first.keyboard.press("ArrowDown")
    expect(first.locator("#announce")).to_contain_text("People and digital")
    card(second, "Booking").focus()
    second.keyboard.press("ArrowUp")
    expect(second.locator("#map-editor")).to_contain_text("Somebody else was faster")
    check(second, [], "a conflict on the map")
    second.get_by_role("button", name="Save mine").click()
    expect(second.locator("#map-editor")).not_to_contain_text("Somebody else was faster")
    expect(card(second, "Booking")).to_have_attribute("data-band", card(second, "Waits").get_attribute("data-band"))


def test_the_lists_do_the_same_without_scripts(editor, open_as, browser, site):
    context = browser.new_context(storage_state=editor.context.storage_state(), java_script_enabled=False)
    page = context.new_page()
    page.goto(editor.url)
    before = card(page, "Gap").get_attribute("data-band")
    page.get_by_role("button", name="Gap: to the band below").click()
    assert page.url.split("&")[0] == editor.url
    assert card(page, "Gap").get_attribute("data-band") != before
    page.get_by_role("button", name="Gap: to the band above").click()
    assert card(page, "Gap").get_attribute("data-band") == before
    context.close()


def test_notes_are_ticked_and_parked_by_keyboard_alone(open_as, site):
    page = open_as("smo_officer")
    found = problems_of(page)
    page.goto(f"{site.address}/planning/canvases/2/?show=open")
    page.get_by_role("checkbox", name="Machines will read").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Park with a reason").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Park the notes")).to_be_visible()
    expect(page.get_by_role("region", name="The notes")).to_contain_text("Machines will read")
    page.get_by_label("Reason").focus()
    page.keyboard.type("Decided by the makers of the machines")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Parked").click()
    expect(page.get_by_role("region", name="Technological")).to_contain_text("Decided by the makers of the machines")
    page.get_by_role("link", name="Machines will read").click()
    page.get_by_role("button", name="Take it up again").click()
    expect(page.get_by_text("Not traced yet")).to_be_visible()
    assert found == []
