"""Scenarios are planned, played and compared: the same seed gives the same bytes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from statistics import fmean
from typing import Any

import pytest

from optimizer.domain.errors import ColdgridError, InputRefused
from optimizer.domain.limit import Limit
from optimizer.domain.problem import digest_of
from optimizer.formats.plan_json import plan_document
from scenarios.applying import applied
from scenarios.load_check import GRID, LoadQuestion, Trial, factor_of, load_limit
from scenarios.planning import plan_of
from scenarios.reading import scenario_from_text
from scenarios.results import RESULT_SCHEMA, ScenarioResult, result_bytes, result_from_bytes
from scenarios.run import Asked, run
from tests.scenario_days import base_of, override, two_grids

BASE = base_of(two_grids())
TEXT = """\
schema: coldgrid/scenario/1
name: small
seeds: [1, 2]
iterations: 1
kpis: {on_time_share: {least: 0.9}, cost_cents: {better_by: 0.1}, unserved_lines: }
overrides:
  no_frozen_vans:
    - replace_vehicles: {of: {homes: G2}, but: {capacity_l: {chilled: 500}}}
  road:
    - close_road: {polygon: [[28.19, 113.02], [28.21, 113.02], [28.21, 113.03], [28.19, 113.03]]}
disturbances:
  stands:
    - breakdown: {at: "07:00"}
variants:
  - {name: chilled_only, overrides: no_frozen_vans}
  - {name: one_stands, disturbances: stands}
  - {name: rough, variation: {travel_sd: 0.5}}
  - {name: road, overrides: road}
