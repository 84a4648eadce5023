"""The page of a scenario: complete in both languages, true to the result, and all by itself."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from string import Formatter

import pytest
from msgspec.structs import replace

from optimizer.domain.network import SiteKind
from optimizer.domain.objective import CostBreakdown
from scenarios.metrics import KPIS
from scenarios.report import LANGUAGES, Language, page
from scenarios.report.answer import answer
from scenarios.report.figures import figure, interval, money
from scenarios.report.maps import HUES, drawing, sheet_for
from scenarios.report.strips import strips
from scenarios.report.variants import lines, main_kpis, promises
from scenarios.report.waterfall import waterfall
from scenarios.report.words import UNITS, WORDS, Speaker
from scenarios.results import ScenarioResult, Sentence, result_bytes, result_from_bytes
from tests.architecture.project import ROOT
from tests.scenario_results import (
    SEEDS,
    day_map,
    scenario_result,
    seed_result,
    target,
    variant_result,
)

EN, ZH = Speaker("en"), Speaker("zh")
REPORT = ROOT / "scenarios" / "report"
VOID = {"meta", "br", "img", "input", "link"}
WICKED = "<script>alert(1)</script>\"'&"


class Reader(HTMLParser):
    """Reads a page: its words, its elements, and where it leads."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: Counter[str] = Counter()
        self.leads: list[str] = []
        self.text = ""
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.leads += [
            value or ""
            for name, value in attrs
            if name.split(":")[-1] in {"href", "src", "srcset", "action", "data", "poster"}
        ]
        assert not any(name.startswith("on") for name, _ in attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_whole_says_everything_and_needs_nobody(language: Language) -> None:
    result, speaker = scenario_result(), Speaker(language)
    html = page(result, language)
    assert html == page(result_from_bytes(result_bytes(result)), language)
    read = Reader(html)
    assert read.tags["script"] == 0
    assert all(place.startswith("#") for place in read.leads)
    assert not re.search(r"(https?:)?//[a-z]|@import|url\((?!#)", html)
    assert html.startswith("<!DOCTYPE html>")
    for kpi in result.kpis:
        assert speaker.kpi(kpi) in read.text
    for one in result.variants[1:]:
        sentences = one.title, one.headline, *one.changed, *one.binding
        assert all(speaker.sentence(sentence) in read.text for sentence in sentences)
    assert speaker.say("withdrawn", lines=2, kg=figure(5, "kg", speaker)) in read.text
    assert speaker.say("violations", count=3) in read.text
    assert html.count('class="closed" points=') == 1
    # A baseline that is drawn once is shown beside every variant.
    assert read.leads.count("#base-map") == 2


def test_what_others_wrote_is_text_and_never_markup() -> None:
    result = scenario_result()
    base, cheap, _ = result.variants
    said = Sentence(WICKED, WICKED)
    sites = tuple(replace(site, id=f"{site.id}{WICKED}", name=WICKED) for site in day_map().sites)
    wicked = variant_result(
        WICKED,
        (replace(cheap.seeds[0], map=day_map(sites=sites)), *cheap.seeds[1:]),
        base.seeds,
        title=said, changed=(said,), binding=(said,), headline=said,
    )  # fmt: skip
    html = page(
        replace(
            result,
            scenario=WICKED,
            title=said,
            problem=WICKED,
            problem_digest=WICKED,
            variants=(base, wicked),
            kpis=(*result.kpis[:-1], replace(result.kpis[-1], unit=WICKED)),
        ),
        "en",
    )
    read = Reader(html)
    assert read.tags["script"] == 0
    assert read.text.count(WICKED) > 10


def test_both_languages_have_every_word_and_none_is_left_over() -> None:
    files = [*REPORT.glob("*.py"), *REPORT.glob("templates/*.html")]
    code = "".join(file.read_text("utf-8") for file in files)
    asked = set(re.findall(r"""\b(?:say|t)\(\s*["']([\w. ]+)["']\s*[,)]""", code))
    asked |= {f"kpi.{name}" for name in KPIS}
    asked |= {f"cost.{part}" for part in CostBreakdown().as_dict()} - {"cost.unserved"}
    asked |= {f"legend.{kind.value}" for kind in SiteKind}
    asked |= {f"sign.{verdict}" for verdict in ("better", "worse", "no difference")}
    asked |= {"target.met", "target.missed"}
    assert asked == set(WORDS)
    for en, zh in WORDS.values():
        assert en.strip()
        assert zh.strip()
        blanks = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in (en, zh)]
        assert blanks[0] == blanks[1]
    assert {kpi.unit for kpi in KPIS.values()} - {"share", "cents"} == set(UNITS)


