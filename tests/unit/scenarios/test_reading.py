"""Scenario files are read whole, and every fault of one is found with its line and column."""

import json
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from optimizer.domain.errors import InputRefused
from scenarios.catalogue import FOLDER, catalogue, catalogue_path
from scenarios.error_table import SCENARIO_ERRORS
from scenarios.language.nodes import LARGEST_TEXT
from scenarios.overrides.every import OVERRIDES
from scenarios.reading import read_scenario, scenario_from_text
from scenarios.schema import scenario_schema
from scenarios.spec import DEFAULT_SEEDS

GOOD = """\
schema: coldgrid/scenario/1
title: {en: More, zh: 更多}
base: somewhere
seeds: [3, 4]
iterations: 7
kpis: {on_time_share: {least: 0.9}, cost_cents: , on_time_share_cold: }
variation: {travel_sd: 0.3}
overrides:
  more:
    - scale_demand: {factor: 2, of: {zones: frozen, after: "07:00"}}
    - set_weather: {ambient_c: -3}
disturbances:
  stands:
    - breakdown: {at: "07:30"}
variants:
  - {name: a, overrides: more, variation: {answer_s: 60}}
  - {name: b, title: Bee, overrides: [more], disturbances: stands}
"""

FAULTS = [
    ("CG-1601", "seeds: [3, 4]", "seeds: [3, 4", "line 5 column 11"),
    ("CG-1601", "seeds: [3, 4]", "seeds: &s [3]\nkpis: *s", "line 5 column 7"),
    ("CG-1601", "seeds: [3, 4]", "seeds: " + "[" * 40 + "]" * 40, "line 4 column 37"),
    ("CG-1602", "iterations: 7", "iteration: 7", "line 5 column 1"),
    ("CG-1602", "iterations: 7", "iterations: 7\niterations: 8", "line 6 column 1"),
    ("CG-1602", "set_weather:", "set_wether:", "line 11 column 7"),
    ("CG-1602", "breakdown:", "brakedown:", "line 14 column 7"),
    ("CG-1602", "{travel_sd: 0.3}", "{travel: 0.3}", "line 7 column 13"),
    ("CG-1603", "factor: 2, ", "", "line 10 column 21"),
    ("CG-1603", "{name: b, ", "{", "line 17 column 5"),
    ("CG-1604", "factor: 2", "factor: twice", "line 10 column 30"),
    ("CG-1604", "zones: frozen", "zones: frosen", "line 10 column 45"),
    ("CG-1604", '"07:00"', '"25:00"', "line 10 column 60"),
    ("CG-1604", "iterations: 7", "iterations: 7.5", "line 5 column 13"),
    ("CG-1604", "iterations: 7", "iterations: [7]", "line 5 column 13"),
    ("CG-1604", "seeds: [3, 4]", "seeds: [3, 3]", "line 4 column 8"),
    ("CG-1604", "{ambient_c: -3}", "{ambient_c: -3}\n      x: 1", "line 11 column 7"),
    ("CG-1605", "factor: 2", "factor: -1", "line 10 column 30"),
    ("CG-1606", "scenario/1", "scenario/9", "line 1 column 9"),
    ("CG-1607", "overrides: [more]", "overrides: [mor]", "line 17 column 38"),
    ("CG-1608", "name: b", "name: a", "line 17 column 12"),
    ("CG-1608", "name: b", "name: baseline", "line 17 column 12"),
    ("CG-1609", "cost_cents", "costs", "line 6 column 37"),
    ("CG-1612", "set_weather: {ambient_c: -3}",
     "close_road: {polygon: [[1, 1], [2, 2], [1, 2], [2, 1]]}", "line 11 column 19"),
    ("CG-1612", "zones: frozen", "area: {lat: 1, lon: 2}", "line 10 column 44"),
    ("CG-1612", "zones: frozen", "area: {polygon: [[1], [2, 2], [3, 1]]}", "line 10 column 55"),
]  # fmt: skip


