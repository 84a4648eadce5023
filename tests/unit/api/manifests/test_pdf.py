"""Paper as PDF: the same plan gives the same bytes, every name is on it, nothing is cut in two."""

import io
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import pytest
from pypdf import PdfReader

from api.manifests.docks import build_loading_list
from api.manifests.fonts import FontFile
from api.manifests.pdf import manifest_pdf
from api.manifests.pdf_loading_list import loading_list_pdf
from api.manifests.reading import build_sheet
from api.manifests.sheet import Heading, Sheet
from api.problem_details import Refusal
from optimizer.domain.plan import Break, Plan
from optimizer.domain.problem import Problem
from tests.chinese_font import chinese_font
from tests.unit.api import paper_day

LATIN = replace(paper_day.HEADING, name="Monday", plan="plan-1")


def no_font() -> FontFile:
    raise AssertionError("Helvetica suffices")


def sheet(vehicle: str, *, day: Problem | None = None, plan: Plan | None = None,
          heading: Heading = LATIN) -> Sheet:  # fmt: skip
    day = day or paper_day.city()
    return build_sheet(day, plan or paper_day.plan(day), vehicle, heading)


def pages(data: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(data)).pages]


def compact(data: bytes) -> list[str]:
    """Give the pages without blanks: with some fonts the reader sees one between all letters."""
    return ["".join(page.split()) for page in pages(data)]


def test_latin_names_need_no_font_on_any_machine() -> None:
    (page,) = pages(manifest_pdf(sheet("V2"), "en", no_font))
    for text in (
        "V2", "P1 Osmanthus Lane", "P2 Heron Bridge", "ICE_CREAM", "N201 / 1", "0.16 - 0.60 m",
        "Arrive 06:10", "Signature", "version 3 (published)",
    ):  # fmt: skip
        assert text in page


def test_chinese_names_are_text_that_can_be_found_and_copied() -> None:
    font = chinese_font()
    wanted = sheet("V2", day=paper_day.problem(), heading=paper_day.HEADING)
    once, twice = (manifest_pdf(wanted, "zh-CN", lambda: font) for _ in range(2))
    assert once == twice, "the same sheet gives the same bytes"
    (page,) = compact(once)
    for text in (
        "P1 桂花巷", "P2 鹭桥", "G1 河西网格仓", "配送单", "冷冻", "已发布", "签收", "N201 / 1",
    ):  # fmt: skip
        assert text.replace(" ", "") in page


def test_date_of_the_file_is_that_of_the_plan() -> None:
    once, twice = (manifest_pdf(sheet("V2"), "en", no_font) for _ in range(2))
    assert once == twice
    reader = PdfReader(io.BytesIO(once))
    assert reader.metadata is not None
    assert reader.metadata.creation_date == LATIN.made_at


def test_every_trip_begins_on_a_page_of_its_own_under_the_same_heading() -> None:
    first, second = pages(manifest_pdf(sheet("V1"), "en", no_font))
    assert "Trip 1" in first
    assert "Trip 2" in second
    assert "P3 Lotus Gate" in first
    assert "P4 Paper Kite Court" in second
    for number, page in enumerate((first, second), start=1):
        assert "V1" in page
        assert "Plan Monday plan-1, version 3 (published)" in page
        assert f"page {number} / 2" in page


def with_stops(count: int, copies: int = 1) -> Plan:
    """Let V2 visit its second stop again and again, with its lines several times."""
    plan = paper_day.plan(paper_day.city())
    route = next(r for r in plan.routes if r.vehicle == "V2")
    one = replace(route.stops[0], delivers=route.stops[0].delivers * copies)
    return replace(plan, routes=(replace(route, stops=(one,) * count),))


def test_no_stop_is_cut_in_two_by_the_end_of_a_page() -> None:
    found = pages(manifest_pdf(sheet("V2", plan=with_stops(9)), "en", no_font))
    assert len(found) > 2
    # A stop's first line is its article DUMPLINGS, its last one is the field for the signature.
    order = [
        word
        for page in found
        for word, _ in groupby(w for w in page.split() if w in {"DUMPLINGS", "Signature"})
    ]
    assert order == ["DUMPLINGS", "Signature"] * 9
    assert not any("continued" in page for page in found)


