"""The building blocks of screens: what they write, and that a misspelt argument is an error."""

from __future__ import annotations

import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.template import Context, Engine, Template, TemplateSyntaxError
from django.template.loader import render_to_string
from django.test import RequestFactory

from core import icons, statuses
from core.gallery import examples, waits

ROOT = Path(__file__).resolve().parents[2]
VENDOR = ROOT / "static" / "vendor"


def render(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def tags(html: str) -> list[tuple[str, dict[str, str | None]]]:
    reader = _Tags()
    reader.feed(html)
    return reader.found


def text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


# ------------------------------------------------------------------------------------------- status
@pytest.mark.parametrize("value", list(statuses.WORDS))
def test_a_status_is_a_shape_and_its_word(value):
    html = render("{% status value %}", value=value)
    assert text(html) == str(statuses.WORDS[value])
    assert html.count("<svg") == 1


def test_a_status_says_what_it_was():
    assert text(render('{% status "off_track" was="watch" when="May" %}')) == "Off track was Watch in May"
    assert text(render('{% status "off_track" was="off_track" %}')) == "Off track"


def test_getting_better_points_up_and_getting_worse_down():
    better, worse = render('{% status "on_track" was="watch" %}'), render('{% status "watch" was="on_track" %}')
    assert ("M6 10V2" in better, "M6 2v8" in worse) == (True, True)


def test_a_status_says_why_there_is_none():
    assert text(render('{% status None reason="not due yet" %}')) == "No data not due yet"


def test_a_hidden_word_is_still_heard():
    html = render('{% status "watch" hide_word=True %}')
    assert (text(html), '<span class="smo-vh">Watch</span>' in html) == ("Watch", True)


@pytest.mark.parametrize(
    "source",
    [
        '{% status "late" %}',
        "{% status missing %}",
        '{% status "watch" was="late" %}',
        '{% status_shape "late" %}',
        '{% change "sideways" "words" %}',
        '{% note tone="loud" %}{% endnote %}',
        '{% avatar "A B" tone="z" %}',
        '{% chart "pie" values chart_id="a" title="T" %}',
    ],
)
def test_an_unknown_value_is_an_error_that_names_the_known_ones(source):
    with pytest.raises(TemplateSyntaxError, match="must be one of"):
        render(source, values=[1])


@pytest.mark.parametrize(
    "source",
    [
        '{% status "watch" colour="red" %}',
        '{% card "T" colour="red" %}{% endcard %}',
        "{% card %}{% endcard %}",
        '{% empty "T" link="/" %}',
        '{% stat "T" "1" %}',
        '{% spark values chart_id="a" titel="T" %}',
        '{% chart "spark" values chart_id="a" titel="T" %}',
        '{% chart "spark" values title="T" %}',
        "{% progress %}",
        '{% icon "home" size=3 %}',
        '{% pagehead "T" mesage="M" %}{% endpagehead %}',
        "{% table %}{% endtable %}",
    ],
)
def test_a_misspelt_or_missing_argument_is_an_error(source):
    with pytest.raises((TemplateSyntaxError, TypeError)):
        render(source, values=[1, 2])


def test_an_icon_that_is_not_there_is_an_error():
    with pytest.raises(KeyError, match="there is no icon 'unicorn'"):
        render('{% icon "unicorn" %}')


def test_an_icon_is_silent_unless_it_stands_alone():
    alone, beside = render('{% icon "bell" label="3 unread" %}'), render('{% icon "bell" %}')
    assert ('role="img" aria-label="3 unread"' in alone, 'aria-hidden="true"' in beside) == (True, True)


# -------------------------------------------------------------------------------------------- boxes
def test_a_card_is_named_by_its_heading():
    html = render('{% card "Waits & flow" sub="2 of 3" span=7 footer="F" %}<p>body</p>{% endcard %}')
    section, heading = tags(html)[0][1], next(attrs for tag, attrs in tags(html) if tag == "h2")
    assert (section["aria-labelledby"], section["class"]) == (heading["id"], "card smo-c7")
    assert text(html) == "Waits & flow 2 of 3 body F"


def test_two_cards_of_one_title_can_have_ids_of_their_own():
    html = render('{% card "T" card_id="one" %}{% endcard %}{% card "T" card_id="two" %}{% endcard %}')
    assert [attrs["id"] for tag, attrs in tags(html) if tag == "h2"] == ["h-one", "h-two"]


def test_a_message_line_is_seen_and_the_heading_heard():
    html = render('{% pagehead "Home" message="Waits fell." %}<span>June</span>{% endpagehead %}')
    assert text(html) == "Home Waits fell. June"
    assert [attrs.get("class") for tag, attrs in tags(html) if tag == "h1"] == ["smo-vh"]


def test_an_empty_block_leaves_no_empty_line():
    assert text(render('{% pagehead "Home" %} {% endpagehead %}')) == "Home"
    assert "smo-meta" not in render('{% pagehead "Home" %} {% endpagehead %}')


def test_a_table_can_be_scrolled_by_keyboard_and_has_a_name():
    html = render('{% table "Periods" %}<tbody><tr><td>1</td></tr></tbody>{% endtable %}')
    assert tags(html)[0] == (
        "div",
        {
            "class": "smo-scroll",
            "tabindex": "0",
            "role": "group",
            "aria-label": "Periods, a table that scrolls sideways",
        },
    )


def test_words_given_to_a_block_are_escaped():
    html = render("{% card title sub=title %}{{ title }}{% endcard %}{% empty title title %}", title="<b>x</b>")
    assert "<b>x</b>" not in html


@pytest.mark.parametrize(("value", "shown"), [(62, "62"), (140, "100"), (-3, "0"), (61.6, "62")])
def test_progress_stays_between_nothing_and_all(value, shown):
    assert tags(render('{% progress "PDF" value=value %}', value=value))[0][1]["value"] == shown


def test_progress_without_a_value_runs_without_saying_how_far():
    assert tags(render('{% progress "PDF" %}'))[0] == (
        "progress",
        {"class": "smo-prog", "max": "100", "aria-label": "PDF"},
    )


@pytest.mark.parametrize(
    ("name", "letters"), [("Helena Marsh", "HM"), ("Sofia de la Cruz", "SC"), ("Prince", "P"), ("", "?")]
)
def test_people_have_initials(name, letters):
    assert text(render("{% avatar name %}", name=name)) == letters


def test_a_tile_says_figure_status_target_and_draws_its_trend():
    html = render(
        '{% stat "Shared?" "71%" status="watch" target="85%" chart_id="t" trend=trend actual=71 goal=85 %}',
        trend=[1, 2],
    )
    assert text(re.sub(r"<(title|desc).*?</\1>", "", html)) == "Shared? 71% Watch target 85%"
    assert html.count('role="img"') == 2


# ------------------------------------------------------------------------------------------- charts
def test_a_narrow_twin_has_an_id_of_its_own():
    html = render('{% chart "measure" series chart_id="m" title="T" narrow=330 %}', series=waits())
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert (len(ids), len(set(ids))) == (4, 4)
    assert re.findall(r'<svg [^>]*?width="(\d+)"', html) == ["770", "330"]


def test_the_legend_names_only_what_is_drawn():
    series = waits()
    assert text(render("{% measure_legend series %}", series=series)).startswith(
        "Actual Target Forecast, 80% interval shaded 2025 Bands"
    )
    bare = type(series)(labels=["Jan"], actual=[1])
    assert text(render("{% measure_legend series %}", series=bare)) == "Actual"


# -------------------------------------------------------------------------------------------- forms
class Example(forms.Form):
    amount = forms.DecimalField(label="Amount", help_text="In pounds.", max_value=10)
    note = forms.CharField(label="Note", required=False)
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    sure = forms.BooleanField(label="Sure")

    def clean(self) -> dict[str, object]:
        raise forms.ValidationError("Together they do not fit.")


def test_label_hint_error_and_input_come_in_this_order():
    html = render("{% field form.amount %}", form=Example({"amount": "99"}))
    places = [html.index(part) for part in ("Amount</label>", "In pounds.", "less than or equal", "<input")]
    assert places == sorted(places)
    control = next(attrs for tag, attrs in tags(html) if tag == "input")
    assert control["aria-invalid"] == "true"
    described = [control["aria-describedby"]] if control["aria-describedby"] else []
    ids = {attrs["id"] for _tag, attrs in tags(html) if attrs.get("id")}
    assert set(" ".join(described).split()) <= ids
    assert control["class"] == "form-control is-invalid"


def test_what_may_stay_empty_is_marked_in_words():
    assert text(render("{% field form.note %}", form=Example())) == "Note (optional)"
    assert text(render("{% field form.amount %}", form=Example())) == "Amount In pounds."


def test_choices_stand_under_their_headings_and_keep_what_was_ticked():
    class Form(forms.Form):
        fruit = forms.MultipleChoiceField(
            label="Fruit",
            choices=[("Stone", [("p", "Plum"), ("c", "Cherry")]), ("Core", [("a", "Apple")])],
            widget=forms.CheckboxSelectMultiple,
        )

    found = render("{% field form.fruit %}", form=Form({"fruit": ["c", "a"]}))
    assert [found.count(f'role="group" aria-label="{name}"') for name in ("Stone", "Core")] == [1, 1]
    assert (found.count("<input"), found.count(" checked")) == (3, 2)
    assert found.index("Cherry") < found.index("Core") < found.index("Apple")


def test_choices_are_a_named_group():
    html = render("{% field form.kind %}", form=Example())
    assert text(html) == "Kind A B"
    assert [tag for tag, _attrs in tags(html)][:2] == ["fieldset", "legend"]
    assert [attrs["class"] for tag, attrs in tags(html) if tag == "input"] == ["form-check-input"] * 2


def test_the_summary_names_every_error_and_leads_to_its_input():
    form = Example({"amount": "99"})
    html = render("{% error_summary form %}{% for item in form %}{% field item %}{% endfor %}", form=form)
    links = {attrs["href"].removeprefix("#") for tag, attrs in tags(html) if tag == "a"}
    ids = {attrs["id"] for _tag, attrs in tags(html) if attrs.get("id")}
    assert links == {"id_amount", "id_kind", "id_sure"}
    assert links <= ids
    assert "Together they do not fit." in text(html)


def test_a_field_left_empty_is_told_what_to_do():
    html = text(render("{% error_summary form %}{% for item in form %}{% field item %}{% endfor %}", form=Example({})))
    assert "Amount: Fill this in." in html and "Kind: Choose one." in html and "Sure: Tick this to go on." in html
    assert "required" not in html


def test_a_form_without_mistakes_has_no_summary():
    assert render("{% error_summary form other %}", form=Example(), other=Example()).strip() == ""


def test_crispy_forms_come_in_the_same_order():
    html = render("{% load crispy_forms_tags %}{{ form|crispy }}", form=Example({"amount": "99"}))
    field = html[html.index('id="div_id_amount"') :]
    places = [field.index(part) for part in ("Amount", "In pounds.", "less than or equal", 'name="amount"')]
    assert places == sorted(places)
    assert "Note (optional)" in text(html)


# -------------------------------------------------------------------------------------------- pages
HOME = {"key": "home", "label": "Home", "url": "/", "icon": "home"}
JUNE = {"key": "2026-06", "label": "Jun 2026", "url": "?p=2026-06", "current": True}
SHELL = SimpleNamespace(
    organization_name="Northmere Health",
    subtitle="Strategy office",
    navigation=[{"label": "Core", "tooltip": "t", "items": [{**HOME, "count": 4, "count_words": "waiting"}]}],
    foot=[],
    tabs=[HOME],
    active="home",
    period={"label": "Jun 2026", "key": "2026-06", "choices": [JUNE]},
    unread=3,
    notifications_url="/n/",
    person={"name": "Helena Marsh", "initials": "HM", "role": "Chief executive", "tone": ""},
    on_behalf_of="",
)


def test_the_gallery_holds_every_component_without_one_inline_style_or_script():
    html = render_to_string("core/gallery.html", examples())
    assert re.findall(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=\"", html) == []
    assert len(re.findall(r"<svg", html)) > 200


def test_ids_in_the_gallery_are_unique():
    ids = [attrs["id"] for _tag, attrs in tags(render_to_string("core/gallery.html", examples())) if attrs.get("id")]
    assert sorted(one for one in set(ids) if ids.count(one) > 1) == []


def test_the_page_shows_who_where_and_when():
    html = render_to_string("core/page.html", {"shell": SHELL, "theme": "dark"})
    assert 'data-bs-theme="dark"' in html
    said = text(html)
    assert [word in said for word in ("Northmere Health", "Jun 2026", "Helena Marsh", "4 waiting")] == [True] * 4
    assert html.count('aria-current="page"') == 2


def test_who_acts_for_another_sees_it_on_every_page():
    acting = SimpleNamespace(**{**vars(SHELL), "on_behalf_of": "Sofia Lindqvist"})
    assert "You act for Sofia Lindqvist." in text(render_to_string("core/page.html", {"shell": acting}))


def test_what_has_no_page_is_not_shown():
    html = render_to_string("core/page.html", {"shell": SHELL})
    assert ("smo-find" in html, "smo-menu-unit" in html) == (False, False)


def test_the_theme_is_one_of_two_whatever_the_cookie_says():
    html = render_to_string("core/page.html", {"theme": 'x" onload="'})
    assert tags(html)[0] == ("html", {"lang": "en-gb", "data-bs-theme": "light"})


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "405", "500", "core/503"])
def test_an_error_page_needs_nothing_and_says_what_to_do(name):
    """Django renders 500.html without a context at all."""
    html = Engine.get_default().get_template(f"{name}.html").render(Context())
    said = text(html)
    assert len(re.findall(r"<h1", html)) == 1
    assert "Reference" not in said
    assert re.search(r"try again|Check the address|can give access|send it again", said, re.IGNORECASE)


