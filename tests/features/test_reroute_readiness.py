"""After a restart the process that computes ways out knows the plans on the road by itself."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import pytest

from api.jobs.warm import Question
from tests.rerouting import compute_here, rerouting
from tests.serving import served
from tests.stored_plan import PLAN


def test_a_service_that_starts_with_a_plan_on_the_road_gets_ready_before_anybody_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, asked = compute_here(monkeypatch), Event()
    ask = here.ask

    def ask_and_tell(question: Question) -> dict[str, object]:
        found = ask(question)
        asked.set()
        return found

    monkeypatch.setattr(here, "ask", ask_and_tell)
    with rerouting(tmp_path) as before:
        # Nothing was on the road when this one started.
        assert not asked.is_set()
        clock = before.clock
    with served(tmp_path, clock=clock):
        assert asked.wait(30)
    (told,) = here.asked
    assert (told["plan"], told["disruptions"]) == (f"{PLAN} 1", [])
