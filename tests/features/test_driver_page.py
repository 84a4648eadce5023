"""The drivers' page says what the code does."""

from __future__ import annotations

import re

from api.road.compensation import Cause
from api.road.progress import StopState
from api.road.rules import CLOCK_TOLERANCE, REPORTERS
from api.road.score import ScoreRules
from api.road.tasks import LEVELS
from api.road.tracking import Source, Stage
from api.road.words import Kind
from tests.conftest import ROOT

TEXT = (ROOT / "docs" / "driver.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in row.strip("|").split("|")] for row in TEXT.splitlines()
        if row.startswith("| ")]  # fmt: skip


def words(cell: str) -> list[str]:
    return re.findall(r"`([a-z_]+)`", cell)


def test_every_word_of_the_road_is_explained() -> None:
    explained = {word for row in ROWS for word in words(row[0])}
    for vocabulary in (Kind, Stage, StopState, Cause):
        assert {one.value for one in vocabulary} <= explained
    assert all(f"`{source.value}`" in TEXT for source in Source)


def test_who_reports_what() -> None:
    # The one table with three columns.
    kinds = {row[0].strip("`"): row[1] for row in ROWS if len(row) == 3}
    for kind, roles in REPORTERS.items():
        assert set(kinds[kind.value].split(", ")) == roles & {"driver", "leader"}


def test_severities_end_by_the_actions_shown() -> None:
    shown = {int(row[0]): row for row in ROWS if row[0].isdigit()}
    for severity, level in LEVELS.items():
        row = shown[severity.value]
        assert tuple(words(row[3])) == level.actions
        assert ("leader" in row[2]) is ("leader" in level.roles)


def test_figures_are_those_of_the_code() -> None:
    rules = ScoreRules()
    assert f"{CLOCK_TOLERANCE.seconds}\n  seconds ahead" in TEXT
    for share in (rules.on_time, rules.temperature, rules.damage):
        assert f"{share:.0%}".replace("%", " %") in TEXT.replace("\n", " ")
    assert f"{rules.tolerance.seconds // 60} minutes after the planned" in TEXT
