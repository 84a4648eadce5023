import pytest

from api.cli import app, main
from optimizer.domain.errors import EngineFailed


def test_a_defect_is_neither_a_no_nor_a_users_mistake(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(**_: object) -> int:
        raise ZeroDivisionError("unforeseen")

    monkeypatch.setattr(app, "app", broken)
    assert main([]) == 3
    shown = capsys.readouterr().err
    assert "ZeroDivisionError: unforeseen" in shown
    assert shown.splitlines()[-1].startswith("CG-6002 ")


def test_an_engine_that_fails_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(**_: object) -> int:
        raise EngineFailed("CG-3001", "pyvrp gave no route")

    monkeypatch.setattr(app, "app", broken)
    assert main([]) == 3
    assert capsys.readouterr().err.startswith("CG-3001 pyvrp gave no route. ")


def test_words_can_be_given_by_a_program(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("coldgrid ")
