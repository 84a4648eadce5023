"""Logs: one format for all, and no secret in any."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog

from api.observe.logs import configure_logging
from api.observe.secrets import HIDDEN, hidden_in, hide_secrets

Lines = Callable[[], list[Any]]


@pytest.fixture
def plain_logging() -> Iterator[None]:
    """Give back the process's logging as it was."""
    root = logging.getLogger()
    before = root.handlers, root.level
    yield
    root.handlers, root.level = before
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


@pytest.fixture
def stream(plain_logging: None) -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def lines(stream: io.StringIO) -> Lines:
    """Log as JSON, and give what was logged."""
    configure_logging("json", stream)
    return lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


def test_our_words_and_those_of_libraries_have_one_shape(lines: Lines) -> None:
    structlog.get_logger("api.jobs").info("job begins", job="job-1")
    logging.getLogger("some.library").warning("it is %s", "late")
    ours, theirs = lines()
    assert ours["event"] == "job begins"
    assert ours["job"] == "job-1"
    assert theirs["event"] == "it is late"
    shared = {"event", "logger", "level", "at"}
    assert shared <= ours.keys()
    assert shared == theirs.keys()
    assert ours["at"].endswith("Z")


def test_what_is_bound_stands_on_every_line(lines: Lines) -> None:
    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        structlog.get_logger().info("one")
        logging.getLogger("library").error("two")
    structlog.get_logger().info("three")
    assert [line.get("request_id") for line in lines()] == ["r-1", "r-1", None]


def test_a_traceback_stays_on_its_line_and_keeps_secrets(lines: Lines) -> None:
    try:
        raise ValueError("postgresql+psycopg://li:hunter2@db/coldgrid")
    except ValueError:
        structlog.get_logger().exception("broken")
    (line,) = lines()
    assert "ValueError" in line["exception"]
    assert "hunter2" not in json.dumps(line)


def test_chatter_of_libraries_is_left_out(lines: Lines) -> None:
    logging.getLogger("uvicorn.access").info("GET /")
    logging.getLogger("uvicorn.error").info("Waiting for connections to close.")
    logging.getLogger("sqlalchemy.engine").info("SELECT 1")
    assert lines() == []


def test_text_is_one_line_for_people_without_colours_in_a_file(stream: io.StringIO) -> None:
    configure_logging("text", stream)
    structlog.get_logger("api.jobs").info("job begins", job="job-1", note="夜班")
    (line,) = stream.getvalue().splitlines()
    assert "job begins" in line
    assert "job=job-1" in line
    assert "夜班" in line
    assert "\x1b" not in line


@pytest.mark.parametrize(
    "name",
    ["Authorization", "cookie", "set-cookie", "password", "new_password", "csrf_token", "api_key"],
)
def test_secret_fields_show_nothing(name: str) -> None:
    shown = hide_secrets(
        None, "info", {"event": "x", name: "hunter2", "headers": {name: "hunter2"}}
    )
    assert shown == {"event": "x", name: HIDDEN, "headers": {name: HIDDEN}}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("GET postgresql://li:hunter2@db:5432/x", "GET postgresql://li:***@db:5432/x"),
        ("Bearer hunter2hunter2", "Bearer ***"),
        ("basic aHVudGVyMjpodW50ZXIy", "basic ***"),
        ("/v1/x?token=hunter2&a=1", "/v1/x?token=***&a=1"),
        ("host=db password=hunter2 user=li", "host=db password=*** user=li"),
    ],
)
def test_secrets_are_taken_out_of_texts(text: str, kept: str) -> None:
    assert hidden_in(text) == kept


@pytest.mark.parametrize(
    "text", ["", "job begins", "http://127.0.0.1:8000/v1", "basic plan", "the bearer of news"]
)
def test_plain_texts_stay(text: str) -> None:
    assert hidden_in(text) == text


def test_secrets_in_lists_are_found_and_depth_has_an_end() -> None:
    deep: dict[str, object] = {"leaf": 1}
    for _ in range(20):
        deep = {"next": deep}
    shown = hide_secrets(None, "info", {"event": "x", "all": [{"token": "t"}], "deep": deep})
    assert shown["all"] == [{"token": HIDDEN}]
    assert "…" in str(shown["deep"])