def test_stop_longer_than_a_page_goes_on_under_its_name() -> None:
    found = pages(manifest_pdf(sheet("V2", plan=with_stops(1, copies=60)), "en", no_font))
    assert len(found) > 3
    assert all("P1 Osmanthus Lane (continued)" in page for page in found[2:])
    assert sum(page.count("DUMPLINGS") for page in found) == 60
    assert sum(page.count("Signature") for page in found) == 1


def test_long_name_is_on_two_lines_and_whole() -> None:
    day = paper_day.city()
    name = "Community centre of the third residents' committee, east gate, locker number two"
    sites = {**day.sites, "P1": replace(day.sites["P1"], name=name)}
    (page,) = pages(manifest_pdf(sheet("V2", day=replace(day, sites=sites)), "en", no_font))
    assert name in " ".join(page.split())


@pytest.mark.parametrize(
    "name", ["", "\t\n", "x" * 20_000, "two\nlines", "ice " * 5_000, "\x7f\x00", "{nb}"]
)
def test_no_name_breaks_the_page(name: str) -> None:
    day = paper_day.city()
    sites = {**day.sites, "P1": replace(day.sites["P1"], name=name)}
    found = pages(manifest_pdf(sheet("V2", day=replace(day, sites=sites)), "en", no_font))
    assert len(found) == 1
    assert "P2 Heron Bridge" in found[0]


def test_letter_that_the_font_lacks_leaves_the_others_readable() -> None:
    font = chinese_font()
    day = paper_day.city()
    sites = {**day.sites, "P1": replace(day.sites["P1"], name="桂花\U0001f600巷")}
    data = manifest_pdf(sheet("V2", day=replace(day, sites=sites)), "en", lambda: font)
    assert "P2HeronBridge" in compact(data)[0]
    assert "桂花" in compact(data)[0]


def test_idle_vehicle_gets_a_page_that_says_so() -> None:
    (page,) = pages(manifest_pdf(sheet("V4"), "en", no_font))
    assert "makes no trip" in page


def test_loading_list_has_a_block_per_vehicle() -> None:
    font = chinese_font()
    day = paper_day.problem()
    listing = build_loading_list(day, paper_day.plan(day), "G1", paper_day.HEADING)
    data = loading_list_pdf(listing, day.horizon, "zh-CN", lambda: font)
    (page,) = compact(data)
    for text in (
        "G1 河西网格仓",
        "月台 1",
        "05:45 - 06:00 装车",
        "21:06 - 21:21 卸货",
        "首站 P1 桂花巷",
    ):
        assert text.replace(" ", "") in page


def test_file_that_is_no_font_is_refused_by_name(tmp_path: Path) -> None:
    wrong = tmp_path / "letters.ttf"
    wrong.write_bytes(b"no font at all")
    with pytest.raises(Refusal, match=r"letters\.ttf") as refused:
        manifest_pdf(sheet("V2"), "zh-CN", lambda: FontFile(path=wrong))
    assert refused.value.code == "CG-7501"


def test_a_rest_stands_between_the_stops_where_it_is_taken() -> None:
    plan = paper_day.plan(paper_day.city())
    (route,) = [route for route in plan.routes if route.vehicle == "V2"]
    between = Break(starts=paper_day.MORNING + 1_600, ends=paper_day.MORNING + 1_900)
    rested = replace(route, breaks=(between,))
    found = sheet("V2", plan=replace(plan, routes=(rested,)))
    (page,) = pages(manifest_pdf(found, "en", no_font))
    stops = page[page.index("Stops: 2") :]
    first, rest, second = (stops.index(text) for text in ("P1 ", "Rest 06:26 - 06:31", "P2 "))
    assert first < rest < second
