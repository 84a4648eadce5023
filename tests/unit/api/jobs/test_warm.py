"""The process that is kept warm: it remembers, it may die, and nobody asks it twice at once."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest

from api.jobs.answering import Kept, work
from api.jobs.frames import Kind, read_frame, write_document, write_frame
from api.jobs.warm import KEPT, Question, WarmProcess
from api.reroutes.asking import event_document
from optimizer.domain.errors import ColdgridError
from optimizer.domain.temperature import Zone
from optimizer.formats.plan_json import dump_plan
from optimizer.formats.problem_writing import write_problem_json
from optimizer.response.words import Disruption
from optimizer.travel.means import NO_MEANS
from tests.stored_plan import city_plan

TWENTY_PAST_SEVEN = 11 * 3600 + 20 * 60


def asked(vehicle: str = "V1", at: int = TWENTY_PAST_SEVEN) -> dict[str, Any]:
    problem, _ = city_plan()
    event = Disruption(vehicle=vehicle, zone=Zone.FROZEN, at=at)
    return {
        "disruptions": [event_document(event, problem.horizon)],
        "reserved": [], "late": {}, "visited": {}, "locks": [], "limit": 1, "seed": 1,
    }  # fmt: skip


class Sender:
    """Counts how often the documents are asked for."""

    def __init__(self) -> None:
        self.problem, self.plan = city_plan()
        self.sent = 0

    def question(self, **changes: Any) -> Question:
        return Question(
            problem="p",
            plan="plan 1",
            problem_name="small-city",
            problem_document=self._problem,
            plan_document=lambda: dump_plan(self.plan),
            asked=asked(**changes),
        )

    def _problem(self) -> bytes:
        self.sent += 1
        return write_problem_json(self.problem)


@pytest.fixture
def process() -> Iterator[WarmProcess]:
    warm = WarmProcess(travel_folder=None)
    yield warm
    warm.close()


@pytest.mark.slow
def test_a_process_answers_remembers_and_is_begun_anew_when_it_dies(process: WarmProcess) -> None:
    sender = Sender()
    (first,) = process.answer(sender.question())["answers"]
    assert first["answer"]["proposals"]
    (home,) = process.answer(sender.question(vehicle="V2"))["answers"]
    assert home["refused"]["code"] == "CG-1502"
    assert sender.sent == 1
    child = process._process
    assert child is not None
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    (again,) = process.answer(sender.question())["answers"]
    assert again == first
    assert sender.sent == 2


def test_a_process_that_ends_without_an_answer_is_named(
    process: WarmProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.jobs.warm.sys.executable", "/bin/true")
    with pytest.raises(ColdgridError) as gone:
        process.answer(Sender().question())
    assert gone.value.code == "CG-7805"
    assert process._process is None


def test_one_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.jobs.warm.PROGRAM", ("-c", "import time; time.sleep(60)"))
    slow = WarmProcess(travel_folder=None, patience_s=0.2)
    with pytest.raises(ColdgridError) as gone:
        slow.answer(Sender().question())
    assert gone.value.code == "CG-7805"
    slow.close()


def test_a_service_that_stops_asks_no_more(process: WarmProcess) -> None:
    process.close()
    with pytest.raises(ColdgridError) as gone:
        process.answer(Sender().question())
    assert gone.value.code == "CG-7805"


def answers_to(
    *questions: tuple[dict[str, Any], bytes, bytes],
) -> list[tuple[Kind, dict[str, Any]]]:
    """Send questions to the child's loop in this process."""
    commands, told = BytesIO(), BytesIO()
    for document, problem, plan in questions:
        names = {"problem": "p", "plan": "plan 1", "problem_name": "small-city",
                 "travel_folder": None, "travel_means": NO_MEANS.document()}  # fmt: skip
        write_document(commands, Kind.ASSIGNMENT, document | names)
        write_frame(commands, Kind.PROBLEM, problem)
        write_frame(commands, Kind.BASE, plan)
    commands.seek(0)
    work(commands, told)
    told.seek(0)
    found = []
    while (frame := read_frame(told)) is not None:
        found.append((frame.kind, frame.document()))
    return found


def test_a_question_about_what_cannot_be_read_fails_and_the_next_one_does_not() -> None:
    sender = Sender()
    good = (asked(), write_problem_json(sender.problem), dump_plan(sender.plan))
    (bad_kind, bad), (unknown_kind, unknown), (good_kind, told) = answers_to(
        (asked(), b"{}", dump_plan(sender.plan)), (asked(), b"", b""), good
    )
    assert (bad_kind, unknown_kind, good_kind) == (Kind.FAILED, Kind.FAILED, Kind.PLAN)
    assert bad["code"].startswith("CG-")
    assert unknown["code"] == "CG-7805"
    assert told["answers"][0]["answer"]["schema"] == "coldgrid/reroute/1"


def test_a_question_that_is_cut_off_is_not_answered() -> None:
    commands, told = BytesIO(), BytesIO()
    write_document(commands, Kind.ASSIGNMENT, asked())
    commands.seek(0)
    work(commands, told)
    assert told.getvalue() == b""


def test_the_oldest_thing_is_forgotten_and_what_was_used_is_young() -> None:
    kept: Kept[int] = Kept()
    for number in range(KEPT):
        kept.put(str(number), number)
    assert kept["0"] == 0
    kept.put("new", 9)
    assert ("0" in kept, "1" in kept, "new" in kept) == (True, False, True)
