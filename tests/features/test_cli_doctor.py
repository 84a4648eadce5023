"""``coldgrid doctor`` in a shell."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.features.command_line import coldgrid


def test_it_prints_a_line_a_check_and_says_no_where_something_does_not_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLDGRID_PORT", "0")
    monkeypatch.setenv("COLDGRID_DATABASE", f"sqlite:///{tmp_path}/nowhere/coldgrid.db")
    done = coldgrid("doctor", cwd=tmp_path, columns=200)
    assert done.code == 1
    assert done.err == ""
    (line,) = [line for line in done.out.splitlines() if line.startswith("fail")]
    assert f"{tmp_path}/nowhere does not exist" in line

    monkeypatch.setenv("COLDGRID_DATABASE", f"sqlite:///{tmp_path}/coldgrid.db")
    done = coldgrid("doctor", "--json", cwd=tmp_path)
    assert done.code == 0
    document = done.document()
    assert document["well"] is True
    assert {"check", "state", "cause", "mend"} == document["findings"][0].keys()