def test_a_scenario_is_read_whole() -> None:
    scenario = scenario_from_text(GOOD, "more.yaml", folder=Path("/some/where"))
    assert (scenario.name, scenario.title.zh) == ("more", "更多")
    assert scenario.base == Path("/some/where/somewhere").resolve()
    assert (scenario.seeds, scenario.iterations) == ((3, 4), 7)
    assert list(scenario.kpis) == ["on_time_share", "cost_cents", "on_time_share_cold"]
    assert not scenario.kpis["on_time_share"].met(0.89)
    baseline, a, b = scenario.variants
    assert (baseline.steps, baseline.variation.travel_sd) == ((), 0.3)
    assert [step.name for step in a.steps] == ["scale_demand", "set_weather"]
    assert (a.variation.travel_sd, a.variation.answer_s) == (0.3, 60)
    assert (b.title.en, b.steps, len(b.hits)) == ("Bee", a.steps, 1)
    assert a.steps[0].place == "more.yaml line 10 column 21"


@pytest.mark.parametrize(("code", "good", "bad", "place"), FAULTS)
def test_a_fault_has_its_code_and_its_place(code: str, good: str, bad: str, place: str) -> None:
    assert good in GOOD
    with pytest.raises(InputRefused) as refused:
        scenario_from_text(GOOD.replace(good, bad, 1), "more.yaml")
    (fault,) = refused.value.faults
    assert (fault.code, fault.place) == (code, f"more.yaml {place}")
    assert fault.action == SCENARIO_ERRORS[code].action.rstrip(".")


def test_all_faults_are_found_at_once() -> None:
    text = GOOD.replace("factor: 2", "factor: x").replace("07:30", "7 o'clock")
    with pytest.raises(InputRefused) as refused:
        scenario_from_text(text.replace("seeds: [3, 4]", "seeds: [a]"), "more.yaml")
    assert [fault.place.split()[2] for fault in refused.value.faults] == ["10", "14", "4"]


@pytest.mark.parametrize("text", ["", "- a\n", "x" * (LARGEST_TEXT + 1)])
def test_what_is_no_scenario_at_all_is_refused(text: str) -> None:
    with pytest.raises(InputRefused):
        scenario_from_text(text, "x.yaml")


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes(b"title: \xe9")
    for name in ("nowhere.yaml", "latin.yaml"):
        with pytest.raises(InputRefused) as refused:
            read_scenario(tmp_path / name)
        assert [fault.code for fault in refused.value.faults] == ["CG-1601"]


def test_the_least_scenario_has_every_default() -> None:
    text = "schema: coldgrid/scenario/1\nvariants: {name: a}\n"
    scenario = scenario_from_text(text, "least.yaml")
    assert (scenario.base, scenario.seeds) == (None, DEFAULT_SEEDS)
    assert [one.name for one in scenario.variants] == ["baseline", "a"]


def test_every_file_of_the_catalogue_keeps_the_schema() -> None:
    # Editors judge a file by the schema: it must take what the reader takes.
    judge = Draft202012Validator(scenario_schema())
    for name in catalogue():
        path = catalogue_path(name)
        assert path is not None
        document = json.loads(json.dumps(yaml.safe_load(path.read_text("utf-8")), default=str))
        assert [error.message for error in judge.iter_errors(document)] == [], name
    assert len(catalogue()) == len(list(FOLDER.glob("*.yaml"))) >= 12


def test_the_schema_describes_every_key_and_refuses_others() -> None:
    schema = scenario_schema()
    Draft202012Validator.check_schema(schema)
    lists = schema["properties"]["overrides"]["additionalProperties"]["items"]["oneOf"]
    assert {next(iter(one["properties"])) for one in lists} == set(OVERRIDES)
    for one in lists:
        ((name, record),) = one["properties"].items()
        assert record["description"], name
        assert all(key["description"].endswith(".") for key in record["properties"].values()), name
    bad = yaml.safe_load(GOOD.replace("factor: 2", "faktor: 2"))
    assert list(Draft202012Validator(schema).iter_errors(bad))