def test_colours_are_those_of_the_boards() -> None:
    tokens = (ROOT / "api/pages/static/tokens.css").read_text("utf-8")
    known = set(re.findall(r"#[0-9A-F]{6}", tokens))
    used = set(re.findall(r"#[0-9A-Fa-f]{3,8}\b", (REPORT / "templates/report.css").read_text()))
    assert used <= known


@pytest.mark.parametrize(
    ("value", "unit", "signed", "en", "zh"),
    [
        (0.9514, "share", False, "95.1 %", "95.1 %"),
        (-0.0214, "share", True, "−2.1 pp", "−2.1 个百分点"),
        (1234567.0, "cents", False, "¥12,346", "¥12,346"),
        (-49.0, "cents", True, "¥0", "¥0"),
        (3.0, "h", False, "3 h", "3 小时"),
        (-0.04, "km", True, "0.0 km", "0.0 km"),
        (1234.56, "kg", True, "+1,235 kg", "+1,235 kg"),
        (2.5, "parsec", False, "2.5 parsec", "2.5 parsec"),
    ],
)
def test_numbers_are_shown_as_people_write_them(
    value: float, unit: str, signed: bool, en: str, zh: str
) -> None:
    for speaker, expected in ((EN, en), (ZH, zh)):
        shown = figure(value, unit, speaker, signed=signed)
        assert shown.replace("\N{NO-BREAK SPACE}", " ") == expected
    assert money(-150_000, signed=True) == "−¥1,500"
    assert interval(-0.1, 0.2, "share", EN) == "[−10.0 to +20.0\N{NO-BREAK SPACE}pp]"


def test_the_answer_counts_targets_or_compares_what_comes_in_time() -> None:
    result = scenario_result()
    base, cheap, rough = result.variants

    def told(*variants: object) -> str:
        return answer(replace(result, variants=(base, *variants)), EN)

    assert told(cheap, rough) == "1 of 2 variants reach every target: rough."
    assert told(rough, rough) == "All 2 variants reach every target."
    worst = replace(rough, name="z", title=Sentence("z", "z"), targets=(target(0.1), target(1.0)))
    assert told(cheap, worst).endswith("z comes nearest, with 1 of 2.")
    assert told(cheap) == "cheap: cheap in one sentence."
    free = [replace(one, targets=()) for one in (cheap, rough)]
    assert told(*free).startswith("In time, 0 of 2 variants are better than the baseline, 1 worse")
    assert told() == "baseline: baseline in one sentence."
    assert "cheap" in page(replace(result, variants=(base, *free)), "en")


def test_the_table_says_what_differs_and_which_target_is_missed() -> None:
    result = scenario_result()
    base, cheap, rough = lines(result, main_kpis(result), EN)
    assert [cell.difference for cell in base.cells] == [""] * 6
    on_time, cost, lost, _, unserved, _ = cheap.cells
    assert (on_time.mean, on_time.verdict) == ("50.0\N{NO-BREAK SPACE}%", "worse")
    assert (cost.difference, cost.verdict) == ("−¥200 (−40.0\N{NO-BREAK SPACE}%)", "better")
    assert (lost.sign, lost.interval) == ("equal", "")
    assert (unserved.bar, unserved.note) == ("100", "2 withdrawn")
    assert (cheap.missed, cheap.verdict) == (True, "misses: On time")
    assert (rough.missed, rough.verdict) == (False, "reaches every target")
    # One seed proves nothing and has no interval.
    alone = (seed_result(1),), (seed_result(1, kpis={"km": 90.0}),)
    single = replace(
        result,
        variants=(
            variant_result("baseline", alone[0], alone[0]), variant_result("x", alone[1], alone[0])
        ),
    )  # fmt: skip
    (far,) = [cell for cell in lines(single, main_kpis(single), EN)[1].cells if cell.bar]
    assert (far.interval, far.sign) == ("", "no difference")
    assert "0 better, 0 worse" in page(single, "en")


