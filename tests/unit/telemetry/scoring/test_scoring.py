"""The whole score: who knows all has full marks, and who cries always has poor ones."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest

from optimizer.domain.errors import ColdgridError
from telemetry.alarm.packs import load_packs
from telemetry.alarm.rules import Profile
from telemetry.alarm.state import Sample
from telemetry.scoring import Report, Subject, score
from telemetry.scoring.material import MINUTE_MS
from telemetry.scoring.watchers import Foretold, LineWatcher, Said, ThresholdWatcher, Turn

STEP_MS = 5 * MINUTE_MS
DAYS = 4


def cold_room(level_c: float = -22.0, seed: int = 1) -> tuple[Sample, ...]:
    chance = np.random.default_rng(seed)
    swing = 0.5 * np.sin(np.arange(DAYS * 288) * 2 * np.pi / 7)
    values = np.round(level_c + swing + chance.normal(0.0, 0.05, DAYS * 288), 2).tolist()
    return tuple(Sample(place * STEP_MS, value, "a") for place, value in enumerate(values))


def subjects() -> list[Subject]:
    packs = load_packs()
    return [
        Subject(name="freezer", samples=cold_room(), profile=packs["frozen"]),
        Subject(name="fridge", samples=cold_room(2.0, 2), profile=packs["chilled"]),
    ]


class Warm:
    """Alarms as soon as it is a degree warmer than ever learned."""

    name = "warm"
    claims = frozenset({"warm"})

    def __init__(self, profile: Profile, warmest_c: float = -inf, *, on: bool = False) -> None:
        self.learned = 0
        self._warmest_c = warmest_c
        self._on = on

    def learn(self, sample: Sample) -> None:
        self._warmest_c = max(self._warmest_c, sample.value_c)

    def take(self, sample: Sample) -> Said:
        on = sample.value_c > self._warmest_c + 1.0
        turns = (Turn(sample.at_ms, "warm", on),) if on is not self._on else ()
        self._on = on
        return Said(turns, Foretold(sample.at_ms + 1.0, 0.0, inf) if on else None, anew=True)

    def branch(self) -> Warm:
        return Warm(load_packs()["frozen"], self._warmest_c, on=self._on)


class Nervous(Warm):
    """Alarms with every second sample."""

    name = "nervous"

    def take(self, sample: Sample) -> Said:
        self._on = not self._on
        return Said((Turn(sample.at_ms, "warm", self._on),))

    def branch(self) -> Nervous:
        return Nervous(load_packs()["frozen"], on=self._on)


@pytest.fixture(scope="module")
def report() -> Report:
    makers = (Warm, Nervous, ThresholdWatcher, LineWatcher)
    return score(subjects(), injections=41, seed=3, watchers=makers)


def test_failures_are_spread_evenly_over_the_second_halves(report: Report) -> None:
    counts = [sum(one.subject == place for one in report.episodes) for place in (0, 1)]
    assert counts == [21, 20]
    half_ms = DAYS * 288 * STEP_MS // 2 - STEP_MS
    assert all(half_ms <= one.failed_ms < 2 * half_ms + 2 * STEP_MS for one in report.episodes)


def test_who_sees_every_warming_recalls_it_and_is_right(report: Report) -> None:
    found = report.everything().figures["warm"]
    assert found.recall.share is not None
    assert found.recall.share > 0.9
    assert found.false_per_day == 0.0
    assert found.coverage.share == 1.0


def test_who_cries_always_recalls_all_and_is_hardly_ever_right(report: Report) -> None:
    found = report.everything().figures["nervous"]
    assert found.recall.share == 1.0
    assert found.precision.share is not None
    assert found.precision.share < 0.02
    assert found.false_per_day == pytest.approx(144, rel=0.02)


def test_a_threshold_knows_a_breach_when_it_is_there(report: Report) -> None:
    found = report.everything().figures["threshold"]
    assert found.lead_h is not None
    assert found.lead_h < 0
    assert found.false_per_day == 0.0


def test_all_watchers_see_the_same_failures(report: Report) -> None:
    seen = [[(one.failed_ms, one.breach_ms) for one in found] for found in report.verdicts.values()]
    assert all(each == seen[0] for each in seen)


def test_a_failure_is_measured_by_the_same_sensor(report: Report) -> None:
    assert {sample.sensor for one in report.episodes for sample in one.samples} == {"a"}


def test_groups_add_up(report: Report) -> None:
    whole = report.everything().figures["warm"].injections
    for groups in (report.by_subject(), report.by_kind()):
        assert sum(group.figures["warm"].injections for group in groups) == whole == 41
    assert [group.name for group in report.by_subject()] == ["freezer", "fridge"]


def test_the_same_seed_gives_the_same_report_and_another_another() -> None:
    def run(seed: int) -> Report:
        return score(subjects(), injections=6, seed=seed, watchers=(ThresholdWatcher,))

    assert run(1) == run(1)
    assert run(1).episodes != run(2).episodes


def test_one_more_watcher_changes_no_failure() -> None:
    alone = score(subjects(), injections=6, seed=5, watchers=(ThresholdWatcher,))
    both = score(subjects(), injections=6, seed=5, watchers=(LineWatcher, ThresholdWatcher))
    assert alone.verdicts["threshold"] == both.verdicts["threshold"]


def test_the_estimate_is_judged_by_default() -> None:
    found = score(subjects()[:1], injections=2, seed=1)
    assert list(found.verdicts) == ["estimate", "called", "threshold", "line"]


def test_a_short_trace_is_refused() -> None:
    short = Subject(name="short", samples=cold_room()[:39], profile=load_packs()["frozen"])
    with pytest.raises(ColdgridError, match="short has 39 samples") as refused:
        score([short], injections=1)
    assert refused.value.code == "CG-8511"


def test_a_trace_that_is_never_well_is_refused() -> None:
    warm = Subject(name="warm", samples=cold_room(-5.0), profile=load_packs()["frozen"], fits=False)
    with pytest.raises(ColdgridError, match="never well") as refused:
        score([warm], injections=1)
    assert refused.value.code == "CG-8512"
