"""Settings from the environment: every wrong variable is named, with what it may be."""

from __future__ import annotations

import pytest

from api.settings import Settings, load_settings, setting_rows, unknown_variables, variable_of
from optimizer.domain.errors import InputRefused


def _faults(**given: object) -> list[str]:
    with pytest.raises(InputRefused) as refused:
        load_settings(**given)
    return [str(fault) for fault in refused.value.faults]


def test_variables_are_read_and_options_win(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLDGRID_PORT", "9000")
    monkeypatch.setenv("COLDGRID_HOST", "::1")
    settings = load_settings(port=None, host="127.0.0.1")
    assert (settings.port, settings.host) == (9000, "127.0.0.1")


def test_an_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLDGRID_TRAVEL_FOLDER", "")
    assert load_settings().travel_folder is None


def test_every_wrong_variable_has_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {"PORT": "80000", "LOG_FORMAT": "xml", "SESSION_HOURS": "nan", "RUNNING_JOBS": "many"}
    for name, value in wrong.items():
        monkeypatch.setenv(f"COLDGRID_{name}", value)
    lines = _faults()
    assert len(lines) == len(wrong)
    for name, value in wrong.items():
        (line,) = [line for line in lines if f"COLDGRID_{name}:" in line]
        assert line.startswith("CG-7602 ")
        assert f"'{value}' is refused" in line
        assert "Allowed: " in line
        assert "\n" not in line


def test_an_option_is_named_as_it_was_typed() -> None:
    (line,) = _faults(port=-1)
    assert line.startswith("CG-7602 --port: '-1' is refused")


@pytest.mark.parametrize("name", list(Settings.model_fields))
def test_every_setting_says_what_it_is_for(name: str) -> None:
    rows = {variable: rest for variable, *rest in setting_rows()}
    meaning, allowed, _ = rows[variable_of(name)]
    assert meaning
    assert allowed
    assert "|" not in meaning + allowed


def test_defaults_are_what_the_table_says() -> None:
    settings = Settings()
    for (_, _, _, default), name in zip(setting_rows(), Settings.model_fields, strict=True):
        if default:
            assert default == f"`{getattr(settings, name)}`"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("COLDGRID_DATABSE", "COLDGRID_DATABASE"),
        ("coldgrid_prt", "COLDGRID_PORT"),
        ("COLDGRID_COLOUR_OF_THE_SKY", None),
    ],
)
def test_a_misspelt_variable_is_found(name: str, meant: str | None) -> None:
    assert unknown_variables({name: "1", "PATH": "/bin"}) == {name: meant}


def test_known_variables_are_no_typing_errors() -> None:
    known = {variable_of(name): "1" for name in Settings.model_fields}
    assert unknown_variables(known | {"COLDGRID_DATA": "/data", "coldgrid_port": "1"}) == {}


@pytest.mark.parametrize(
    "address",
    [
        "mqtt://user:hunter2@broker:1883",
        "mqtt://hunter2@broker",
        "http://broker:1883",
        "broker:1883",
        "mqtt://",
        "mqtt://broker:99999",
        "mqtt://broker/topic",
        "mqtt://broker?x=1",
    ],
)
def test_a_broker_is_an_address_without_password(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("COLDGRID_BROKER", address)
    (line,) = _faults()
    assert line.startswith("CG-7602 COLDGRID_BROKER: ")
    assert "hunter2" not in line


def test_addresses_of_servers_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLDGRID_BROKER", "mqtts://broker.example:8883")
    monkeypatch.setenv("COLDGRID_MAIL_SERVER", "smtp://[::1]:25")
    settings = load_settings()
    assert settings.broker == "mqtts://broker.example:8883"
    assert settings.mail_server == "smtp://[::1]:25"


def test_secrets_are_shown_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BROKER_PASSWORD", "MAIL_PASSWORD", "WEBHOOK_SECRET"):
        monkeypatch.setenv(f"COLDGRID_{name}", "hunter2")
    settings = load_settings()
    assert settings.broker_password is not None
    assert settings.broker_password.get_secret_value() == "hunter2"
    assert "hunter2" not in repr(settings) + str(settings) + settings.model_dump_json()
