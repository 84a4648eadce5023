"""What nobody answers is accepted where the operator wants it, and nowhere else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from api.services.breaking import Breaking
from api.storage import reroutes
from tests.broken_van import BrokenVan, broken_van

pytestmark = pytest.mark.usefixtures("no_thread")
AT_ONCE = "I:0:0"
WARM = -12.0
"""After some minutes goods are likely lost."""


@pytest.fixture
def no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let tests say when it looks."""
    monkeypatch.setattr(Breaking, "start", lambda _: None)


def waits(van: BrokenVan, seconds: float) -> dict[str, Any]:
    """Let time pass and look; give the one case."""
    van.clock.advance(seconds=seconds)
    van.look()
    (case,) = van.cases()
    return case


def test_the_best_proposal_is_accepted_when_nobody_has_answered_in_time(tmp_path: Path) -> None:
    with broken_van(tmp_path, reroute_automatic="I:1000:5") as van:
        van.measure(WARM, minutes=18)
        van.look()
        assert waits(van, 299)["state"] == "open"
        case = waits(van, 1)
        assert (case["state"], case["accepted"], case["automatic"]) == ("accepted", 1, True)
        worth = case["ranking"][0]["worth_cents"] / 100
        assert case["reason"] == (
            f"accepted by the policy: worth {worth:,.2f}, and nobody answered within 5 minutes"
        )
        head = van.service.get(f"/v1/plans/{van.plan}")
        assert head["version"] == case["made_version"] == 2
        noted = [one["action"] for one in van.service.get("/v1/audit")["items"]]
        assert any("reroute" in action for action in noted)
        assert van.wiring.breaking.counts["accepted"] == 1


@pytest.mark.parametrize("rules", ["", "II:0:0", "I:99999999:0"])
def test_without_a_rule_that_fits_it_is_only_proposed(tmp_path: Path, rules: str) -> None:
    with broken_van(tmp_path, reroute_automatic=rules) as van:
        van.fail()
        van.look()
        assert waits(van, 600)["state"] == "open"


def test_whoever_answers_first_decides(tmp_path: Path) -> None:
    with broken_van(tmp_path, reroute_automatic="I:0:5") as van:
        van.fail()
        van.look()
        (case,) = van.cases()
        van.post(f"/v1/reroutes/{case['id']}/reject", reason="the driver sees to it")
        assert waits(van, 301)["state"] == "rejected"


def test_a_finding_of_the_checker_is_left_to_people(tmp_path: Path) -> None:
    with broken_van(tmp_path) as van:
        van.fail()
        van.look()
        (case,) = van.cases()
        with van.wiring.database.write() as tx:
            row, answer = reroutes.find(tx, case["id"]), reroutes.answer(tx, case["id"])
            assert row is not None
            assert answer is not None
            document = json.loads(answer)
            found = {"code": "shift", "where": "V1-morning-1", "amount": 60.0}
            document["proposals"][0]["check"] = {"feasible": False, "violations": [found]}
            assert reroutes.change(tx, row, row, json.dumps(document).encode())
        now = van.clock.now
    with broken_van(tmp_path, now=now, fresh=False, reroute_automatic=AT_ONCE) as van:
        assert waits(van, 1)["state"] == "open"


def test_a_proposal_that_is_stale_is_computed_anew_and_taken_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with broken_van(tmp_path, reroute_automatic="I:0:5") as van:
        van.measure(WARM, minutes=18)
        van.look()
        (case,) = van.cases()
        with van.wiring.database.write() as tx:
            row = reroutes.find(tx, case["id"])
            assert row is not None
            moved = {"plan_revision": row.plan_revision - 1}
            values = {name: getattr(row, name) for name in row.__slots__} | moved
            assert reroutes.change(tx, row, type(row)(**values))
        stale = waits(van, 300)
        assert (stale["state"], stale["revision"]) == ("open", 2)
        assert waits(van, 1)["state"] == "accepted"
