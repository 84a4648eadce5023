"""An event file on the command line: words or one document, and a status that says it."""

import json
from pathlib import Path

import pytest

from api.cli.problem_input import OpenedProblem
from api.cli.recover import answer_event
from optimizer.domain.errors import InputRefused
from optimizer.response.words import RerouteRefused
from tests.broken_days import ROADS, random_day

PROBLEM, PLAN = random_day(0)
GIVEN = OpenedProblem(problem=PROBLEM, travel=ROADS, refused=(), order_rows=0, refused_rows=0)
EVENT = {"kind": "breakdown", "vehicle": "V1", "at": "2026-02-11T07:00:00+08:00"}


def _asked(file: Path, *, as_json: bool = False) -> int:
    return answer_event(GIVEN, PLAN, file, limit=2, seed=1, as_json=as_json)


def _file(folder: Path, content: object) -> Path:
    file = folder / "event.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    return file


def test_people_read_what_is_done_and_at_what_price(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _asked(_file(tmp_path, EVENT)) == 0
    said = capsys.readouterr().out
    assert said.startswith("breakdown at 2026-02-11 07:00")
    assert "fetches the goods of V1" in said and "of the event itself (travel_time)" in said


def test_programs_read_one_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _asked(_file(tmp_path, EVENT), as_json=True) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "coldgrid/recovery/1"
    assert {key: document["event"][key] for key in EVENT} == EVENT
    assert len(document["proposals"]) == 2
    assert document["proposals"][0]["plan"]["schema"] == "coldgrid/plan/1"


def test_a_file_that_is_none_is_refused_in_one_line(tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text("{", encoding="utf-8")
    for file in (tmp_path / "none.json", broken):
        with pytest.raises(RerouteRefused) as refused:
            _asked(file)
        assert refused.value.code == "CG-1531"
        assert "\n" not in str(refused.value)


def test_faults_of_an_event_have_their_places(tmp_path: Path) -> None:
    with pytest.raises(InputRefused) as refused:
        _asked(_file(tmp_path, {**EVENT, "at": "seven"}))
    assert refused.value.faults[0].place == "event /at"
