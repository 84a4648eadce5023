"""The virtual fleet on trial: who fails, what its sensors say, and the truth of its goods."""

from __future__ import annotations

import pytest

from telemetry.alarm.packs import load_packs
from telemetry.scoring import score
from telemetry.scoring.fleet_trial import START_MS, Timetable, fleet_trials
from telemetry.scoring.material import HOUR_MS, MINUTE_MS
from telemetry.scoring.trial import Trial
from telemetry.scoring.watchers import ThresholdWatcher

SHORT = Timetable(watched_from_h=4, fails_h=(6, 8), ends_h=30, step_s=60.0, interval_s=300)
COUNT = 9


@pytest.fixture(scope="module")
def trials() -> tuple[tuple[Trial, ...], tuple[str, ...]]:
    return fleet_trials(COUNT, load_packs(), seed=2, times=SHORT)


def test_each_failure_is_a_trial_of_its_zone(
    trials: tuple[tuple[Trial, ...], tuple[str, ...]],
) -> None:
    found, names = trials
    assert len(found) == COUNT
    assert set(names) <= {f"virtual fleet: {z}" for z in ("frozen", "chilled", "controlled")}
    for trial in found:
        assert names[trial.subject].endswith(trial.profile.name)


def test_times_follow_the_timetable(trials: tuple[tuple[Trial, ...], tuple[str, ...]]) -> None:
    for trial in trials[0]:
        (episode,) = trial.episodes
        assert trial.from_ms == START_MS + 4 * HOUR_MS
        assert 6 * HOUR_MS <= episode.failed_ms - START_MS < 8 * HOUR_MS
        assert trial.first[-1].at_ms < trial.from_ms <= trial.second[0].at_ms
        assert trial.second[-1].at_ms <= episode.failed_ms < episode.samples[0].at_ms
        assert len({one.sensor for one in (*trial.first, *episode.samples)}) == 1


def test_a_unit_that_is_off_lets_goods_warm_and_the_breach_is_theirs(
    trials: tuple[tuple[Trial, ...], tuple[str, ...]],
) -> None:
    breaches = 0
    for trial in trials[0]:
        (episode,) = trial.episodes
        upper_c = trial.profile.band.upper_c
        if episode.kind != "unit_off" or episode.breach_ms is None:
            continue
        breaches += 1
        place = (episode.breach_ms - episode.failed_ms) // MINUTE_MS
        assert episode.truth_c[place] > upper_c >= episode.truth_c[place - 1]
        assert episode.samples[-1].value_c > episode.truth_c[0]
    assert breaches > 0


def test_a_fleet_alone_can_be_scored() -> None:
    report = score([], fleet=COUNT, seed=2, times=SHORT, watchers=(ThresholdWatcher,))
    assert report.injections == COUNT
    assert all(name.startswith("virtual fleet: ") for name in report.subjects)
    for groups in ([report.everything()], report.by_subject(), report.by_kind()):
        assert sum(group.figures["threshold"].injections for group in groups) == COUNT
