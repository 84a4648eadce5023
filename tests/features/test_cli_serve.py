"""``coldgrid serve`` and ``demo`` in this process: refusals, and an end that comes by itself."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import structlog

from api.cli import main
from api.cli.sample_city import moved_under_way, small_city, where_it_is_morning
from api.cli.serve import run_service
from api.settings import load_settings
from api.storage.claim import sole_service
from api.storage.database import Database
from optimizer.formats.problem_reading import read_problem


@pytest.fixture(autouse=True)
def plain_logging(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Work in a folder of our own, and give back the process's logging as it was."""
    monkeypatch.chdir(tmp_path)
    root = logging.getLogger()
    before = root.handlers, root.level
    yield
    root.handlers, root.level = before
    structlog.reset_defaults()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--host", "0.0.0.0"), "CG-7413 "),
        (("--host", "192.0.2.1"), "CG-7604 192.0.2.1 port 0: "),
        (("--host", "no.such.host.invalid"), "CG-7604 "),
        (("--database", "sqlite:////nowhere/x.db"), "CG-7010 "),
        (("--database", "postgresql+psycopg://127.0.0.1:1/x"), "CG-7010 "),
        (("--database", "coldgrid.db"), "CG-7011 "),
        (("--database", "sqlite://"), "CG-7011 "),
        (("--port", "70000"), "coldgrid serve: Invalid value for '--port'"),
    ],
    ids=str,
)
def test_what_cannot_be_served_is_refused_in_one_line(
    words: tuple[str, ...], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", "--port", "0", *words]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    (line,) = shown.err.splitlines()
    assert line.startswith(code)
    assert line.endswith(".")


def test_a_port_in_use_is_refused_before_the_database_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        assert main(["serve", "--port", str(other.getsockname()[1])]) == 2
    assert "already in use" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_setting_that_is_refused_names_its_variable(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLDGRID_JOB_WORKERS", "0")
    monkeypatch.setenv("COLDGRID_ORDER_LINES", "all")
    assert main(["serve", "--port", "0"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert [line[:8] for line in lines] == ["CG-7602 "] * 2
    assert "COLDGRID_JOB_WORKERS: '0' is refused" in lines[0]


def test_a_newer_database_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database = Database(f"sqlite:///{tmp_path}/coldgrid.db")
    database.migrate()
    with database.write() as tx:
        tx.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    assert main(["serve", "--port", "0"]) == 2
    assert capsys.readouterr().err.startswith("CG-7601 ")


def test_a_database_that_another_service_has_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("api.storage.claim.PATIENCE_S", 0.05)
    with closing(Database(f"sqlite:///{tmp_path}/coldgrid.db")) as other, sole_service(other):
        assert main(["serve", "--port", "0"]) == 2
    assert capsys.readouterr().err.startswith("CG-7603 another coldgrid serves from sqlite:///")


def test_a_service_ends_by_itself_after_so_many_seconds(tmp_path: Path) -> None:
    greeted: list[str] = []
    settings = load_settings(port=0, database=f"sqlite:///{tmp_path}/coldgrid.db")
    run_service(settings, lambda address, _: greeted.append(address), seconds=0.0)
    assert len(greeted) == 1


def test_the_sample_lies_where_it_is_morning_now() -> None:
    for minutes in range(0, 24 * 60, 10):
        now = datetime(2026, 7, 14, tzinfo=UTC) + timedelta(minutes=minutes)
        local = now.astimezone(ZoneInfo(where_it_is_morning(now)))
        assert time(7, 50) <= local.time() < time(8, 50)


@pytest.mark.parametrize("hour", [0, 11, 23])
def test_the_vans_of_the_moved_sample_left_forty_minutes_ago(tmp_path: Path, hour: int) -> None:
    now = datetime(2026, 7, 14, hour, 17, tzinfo=UTC)
    zone = where_it_is_morning(now)
    problem = read_problem(moved_under_way(small_city(), tmp_path / "city", now, zone)).problem
    start = problem.horizon.start.astimezone(ZoneInfo(zone))
    assert start.time() == time(20)
    assert start.date() == now.astimezone(ZoneInfo(zone)).date() - timedelta(days=1)
    left = start + timedelta(seconds=problem.waves[0].departs)
    assert now - left == timedelta(minutes=40)


def test_without_the_checkout_the_demo_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr("api.cli.sample_city.CHECKOUT", tmp_path / "site-packages")
    assert main(["demo", "--port", "0"]) == 2
    assert capsys.readouterr().err.startswith("CG-7605 ")
