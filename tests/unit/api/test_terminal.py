import io
import json

import pytest

from api.cli.terminal import PIPE_WIDTH, console, money, print_json


def test_money_is_shown_in_the_larger_unit() -> None:
    assert [money(cents) for cents in (0, 5, 53721, 2_176_690_352)] == [
        "0.00",
        "0.05",
        "537.21",
        "21,766,903.52",
    ]


def test_a_pipe_is_as_wide_as_a_table_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    assert console().width == PIPE_WIDTH
    monkeypatch.setenv("COLUMNS", "80")
    assert console().width == 80


def test_ids_in_brackets_are_no_colours(capsys: pytest.CaptureFixture[str]) -> None:
    console().print("[bold]P1[/bold] :truck: 12")
    assert capsys.readouterr().out == "[bold]P1[/bold] :truck: 12\n"


def test_json_is_one_document_in_utf_8(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(raw, encoding="ascii"))
    print_json({"name": "长沙", "share": 0.5})
    assert json.loads(raw.getvalue().decode("utf-8")) == {"name": "长沙", "share": 0.5}


def test_what_json_cannot_say_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        print_json({"gap": float("nan")})