def test_an_error_page_ends_with_its_reference():
    assert "Reference 3f2a9c11" in text(render_to_string("500.html", {"reference": "3f2a9c11"}))
    request = RequestFactory().get("/x")
    request.request_id = "abc123"
    assert "Reference abc123" in text(render_to_string("404.html", {}, request=request))


def test_results_are_toasts_and_problems_stay_in_the_page():
    messages = [
        SimpleNamespace(level_tag="success", __str__=lambda self: "Saved"),
        SimpleNamespace(level_tag="error", __str__=lambda self: "Row 3 is wrong"),
    ]
    html = render_to_string("core/page.html", {"shell": SHELL, "messages": messages})
    toasts = html[html.index('id="toasts"') :]
    assert ("smo-toast" in toasts, "smo-note-problem" in toasts) == (True, False)
    assert html[: html.index('id="toasts"')].count('role="alert"') == 2


# ------------------------------------------------------------------------------------------- assets
def test_every_vendored_file_is_listed_with_its_hash_and_licence():
    packages = json.loads((VENDOR / "vendor.json").read_text(encoding="utf-8"))["packages"]
    listed = {name: digest for package in packages for name, digest in package["files"].items()}
    actual = {
        path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name != "vendor.json"
    }
    assert actual == listed
    assert {package["licence"] for package in packages} == {"MIT", "OFL-1.1"}
    assert [package["name"] for package in packages if not package["version"]] == []


