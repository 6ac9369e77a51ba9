"""Every page a person meets: right, accessible, inside the screen, without a blocked script, at both sizes and themes."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest
from _pytest.mark.structures import ParameterSet
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]

LOOKS = (("desktop", "light"), ("phone", "dark"))
"""Both sizes and both themes."""


def walked(names: Iterable[str]) -> list[ParameterSet]:
    """Every page in both looks: the ones in turn in every run, the others by `bin/test --slow`."""
    return [
        pytest.param(name, *look, marks=pytest.mark.slow if (place + turn) % 2 else ())
        for place, name in enumerate(names)
        for turn, look in enumerate(LOOKS)
    ]


PAGES = {
    "home": "/",
    "my work": "/work/",
    "strategy map": "/planning/",
    "scorecards": "/scorecards/",
    "measures": "/scorecards/measures/",
    "reds without an answer": "/scorecards/unanswered/",
    "who has reported": "/scorecards/reporting/",
    "measures side by side": "/scorecards/compare/?m=P1-01&m=C1-01",
    "library": "/scorecards/library/",
    "units": "/organization/units/",
    "people": "/organization/people/",
    "my account": "/organization/me/",
    "jobs": "/jobs/",
    "notifications": "/notifications/",
    "gallery": "/gallery/",
}
OPENED_FROM = {
    "scorecard": ("/scorecards/", "main a[href^='/scorecards/']:not([href*='measures'])"),
    "measure": ("/scorecards/measures/?status=off_track", "main table a[href*='/measures/']"),
    "objective": ("/", "main a[href*='/strategy/objectives/']"),
    "explained score": (
        "/scorecards/",
        "main a[href*='/nodes/'], main a[href^='/scorecards/']:not([href*='measures'])",
    ),
    "quality": ("/scorecards/1/", "main a[href*='/quality/']"),
    "reports": ("/scorecards/1/", "main a[href*='/reports/']"),
    "frozen report": ("/scorecards/1/reports/", "main table a[href*='/scorecards/reports/']:not([href*='file'])"),
    "schedule of reports": ("/scorecards/1/reports/", "main a[href$='/schedule/']"),
    "unit": ("/organization/units/", "main table a[href*='/units/']"),
    "person": ("/organization/people/", "main table a[href*='/people/']"),
}
WRITTEN = {
    "answer of a red": ("/scorecards/unanswered/", "main table a[href*='/answer/']"),
    "declared status": ("/scorecards/measures/?mine=on&status=off_track", "main table a[href*='/measures/']"),
}
"""Forms a unit head writes in, opened from another page; the second one from the page of a measure."""
DESIGNED = {
    "library": ("/scorecards/library/", ""),
    "add a definition": ("/scorecards/library/new/", ""),
    "add a measure": ("/scorecards/measures/new/", ""),
    "definition": ("/scorecards/library/", "a[href*='/library/']:not([href*='new']):not([href*='file'])"),
    "weights": ("/scorecards/1/weights/", ""),
    "weights of a node": ("/scorecards/1/weights/", "a[href*='/nodes/'][href*='/weights/']"),
    "bands": ("/scorecards/1/bands/", ""),
    "revise": ("/scorecards/library/1/edit/", ""),
    "versions": ("/scorecards/library/3/versions/", ""),
    "measure of a unit": ("/scorecards/measures/new/1/", ""),
    "use a measure": ("/scorecards/objectives/1/use/", ""),
    "chain of inputs": ("/scorecards/measures/?q=S-03", "table a[href*='/measures/']"),
    "change a measure": ("/scorecards/measures/1/edit/", ""),
    "targets": ("/scorecards/measures/1/targets/", ""),
    "lines": ("/scorecards/measures/2/lines/", ""),
    "values of a line": ("/scorecards/measures/2/lines/", "table a[href*='/lines/']"),
    "notes": ("/scorecards/measures/1/notes/", ""),
    "new strategy": ("/planning/new/", ""),
    "new strategy from a template": ("/planning/new/?from=template", ""),
    "new strategy from StratML": ("/planning/new/?from=stratml", ""),
    "library of objectives": ("/planning/maps/1/library/", ""),
    "imports": ("/jobs/imports/", ""),
    "import of a file": ("/jobs/imports/new/", ""),
    "import by the clock": ("/jobs/imports/feeds/new/", ""),
    "what was imported": ("/jobs/imports/", "table a[href*='/runs/']"),
}
"""Pages of the strategy office: where they are, and the link on them that leads on."""
AXE_OPTIONS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def problems_of(page):
    """What the console and the policy complained about."""
    found = []
    page.on("console", lambda message: found.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def check(page, found, where):
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0, f"{where} scrolls sideways by {width} px"
    results = Axe().run(page, options=AXE_OPTIONS)
    violations = [
        f"{item['id']}: {item['help']}: {[node['target'] for node in item['nodes']][:3]}"
        for item in results.response["violations"]
    ]
    assert violations == [], where
    assert found == [], where
    assert page.locator("h1").count() == 1, f"{where} has not exactly one heading"
    assert not re.search(r"\bNone\b|\{\{|\{%", page.inner_text("body")), f"{where} shows something raw"


@pytest.mark.parametrize(("name", "size", "theme"), walked(PAGES))
def test_page(open_as, site, name, size, theme):
    page = open_as("executive", size, theme)
    found = problems_of(page)
    answer = page.goto(site.address + PAGES[name])
    assert answer.status == 200
    check(page, found, f"{name}, {size}, {theme}")


@pytest.mark.parametrize(("name", "size", "theme"), walked(OPENED_FROM))
def test_page_opened_from_another(open_as, site, name, size, theme):
    page = open_as("executive", size, theme)
    found = problems_of(page)
    start, link = OPENED_FROM[name]
    page.goto(site.address + start)
    page.goto(site.address + page.locator(link).first.get_attribute("href"))
    check(page, found, f"{name}, {size}, {theme}")


@pytest.mark.parametrize(("name", "size", "theme"), walked(WRITTEN))
def test_form_opened_by_a_unit_head(open_as, site, name, size, theme):
    page = open_as("unit_head", size, theme)
    found = problems_of(page)
    start, link = WRITTEN[name]
    page.goto(site.address + start)
    page.goto(site.address + page.locator(link).first.get_attribute("href"))
    if name == "declared status":
        check(page, found, f"measure of one's own, {size}, {theme}")
        page.goto(site.address + page.locator("main a[href*='/declare/']").first.get_attribute("href"))
    check(page, found, f"{name}, {size}, {theme}")


@pytest.mark.parametrize(("name", "size", "theme"), walked(DESIGNED))
def test_page_of_the_strategy_office(open_as, site, name, size, theme):
    page = open_as("smo_officer", size, theme)
    found = problems_of(page)
    start, link = DESIGNED[name]
    assert page.goto(site.address + start).status == 200
    if link:
        page.goto(site.address + page.locator(f"main {link}").first.get_attribute("href"))
    check(page, found, f"{name}, {size}, {theme}")


@pytest.mark.parametrize(("path", "size", "theme"), walked(["/sign-in/", "/password/reset/", "/nowhere/"]))
def test_pages_before_sign_in(browser, site, path, size, theme):
    width, height = (1440, 900) if size == "desktop" else (390, 844)
    context = browser.new_context(viewport={"width": width, "height": height})
    context.add_cookies([{"name": "theme", "value": theme, "url": site.address}])
    page = context.new_page()
    found = [] if path == "/nowhere/" else problems_of(page)
    page.goto(site.address + path)
    check(page, found, f"{path}, {size}, {theme}")
    context.close()


def test_the_way_of_an_executive(open_as, site):
    """Home → exception → measure → its objective → the scorecard, without a dead end."""
    page = open_as("executive")
    page.goto(site.address + "/")
    page.locator("section[aria-labelledby=h-exceptions] li a").first.click()
    assert "/scorecards/measures/" in page.url
    page.locator("main .smo-meta a[href*='/objectives/']").first.click()
    assert "/strategy/objectives/" in page.url
    page.locator("nav a[data-nav=scorecard]").click()
    page.wait_for_url("**/scorecards/**")
    expect(page.locator("main h1")).to_be_visible()


def test_the_period_travels_with_the_links(open_as, site):
    page = open_as("executive")
    page.goto(site.address + "/")
    page.locator(".smo-menu-period summary").click()
    page.locator(".smo-menu-period a").nth(4).click()
    assert "?p=" in page.url
    chosen = page.url.split("?p=")[1]
    page.locator("nav a[data-nav=scorecard]").click()
    assert chosen in page.url


def test_the_keyboard_reaches_the_content_first(open_as, site):
    page = open_as("executive")
    page.goto(site.address + "/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "smo-skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
