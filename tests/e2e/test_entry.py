"""Entering values with a browser: accessible at both sizes, and the grid by keyboard alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.test_pages import LOOKS, check, problems_of, walked

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]

UPDATES, GRID = "/scorecards/updates/", "/scorecards/grid/"
PAGES = {
    "my updates": ("contributor", UPDATES),
    "the grid": ("contributor", GRID),
    "the queue": ("smo_officer", "/scorecards/approvals/"),
    "reminders": ("smo_officer", "/scorecards/reminders/"),
}


@pytest.mark.parametrize(("name", "size", "theme"), walked(PAGES))
def test_page(open_as, site, name, size, theme):
    role, path = PAGES[name]
    page = open_as(role, size, theme)
    found = problems_of(page)
    assert page.goto(site.address + path).status == 200
    check(page, found, f"{name}, {size}, {theme}")


@pytest.mark.parametrize(("size", "theme"), LOOKS)
def test_closing_and_its_question(open_as, site, size, theme):
    page = open_as("smo_officer", size, theme)
    found = problems_of(page)
    page.goto(site.address + "/scorecards/")
    page.goto(site.address + page.locator("main table a[href^='/scorecards/']").first.get_attribute("href"))
    page.goto(site.address + page.locator("main .smo-meta a[href*='/closing/']").first.get_attribute("href"))
    check(page, found, f"closing, {size}, {theme}")
    page.goto(site.address + page.locator("main a[href*='/closing/close/']").first.get_attribute("href"))
    check(page, found, f"the question, {size}, {theme}")
    assert page.evaluate("document.activeElement.textContent").strip() == "Cancel"


def focused(page) -> str:
    """The name of the input that has the focus."""
    return page.evaluate("document.activeElement.getAttribute('aria-label') || ''")


def test_the_grid_by_keyboard_alone(open_as, site):
    """Tab into it, arrows and Enter between cells, Esc back, a paste of four cells, a wrong one marked, then saved."""
    page = open_as("contributor")
    page.goto(site.address + GRID)
    for _press in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('[data-grid] td') !== null"):
            break
    first = focused(page)
    stood = page.evaluate("document.activeElement.value")
    page.keyboard.press("ArrowDown")
    second = focused(page)
    assert second and second != first
    page.keyboard.press("ArrowUp")
    assert focused(page) == first
    page.keyboard.press("Enter")
    assert focused(page) == second
    page.keyboard.press("ArrowUp")
    page.keyboard.type("oops")
    assert page.evaluate("document.activeElement.className").endswith("smo-changed")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.value") == stood
    paste(page, "1.234\n12\t99\nlots")
    assert page.evaluate("document.activeElement.value") == "1.234"
    assert "pasted, not saved yet, 1 cells did not fit" in page.inner_text("#announce")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".smo-errsum")).to_be_visible()
    assert page.evaluate("document.activeElement.className") == "smo-errsum"
    assert "is not a number" in page.inner_text(".smo-errsum")
    wrong = page.locator("[data-grid] input[aria-invalid=true]")
    assert wrong.input_value() == "lots"
    page.locator(".smo-errsum a").first.press("Enter")
    wrong.focus()
    page.keyboard.press("Escape")
    # a cell that lies half under the column of names or the top bar, which stay when the page scrolls, counts as small
    page.evaluate("document.querySelector('.smo-scroll:has([data-grid])').scrollLeft = 0; window.scrollTo(0, 0)")
    check(page, [], "the grid with a wrong cell")
    page.goto(site.address + GRID)
    assert page.locator(f"[aria-label='{first}']").input_value() == stood, "nothing was saved"


def paste(page, text: str) -> None:
    """What the browser does on Ctrl V with this on the clipboard."""
    page.evaluate(
        """text => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
          document.activeElement.dispatchEvent(event);
        }""",
        text,
    )


def test_one_value_is_saved_in_place_and_the_focus_stays_with_it(open_as, site):
    page = open_as("contributor")
    page.goto(site.address + UPDATES)
    row = page.locator(".smo-entry").filter(has=page.get_by_role("button", name=re.compile("^Save"))).first
    box = row.locator("input.form-control").first
    before = box.input_value()
    box.fill("lots")
    row.get_by_role("button", name=re.compile("^Save")).press("Enter")
    expect(row.locator(".smo-err")).to_contain_text("is not a number")
    assert page.evaluate("document.activeElement.getAttribute('aria-invalid')") == "true"
    row.locator("input.form-control").first.fill(before)
    row.locator("textarea").fill("Looked at again.")
    row.get_by_role("button", name=re.compile("^Save")).press("Enter")
    expect(row.locator(".smo-entry-acts")).to_contain_text(re.compile(r"Saved \d\d:\d\d by Thomas Grieve"))
    assert page.evaluate("document.activeElement.textContent").strip().startswith("Saved")