def test_stylesheets_name_only_files_that_are_there():
    """A name that is not there stops collectstatic."""
    sheets = [ROOT / "static" / "smo.css", ROOT / "static" / "print.css", VENDOR / "tabler" / "tabler.min.css"]
    named = [
        (sheet, url)
        for sheet in sheets
        for url in re.findall(r"url\(([^)]+)\)", sheet.read_text(encoding="utf-8"))
        if not url.strip("\"'").startswith(("data:", "#"))
    ]
    assert [url for sheet, url in named if not (sheet.parent / url).is_file()] == []
    assert "sourceMappingURL" not in sheets[2].read_text(encoding="utf-8")


def test_every_class_of_ours_in_a_template_has_a_rule():
    sheets = "".join((ROOT / "static" / name).read_text(encoding="utf-8") for name in ("smo.css", "print.css"))
    known = set(re.findall(r"\.((?:smo|c)-[\w-]+)", sheets))
    used = set()
    for path in (ROOT / "templates").rglob("*.html"):
        for value in re.findall(r'class="([^"]*)"', path.read_text(encoding="utf-8")):
            plain = re.sub(r"\S*{{.*?}}\S*|{%.*?%}", " ", value)
            used |= {(one, path.name) for one in plain.split() if one.startswith("smo-")}
    # names that only scripts look for
    assert sorted((one, name) for one, name in used if one not in known and one != "smo-chevron") == []


def test_every_chart_class_has_a_rule():
    sheet = (ROOT / "static" / "smo.css").read_text(encoding="utf-8")
    html = render_to_string("core/gallery.html", examples())
    used = {one for value in re.findall(r'class="([^"]*)"', html) for one in value.split() if one.startswith("c-")}
    unruled = {one for one in used if f".{one} " not in sheet and f".{one}," not in sheet}
    # outlined boxes carry a class for their fill and one for their line; only one of the two is recoloured
    assert {one for one in unruled if not one.startswith(("c-rng",))} == {"c-pill"}


def test_icons_are_paths_only():
    assert [
        name
        for name in icons.names()
        if not all(re.fullmatch(r"[MmLlHhVvCcSsQqAaZz0-9eE .,\-]+", d) for d in icons.paths(name))
    ] == []