"""


class Counting(Executor):
    """Runs everything at once, and counts."""

    def __init__(self) -> None:
        self.calls = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.calls += 1
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


@pytest.fixture(scope="module")
def answer() -> tuple[ScenarioResult, int]:
    executor = Counting()
    heard: list[tuple[int, int]] = []
    asked = Asked(scenario=scenario_from_text(TEXT, "small.yaml"), base=BASE)
    (result,) = run([asked], executor=executor, listener=lambda *x: heard.append(x))
    assert heard[0] == (0, executor.calls)
    assert heard[-1] == (executor.calls, executor.calls)
    return result, executor.calls


def test_variants_that_differ_in_their_day_alone_share_their_plan(
    answer: tuple[ScenarioResult, int],
) -> None:
    result, calls = answer
    # Three plans a seed: the baseline's, that with other vans, and that around the closed road.
    assert calls == 3 * 2
    base, _, stands, rough, _ = result.variants
    for seed in range(2):
        assert rough.seeds[seed].plan_digest == base.seeds[seed].plan_digest
        assert stands.seeds[seed].problem_digest == base.seeds[seed].problem_digest
        assert stands.seeds[seed].plan_digest != base.seeds[seed].plan_digest


def test_the_answer_adds_up(answer: tuple[ScenarioResult, int]) -> None:
    result, _ = answer
    assert (result.schema, result.seeds, result.iterations) == (RESULT_SCHEMA, (1, 2), 1)
    for variant in result.variants:
        for name, mean in variant.means.items():
            assert mean == fmean(one.kpis[name] for one in variant.seeds)
        for one in variant.seeds:
            assert sum(one.cost_cents.values()) == one.objective_cents
            assert sum(x.lines for x in one.unserved) == one.kpis["unserved_lines"]
            assert (one.map is not None) == (one.seed == 1)
        assert variant.headline.en
        assert variant.headline.zh
    base, chilled, stands, _, road = result.variants
    plan = plan_of(applied(BASE, (), 1), seed=1, limit=Limit(iterations=1))
    assert base.seeds[0].plan_digest == digest_of(plan_document(plan))
    assert base.compared == {}
    cost = chilled.compared["cost_cents"]
    assert cost.difference == pytest.approx(cost.variant - cost.baseline)
    assert len(stands.changed) > 0
    assert road.seeds[0].map is not None
    assert len(road.seeds[0].map.closed) == 1
    assert [kpi.name for kpi in result.kpis if kpi.shown] == [
        "on_time_share", "cost_cents", "unserved_lines"
    ]  # fmt: skip


def test_what_binds_and_what_falls_short_is_said(answer: tuple[ScenarioResult, int]) -> None:
    result, _ = answer
    chilled = result.variants[1]
    (short, *_) = chilled.seeds[0].unserved
    assert (short.grid, short.zone in {"frozen", "controlled"}) == ("G2", True)
    assert "at G2" in chilled.binding[0].en
    assert "G2" in chilled.binding[0].zh
    targets = {one.kpi: one for one in chilled.targets}
    assert not targets["on_time_share"].met
    share = chilled.compared["cost_cents"].share
    assert share is not None
    assert targets["cost_cents"].met == (-share >= 0.1)
    assert result.falls_short


def test_the_same_seed_gives_the_same_bytes_with_any_number_of_workers(
    answer: tuple[ScenarioResult, int],
) -> None:
    expected = result_bytes(answer[0])
    assert result_from_bytes(expected) == answer[0]
    asked = Asked(scenario=scenario_from_text(TEXT, "small.yaml"), base=BASE)
    only_two = asked.changed(seeds=[2], iterations=None)
    with ThreadPoolExecutor(max_workers=3) as executor:
        # Beside another file that shares its plans, too.
        results = run([only_two, asked], executor=executor)
    assert result_bytes(results[1]) == expected
    assert results[0].variants[1].seeds[0].plan_digest == answer[0].variants[1].seeds[1].plan_digest


class Stopped(Exception):
    """Somebody stops the run."""


def test_a_file_that_is_done_is_given_out_before_the_run_is_stopped() -> None:
    text = TEXT[: TEXT.index("overrides:")] + "variants:\n  - {name: same}\n"
    asked = Asked(scenario=scenario_from_text(text, "small.yaml"), base=BASE)
    each = [asked.changed(seeds=[seed], iterations=None) for seed in (1, 2, 3)]
    (expected,) = run(each[:1], executor=Counting())
    taken: list[ScenarioResult] = []

    def take(result: ScenarioResult) -> None:
        taken.append(result)
        raise Stopped

    with ThreadPoolExecutor(max_workers=1) as executor, pytest.raises(Stopped):
        run(each, executor=executor, taker=take)
    assert taken == [expected]


def test_a_run_that_is_halted_gives_up_in_the_middle_of_a_plan() -> None:
    class Called:
        looks = 0

        def asked(self) -> bool:
            self.looks += 1
            return self.looks > 3

    halt = Called()
    asked = Asked(scenario=scenario_from_text(TEXT, "small.yaml"), base=BASE)
    with ThreadPoolExecutor(max_workers=1) as executor, pytest.raises(ColdgridError) as stopped:
        run([asked], executor=executor, halt=halt)
    assert stopped.value.code == "CG-1617"


def test_a_disturbance_that_contradicts_the_day_is_refused_with_its_place() -> None:
    text = TEXT.replace("07:00", "03:00").replace("[1, 2]", "[1]")
    asked = Asked(scenario=scenario_from_text(text, "small.yaml"), base=BASE)
    with pytest.raises(InputRefused) as refused:
        run([asked], executor=Counting())
    (fault,) = refused.value.faults
    assert (fault.code, fault.place) == ("CG-1614", "small.yaml line 13 column 18")


def test_a_closed_road_that_nobody_needs_leaves_the_day_as_it_was_planned() -> None:
    far = (
        "closed_road: {at: '07:00', "
        "polygon: [[27.1, 112.02], [27.11, 112.02], [27.11, 112.03], [27.1, 112.03]]}"
    )
    text = TEXT.replace('breakdown: {at: "07:00"}', far).replace("[1, 2]", "[1]")
    asked = Asked(scenario=scenario_from_text(text, "small.yaml"), base=BASE)
    (result,) = run([asked], executor=Counting())
    base, _, closed, *_ = result.variants
    assert closed.seeds[0].objective_cents == base.seeds[0].objective_cents
    assert closed.seeds[0].kpis == base.seeds[0].kpis
    (said,) = closed.changed
    assert "the plan stays" in said.en
    assert "计划不变" in said.zh


def test_the_load_check_finds_what_an_exhaustive_scan_finds() -> None:
    # A van has room for two chilled lines of 50 litres and for one of more than 55.
    small = override(
        "replace_vehicles: {of: {echelon: last_mile}, but: {capacity_l: "
        "{frozen: 110, chilled: 110, controlled: 110}}}"
    )
    question = LoadQuestion(base=BASE, steps=(small,), iterations=1, seed=1)
    found = load_limit(question)
    tried = {trial.step: trial for trial in found.trials}
    scan = [tried.get(step) or question.trial(step) for step in range(max(tried) + 1)]
    largest = max(trial.step for trial in scan if trial.holds)
    assert found.factor == factor_of(largest) == pytest.approx(1.1, rel=0.025)
    assert found.binding == scan[largest + 1].binding
    assert "at G1" in found.binding.en
    assert "compartments are full" in found.binding.en


@pytest.mark.parametrize("limit", [-111, -110, -37, -1, 0, 1, 7, 8, 9, 60, 109, 110])
def test_the_bisection_ends_at_the_last_step_that_holds(
    limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trial(_: LoadQuestion, step: int) -> Trial:
        return Trial(
            step=step, holds=step <= limit, on_time_share=1.0, unserved_lines=0, binding=None
        )

    monkeypatch.setattr(LoadQuestion, "trial", trial)
    found = load_limit(LoadQuestion(base=BASE, iterations=1, seed=1))
    assert found.factor == (0.0 if limit < -110 else round(GRID**limit, 4))
    assert len(found.trials) <= 14
