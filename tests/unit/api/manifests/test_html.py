"""Paper as HTML: every text escaped, nothing from elsewhere, the same facts as the sheet."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from api.manifests.docks import build_loading_list
from api.manifests.html import loading_list_html, manifest_html
from api.manifests.reading import build_sheet
from api.manifests.words import LANGUAGES, WORDS
from optimizer.domain.ids import LineKey
from optimizer.domain.problem import Problem
from tests.unit.api import paper_day

ATTACK = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>"


class Tags(HTMLParser):
    """Collects tags, attributes and text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += f" {data}"


def manifest(day: Problem, vehicle: str = "V2", language: str = "en") -> str:
    sheet = build_sheet(day, paper_day.plan(day), vehicle, paper_day.HEADING)
    return manifest_html(sheet, "zh-CN" if language == "zh-CN" else "en")


def loading_list(day: Problem) -> str:
    listing = build_loading_list(day, paper_day.plan(day), "G1", paper_day.HEADING)
    return loading_list_html(listing, day.horizon, "en")


def attacked() -> Problem:
    day = paper_day.problem()
    sites = {key: replace(site, name=ATTACK) for key, site in day.sites.items()}
    lines = {
        LineKey(key.order, key.line): replace(line, article=ATTACK, batch=ATTACK)
        for key, line in day.lines.items()
    }
    return replace(day, sites=sites, lines=lines)


@pytest.mark.parametrize("write", [manifest, loading_list])
def test_names_are_text_and_never_markup(write) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001
    page = Tags(write(attacked()))
    assert {"script", "img", "link", "iframe", "object"}.isdisjoint(page.tags)
    assert ATTACK in page.text


@pytest.mark.parametrize("write", [manifest, loading_list])
def test_page_needs_nothing_from_elsewhere(write) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001
    page = write(paper_day.problem())
    assert {name for name, _ in Tags(page).attributes}.isdisjoint({"src", "href", "onclick"})
    assert "url(" not in page
    assert "http" not in page


def test_sheet_shows_what_loader_and_driver_need() -> None:
    text = re.sub(r"\s+", " ", Tags(manifest(paper_day.problem())).text)
    for part in (
        "0.16 m (300 l)", "P2 鹭桥", "2.4 kg, 6 l", "N201 / 1", "ICE_CREAM", "predicted -19.4 °C",
        "margin 1.3 °C", "Collect CRATES / 1", "Rest 07:06 - 07:36", "Set the bulkheads first",
        "2026-07-15 06:00", "Empties collected", "Refused / damaged", "Signature",
        "Plan 周一 plan-1, version 3 (published)",
    ):  # fmt: skip
        assert part in text


def test_boxes_take_the_place_of_bulkheads() -> None:
    text = re.sub(r"\s+", " ", Tags(manifest(paper_day.problem(), "V1")).text)
    assert "Box 1-2 , Ice 6.0 kg" in text
    assert "Bulkhead at" not in text


def test_labels_speak_the_language_of_the_reader() -> None:
    chinese = manifest(paper_day.problem(), language="zh-CN")
    assert '<html lang="zh-CN">' in chinese
    assert "装车顺序" in chinese
    assert "Load in this order" not in chinese


def test_every_word_is_there_in_every_language() -> None:
    assert len(LANGUAGES) == 2
    for language in LANGUAGES:
        assert set(WORDS[language]) == set(WORDS["en"])
        assert all(WORDS[language].values())
    # So that a PDF with Latin names needs no font file.
    assert all(word.encode("latin-1") for word in WORDS["en"].values())