def test_strips_show_every_seed_the_mean_and_the_target() -> None:
    result = scenario_result()
    (strip,) = strips(result, main_kpis(result)[:1], EN)
    assert (strip.low, strip.high) == ("50.0\N{NO-BREAK SPACE}%", "100.0\N{NO-BREAK SPACE}%")
    # 95 % of a scale from 50 % to 100 %, inside its margins.
    assert strip.target == ("87.6",)
    assert [row.holds for row in strip.rows] == [True, False, True]
    # The means are 100 %, 50 % and 96 %.
    assert [row.x for row in strip.rows] == ["97", "3", "89.5"]
    assert all(len({seed.y for seed in row.seeds}) == len(SEEDS) for row in strip.rows)
    better = replace(target(0.5), least=None, better_by=0.2)
    cost = replace(better, kpi="cost_cents")
    variants = (*result.variants[:-1], replace(result.variants[-1], targets=(cost,)))
    (strip,) = strips(replace(result, variants=variants), main_kpis(result)[1:2], EN)
    assert strip.target_words == "better by 20.0\N{NO-BREAK SPACE}%"
    assert len(strip.target) == 1


def test_the_waterfall_leads_from_one_total_to_the_other() -> None:
    base = {"vehicles": 300.0, "time": 100.0, "unserved": 0.0}
    other = {"vehicles": 200.0, "time": 150.0, "ferry": 50.0, "unserved": 7e6}
    drawn = waterfall(base, other, EN)
    assert [(bar.name, bar.amount, bar.kind) for bar in drawn.bars] == [
        ("Baseline", "¥4", "total"),
        ("Vehicles", "−¥1", "better"),
        ("Hours", "¥0", "worse"),
        ("ferry", "¥0", "worse"),
        ("Variant", "¥4", "total"),
    ]
    assert [(bar.x, bar.width) for bar in drawn.bars] == [
        ("0", "100"), ("75", "25"), ("75", "12.5"), ("87.5", "12.5"), ("0", "100")
    ]  # fmt: skip
    assert "¥70,000" in drawn.note


def test_maps_share_their_paper_and_hues_do_not_repeat_at_a_grid() -> None:
    day = day_map()
    van = day.routes[1]
    many = tuple(replace(van, id=f"V{number}") for number in range(HUES + 1))
    left = tuple(replace(site, unserved=site.id == "P2") for site in day.sites)
    other = day_map(routes=many, sites=left)
    sheet = sheet_for([day, other])
    first, second = drawing(day, sheet), drawing(other, sheet)
    assert {(mark.x, mark.y) for mark in first.marks} == {(m.x, m.y) for m in second.marks}
    assert len({line.look for line in second.last_mile}) == HUES + 1
    assert (first.points_left, second.points_left) == (0, 1)
    assert (first.trips, first.km) == (2, 24.6)
    assert [mark.kind for mark in second.marks][-2:] == ["central", "grid"]
    # North is up and east is right.
    places = {mark.name: (float(mark.x), float(mark.y)) for mark in first.marks}
    assert places["Stone Drum"][1] < places["West Bank"][1]
    assert places["Stone Drum"][0] < places["Mill Gate"][0]
    lone = sheet_for([day_map(sites=day.sites[:1], routes=())])
    assert lone.at(28.26, 112.92)


def test_a_promise_that_only_a_variant_has_is_shown_and_maps_may_be_missing() -> None:
    result = scenario_result()
    base, cheap, _ = result.variants
    extra = tuple(
        replace(one, map=None, kpis={**one.kpis, "on_time_share_noon": 0.25}) for one in cheap.seeds
    )
    bare = tuple(replace(one, map=None) for one in base.seeds)
    other: ScenarioResult = replace(
        result, variants=(replace(base, seeds=bare), replace(cheap, seeds=extra))
    )
    noon = {one.name: one.shares for one in promises(other, EN)}["noon"]
    assert [share.width for share in noon] == [None, "25"]
    read = Reader(page(other, "zh"))
    assert "noon" in read.text
    assert "#base-map" not in read.leads
