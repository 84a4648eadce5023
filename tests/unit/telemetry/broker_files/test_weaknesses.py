"""Each thing that makes a broker unsafe is found, at its line; a safe one has none."""

from __future__ import annotations

from pathlib import Path

import pytest

from telemetry.broker_files.directives import configuration_of
from telemetry.broker_files.rights import DEVICE_RIGHTS, rights_of, unsafe_rights
from telemetry.broker_files.weaknesses import Weakness, weaknesses
from tests.conftest import ROOT

DEPLOYED = ROOT / "deploy" / "broker"
SECRETS = ("accounts", "broker.key")


@pytest.fixture
def safe(tmp_path: Path) -> str:
    """Give the deployed configuration, with its secret files in a folder of ours."""
    for name in SECRETS:
        (tmp_path / name).touch(mode=0o600)
    (tmp_path / "rights").write_text((DEPLOYED / "rights").read_text(encoding="utf-8"))
    text = (DEPLOYED / "mosquitto.conf").read_text(encoding="utf-8")
    return text.replace("/etc/coldgrid/broker/", f"{tmp_path}/")


def found(text: str) -> list[Weakness]:
    """Look at a configuration."""
    file = Path("/somewhere/mosquitto.conf")
    read = lambda path: path.read_text(encoding="utf-8")  # noqa: E731
    return list(weaknesses(configuration_of(text), file, read))


def test_what_is_deployed_is_safe(safe: str) -> None:
    assert found(safe) == []


@pytest.mark.parametrize(
    ("before", "after", "place", "cause"),
    [
        ("allow_anonymous false", "allow_anonymous true", ":7", "without an account"),
        ("password_file", "#", "", "nothing says who has an account"),
        ("certfile", "#", ":3", "in the clear at every address port 8883"),
        (
            "listener 8883",
            "listener 1883 10.0.0.7\nlistener 8883",
            ":3",
            "in the clear at 10.0.0.7",
        ),
        ("tlsv1.2", "tlsv1.1", ":6", "tlsv1.1 has been broken"),
        ("acl_file", "#", "", "every account may write every topic"),
        ("rights", "wrongs", ":9", "No such file"),
        ("persistence true", "persistence false", ":11", "is lost when the broker ends"),
        ("autosave_interval 5", "", "", "half an hour"),
        ("autosave_interval 5", "autosave_interval 1800", ":13", "what came in 1800 s"),
        ("autosave_interval 5", "autosave_interval 0", ":13", "half an hour of it or more"),
        ("max_queued_messages 0", "", "", "thrown away"),
        ("max_queued_messages 0", "max_queued_messages 100", ":15", "thrown away"),
        ("max_queued_bytes 0", "max_queued_bytes 9", ":16", "thrown away"),
        ("broker.key", "missing.key", ":5", "No such file"),
        ("persistence true", "persistence true\ninclude_dir /etc/more", ":12", "not looked at"),
    ],
)
def test_one_thing_wrong_is_one_weakness_at_its_line(
    safe: str, before: str, after: str, place: str, cause: str
) -> None:
    lines = [
        line.replace(before, after) if not line.startswith("#") else line
        for line in safe.splitlines()
    ]
    (weakness,) = found("\n".join(lines))
    assert weakness.place == f"mosquitto.conf{place}"
    assert cause in weakness.cause
    assert weakness.mend


@pytest.mark.parametrize("address", ["1883 127.0.0.1", "1883 ::1", "1883 localhost", "0 /run/m"])
def test_on_this_machine_alone_nothing_needs_to_be_hidden(safe: str, address: str) -> None:
    assert found(safe.replace("# ", f"listener {address}\n# ", 1)) == []


@pytest.mark.parametrize("name", SECRETS)
def test_secrets_that_everybody_may_read_are_named(safe: str, tmp_path: Path, name: str) -> None:
    (tmp_path / name).chmod(0o644)
    (weakness,) = found(safe)
    assert f"{name} is open to everybody (-rw-r--r--)" in weakness.cause
    assert weakness.mend == f"chmod o= {tmp_path / name}"


def test_rights_of_devices_are_those_that_are_deployed() -> None:
    text = (DEPLOYED / "rights").read_text(encoding="utf-8")
    deployed = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert deployed == list(DEVICE_RIGHTS)
    assert not list(unsafe_rights(rights_of(text)))


@pytest.mark.parametrize(
    ("lines", "cause"),
    [
        ("topic write coldgrid/sensors/V1", "no account"),
        ("user V1\ntopic write #", "V1 may write the readings of every sensor"),
        ("user V1\ntopic coldgrid/sensors/#", "V1 may write the readings of every sensor"),
        ("user V1\ntopic write coldgrid/sensors/+", "every sensor"),
        ("user V1\ntopic readwrite +/sensors/+/front", "every sensor"),
        ("pattern write coldgrid/sensors/V1", "every account may write the readings"),
        ("pattern write coldgrid/commands/#", "send commands to every device"),
        ("pattern write coldgrid/sensors/%c", "client ids"),
    ],
)
def test_a_right_to_speak_for_others_is_found_at_its_line(lines: str, cause: str) -> None:
    ((right, said),) = unsafe_rights(rights_of(f"# rights\n\n{lines}"))
    assert right.line == 2 + len(lines.splitlines())
    assert cause in said


@pytest.mark.parametrize(
    "lines",
    [
        "user V1\ntopic write coldgrid/sensors/V1",
        "user V1\ntopic write coldgrid/sensors/V1/+",
        "user gw-7\ntopic write ruuvi/gw-7/+",
        "user monitor\ntopic read #",
        "pattern write coldgrid/sensors/%u/#",
        "user V1\ntopic deny coldgrid/sensors/#",
    ],
)
def test_a_right_to_speak_for_oneself_is_none(lines: str) -> None:
    assert not list(unsafe_rights(rights_of(lines)))


@pytest.mark.parametrize("content", [b"\xff\xfe", None])
def test_rights_that_cannot_be_read_are_a_weakness(
    safe: str, tmp_path: Path, content: bytes | None
) -> None:
    (tmp_path / "rights").unlink()
    if content is not None:
        (tmp_path / "rights").write_bytes(content)
    (weakness,) = found(safe)
    assert weakness.place == "mosquitto.conf:9"
    assert "name a file of text" in weakness.mend


def test_a_name_that_no_file_can_have_is_a_weakness(safe: str) -> None:
    (weakness,) = found(safe.replace("/broker.key", "/bro\0ker.key"))
    assert "null" in weakness.cause
