"""What the doctor finds, each thing broken on its own."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from api.services import doctor_machine
from api.services.doctor import examine
from api.services.doctor_words import Finding, State
from api.storage.database import Database
from telemetry.registry_files import write_registry
from tests.conftest import ROOT
from tests.telemetry_cases import a_room, a_sensor

NOW = datetime(2100, 1, 1, tzinfo=UTC)
"""Later than any file of the checkout was written."""

Settings = Mapping[str, object]


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Take away what the caller's shell has set, and use a database of our own."""
    for name in list(os.environ):
        if name.startswith("COLDGRID_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("COLDGRID_PORT", "0")
    monkeypatch.setenv("COLDGRID_DATABASE", f"sqlite:///{tmp_path}/coldgrid.db")


def _found(check: str) -> list[Finding]:
    return [each for each in examine(os.environ, NOW, ROOT) if each.check == check]


def _only(check: str) -> Finding:
    (finding,) = _found(check)
    return finding


def _serve(tmp_path: Path) -> Path:
    """Leave a database behind as a service does."""
    file = tmp_path / "coldgrid.db"
    with closing(Database(f"sqlite:///{file}")) as database:
        database.migrate()
    return file


def test_a_fresh_checkout_is_well() -> None:
    states = {finding.check: finding.state for finding in examine(os.environ, NOW, ROOT)}
    assert State.FAIL not in states.values()
    assert states["database"] == states["users"] == states["python"] == State.OK


def test_looking_creates_no_database(tmp_path: Path) -> None:
    assert "not there yet" in _only("database").cause
    assert list(tmp_path.iterdir()) == []


def test_a_database_in_use_is_looked_through(tmp_path: Path) -> None:
    _serve(tmp_path)
    checks = {finding.check: finding for finding in examine(os.environ, NOW, ROOT)}
    assert checks["tables"].cause.startswith("up to date")
    assert checks["journal"].cause == "write-ahead log"
    assert checks["integrity"].state is State.OK


def test_every_wrong_setting_is_named_and_its_like_are_not_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLDGRID_PORT", "x")
    monkeypatch.setenv("COLDGRID_LOG_FORMAT", "xml")
    wrong = _found("settings")
    assert [finding.state for finding in wrong] == [State.FAIL, State.FAIL]
    assert "COLDGRID_PORT" in wrong[0].cause
    assert _found("database") == []


def test_a_misspelt_variable_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLDGRID_DATABSE", "sqlite:///x.db")
    warning = _found("settings")[0]
    assert warning.state is State.WARN
    assert warning.mend == "Did you mean COLDGRID_DATABASE?"


@pytest.mark.parametrize(
    ("url", "cause", "mend"),
    [
        ("sqlite:////nowhere/x.db", "/nowhere does not exist", "Create the folder"),
        ("notes", "Could not parse", "Set COLDGRID_DATABASE"),
        ("postgresql+psycopg://127.0.0.1:1/x", "refused", "Start the server"),
        ("postgresql+psycopg2://127.0.0.1/x", "psycopg2", "pip install 'coldgrid[postgres]'"),
    ],
)
def test_a_database_that_cannot_be_had(
    monkeypatch: pytest.MonkeyPatch, url: str, cause: str, mend: str
) -> None:
    monkeypatch.setenv("COLDGRID_DATABASE", url)
    finding = _only("database")
    assert finding.state is State.FAIL
    assert cause in finding.cause
    assert mend in finding.mend


def test_a_damaged_file_is_found(tmp_path: Path) -> None:
    file = _serve(tmp_path)
    content = bytearray(file.read_bytes())
    content[8192:] = b"\xff" * (len(content) - 8192)
    file.write_bytes(content)
    bad = [each for each in examine(os.environ, NOW, ROOT) if each.state is State.FAIL]
    assert [finding.check for finding in bad] in (["database"], ["integrity"])


def test_tables_of_an_older_release_are_a_warning(tmp_path: Path) -> None:
    file = _serve(tmp_path)
    with closing(Database(f"sqlite:///{file}")) as database, database.write() as tx:
        tx.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    finding = _only("tables")
    assert finding.state is State.WARN
    assert "backup" in finding.mend


def test_an_open_address_without_users_fails(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("COLDGRID_HOST", "0.0.0.0")
    assert _only("users").state is State.FAIL
    _serve(tmp_path)
    assert _only("users").state is State.FAIL


def test_an_address_that_somebody_else_has(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        # It takes connections and never answers: the doctor must not wait for ever.
        monkeypatch.setattr(doctor_machine, "ANSWER_S", 0.05)
        finding = doctor_machine.port("127.0.0.1", other.getsockname()[1])
    assert finding.state is State.FAIL
    assert "in use" in finding.cause


class _Answering(BaseHTTPRequestHandler):
    document = b'{"status": "ok", "database": "ok"}'

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.document)

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.parametrize(
    ("document", "state"),
    [
        (b'{"status": "ok", "database": "ok"}', State.OK),
        (b'{"code": "CG-7606"}', State.OK),
        (b"<html>another service</html>", State.FAIL),
    ],
)
def test_coldgrid_itself_may_have_the_address(
    monkeypatch: pytest.MonkeyPatch, document: bytes, state: State
) -> None:
    monkeypatch.setattr(_Answering, "document", document)
    with HTTPServer(("127.0.0.1", 0), _Answering) as server:
        thread = Thread(target=server.handle_request)
        thread.start()
        assert doctor_machine.port("127.0.0.1", server.server_port).state is state
        thread.join()


def test_a_clock_that_is_behind_fails() -> None:
    assert doctor_machine.clock(datetime(2001, 1, 1, tzinfo=UTC), ROOT).state is State.FAIL
    assert doctor_machine.clock(NOW, ROOT).state is State.OK


@pytest.mark.parametrize(("jobs", "workers", "state"), [(1, 1, State.OK), (600, 4, State.WARN)])
def test_more_work_than_cores_is_a_warning(jobs: int, workers: int, state: State) -> None:
    assert doctor_machine.cores(jobs, workers).state is state


def test_folders_and_fonts_that_are_not_there(tmp_path: Path) -> None:
    assert doctor_machine.travel_folder(None).state is State.OK
    assert doctor_machine.travel_folder(tmp_path).state is State.OK
    assert doctor_machine.travel_folder(tmp_path / "no").state is State.FAIL
    assert doctor_machine.cjk_font(tmp_path / "no.ttf").state is State.WARN


def test_packages_are_held_against_the_lock(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    assert [each.state for each in doctor_machine.packages(lock)] == [State.OK]
    lock.write_text("typer==0.0.1 \\\n    --hash=sha256:0\nnot-here==1 ; sys_platform == 'x'\n")
    (finding,) = doctor_machine.packages(lock)
    assert finding.state is State.WARN
    assert "typer" in finding.cause
    assert "instead of 0.0.1" in finding.cause
    assert "not-here" not in finding.cause


def test_every_finding_that_is_not_fine_says_how_to_mend_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLDGRID_HOST", "0.0.0.0")
    monkeypatch.setenv("COLDGRID_TRAVEL_FOLDER", "/nowhere")
    monkeypatch.setenv("COLDGRID_DATABASE", "sqlite:////nowhere/x.db")
    far_back = NOW - timedelta(days=80_000)
    for finding in examine(os.environ | {"COLDGRID_X": "1"}, far_back, ROOT):
        assert bool(finding.mend) == (finding.state is not State.OK), finding
        assert "\n" not in finding.cause


def test_without_a_registry_nothing_is_watched_and_that_is_fine() -> None:
    assert _only("registry").state is State.OK
    assert "none is set" in _only("registry").cause


def test_a_registry_is_counted_and_each_fault_of_it_is_a_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "registry"
    monkeypatch.setenv("COLDGRID_REGISTRY", str(folder))
    assert _found("registry")[0].state is State.FAIL
    write_registry(folder, [a_room()], [a_sensor()])
    assert _only("registry").cause.startswith("1 points and 1 sensors")
    write_registry(folder, [a_room()], [a_sensor(point="G9/none"), a_sensor("s2", "G8/none")])
    assert [finding.state for finding in _found("registry")] == [State.FAIL, State.FAIL]


def test_a_certificate_that_cannot_be_read_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLDGRID_BROKER_CA", "/no/such/ca.pem")
    assert _only("broker").state is State.FAIL
    assert "COLDGRID_BROKER_CA" in _only("broker").mend


def test_no_secret_of_the_settings_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BROKER_PASSWORD", "MAIL_PASSWORD", "WEBHOOK_SECRET"):
        monkeypatch.setenv(f"COLDGRID_{name}", "hunter2")
    monkeypatch.setenv("COLDGRID_BROKER", "mqtt://u:hunter2@broker")
    assert "hunter2" not in str(list(examine(os.environ, NOW, ROOT)))


def test_files_that_others_may_read_are_named_with_the_mend(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file, key = _serve(tmp_path), tmp_path / "broker.key"
    key.write_text("-----BEGIN PRIVATE KEY-----", encoding="utf-8")
    monkeypatch.setenv("COLDGRID_BROKER_KEY", str(key))
    file.chmod(0o600)
    key.chmod(0o640)
    by_state = {finding.state: finding for finding in _found("secrets")}
    assert str(file) in by_state[State.OK].cause
    warned = by_state[State.WARN]
    assert f"the broker's key {key} is open to its group (-rw-r-----)" in warned.cause
    assert warned.mend == f"chmod 600 {key}"
    key.chmod(0o604)
    (warned,) = [each for each in _found("secrets") if each.state is State.WARN]
    assert "is open to everybody" in warned.cause
