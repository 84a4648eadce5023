"""The watch over requests: what it counts, and what it says of each."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send
from structlog.testing import capture_logs

from api.observe.counts import JobCounts
from api.observe.figures import Figures
from api.observe.watch import RequestWatch
from api.security.principal import LOCAL
from api.storage import jobs, problems
from api.storage.database import Database
from api.storage.problems import ProblemRow
from tests.database_files import fresh_database
from tests.job_rows import job_row

NOON = datetime(2026, 7, 14, 12, 0, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(fresh_database(tmp_path / "coldgrid.db"))
    row = ProblemRow(
        id="problem-1", name="city", digest="", document=b"{}", lines=0, created_at=NOON
    )
    with database.write() as tx:
        problems.keep(tx, row)
    yield database
    database.close()


@pytest.fixture
def figures(database: Database) -> Figures:
    return Figures(JobCounts(database, lambda: NOON))


def _scope(**more: Any) -> Scope:
    state = {"request_id": "r-1", "operation": "read_plan", "principal": LOCAL}
    return {"type": "http", "method": "GET", "path": "/v1/plans/p", "state": state, **more}


def _value(figures: Figures, name: str, **labels: str) -> float | None:
    return figures.registry.get_sample_value(name, labels)


def _pass(figures: Figures, app: Any, scope: Scope) -> tuple[list[Message], dict[str, Any]]:
    """Let one request pass; the timer ticks a quarter of a second per look."""
    sent: list[Message] = []
    ticks = iter(range(100))

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    watch = RequestWatch(app, figures=figures, timer=lambda: next(ticks) / 4)
    with capture_logs() as logs:
        asyncio.run(watch(scope, receive, send))
    return sent, dict(logs[-1]) if logs else {}


def _answering(status: int, content_type: str = "application/json") -> Any:
    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        headers = [(b"Content-Type", content_type.encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"{}"})

    return app


def test_a_request_is_counted_timed_and_written_down(figures: Figures) -> None:
    sent, line = _pass(figures, _answering(200), _scope())
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert _value(figures, "coldgrid_requests_total", operation="read_plan", status="200") == 1
    assert _value(figures, "coldgrid_request_seconds_sum", operation="read_plan") == 0.25
    assert (line["request_id"], line["status"], line["duration_ms"]) == ("r-1", 200, 250)
    assert (line["principal"], line["path"]) == ("local", "/v1/plans/p")


def test_paths_that_nobody_has_are_one_operation(figures: Figures) -> None:
    for path in ("/a", "/b", "/wp-login.php"):
        _pass(figures, _answering(404), _scope(path=path, state={}))
    assert _value(figures, "coldgrid_requests_total", operation="none", status="404") == 3


def test_a_query_is_not_written_down(figures: Figures) -> None:
    _, line = _pass(figures, _answering(200), _scope(query_string=b"token=hunter2"))
    assert "hunter2" not in str(line)


def test_a_handler_that_breaks_counts_as_500(figures: Figures) -> None:
    async def broken(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        _pass(figures, broken, _scope())
    assert _value(figures, "coldgrid_requests_total", operation="read_plan", status="500") == 1


def test_who_does_not_wait_for_the_answer_counts_as_499(figures: Figures) -> None:
    async def nobody(_scope: Scope, _receive: Receive, _send: Send) -> None:
        return

    _, line = _pass(figures, nobody, _scope())
    assert line["status"] == 499


def test_streams_are_counted_while_they_are_open(figures: Figures) -> None:
    seen = []

    async def stream(_scope: Scope, _receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"text/event-stream; charset=utf-8")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        seen.append(_value(figures, "coldgrid_event_streams"))
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        _pass(figures, stream, _scope())
    assert seen == [1]
    assert _value(figures, "coldgrid_event_streams") == 0


def test_what_is_no_request_passes_unseen(figures: Figures) -> None:
    async def lifespan(scope: Scope, _receive: Receive, _send: Send) -> None:
        assert scope["type"] == "lifespan"

    assert _pass(figures, lifespan, {"type": "lifespan"}) == ([], {})


# --- figures from the database ------------------------------------------------------------------


def test_jobs_are_counted_by_state_and_timed_once(figures: Figures, database: Database) -> None:
    with database.write() as tx:
        for name in ("a", "b", "c"):
            jobs.add(tx, job_row(name))
        jobs.begin(tx, "a", NOON)
        jobs.end(tx, "a", jobs.SUCCEEDED, NOON + timedelta(seconds=42))
        jobs.begin(tx, "b", NOON)
    figures.document()
    text = figures.document().decode()
    assert 'coldgrid_jobs{state="queued"} 1.0' in text
    assert 'coldgrid_jobs{state="running"} 1.0' in text
    assert 'coldgrid_jobs{state="failed"} 0.0' in text
    assert "coldgrid_jobs_waiting 1.0" in text
    assert 'coldgrid_job_seconds_count{state="succeeded"} 1.0' in text
    assert 'coldgrid_job_seconds_sum{state="succeeded"} 42.0' in text
    assert "coldgrid_database_up 1.0" in text


def test_figures_are_given_also_without_the_database(tmp_path: Path) -> None:
    away = Database(f"sqlite:///{tmp_path}/nowhere/coldgrid.db")
    text = Figures(JobCounts(away, lambda: NOON)).document().decode()
    assert "coldgrid_database_up 0.0" in text
    assert "coldgrid_database_errors_total 1.0" in text
    assert "coldgrid_jobs{" not in text


def test_each_service_counts_for_itself(database: Database) -> None:
    one, other = (Figures(JobCounts(database, lambda: NOON)) for _ in range(2))
    one.answered("read_plan", 200, 0.1)
    assert _value(other, "coldgrid_requests_total", operation="read_plan", status="200") is None
