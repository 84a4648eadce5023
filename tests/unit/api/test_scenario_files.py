"""Results of scenarios on disk: whole, or as they were before."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.cli.scenario_files import write_result
from optimizer.domain.errors import ColdgridError
from scenarios.results import result_from_bytes
from tests.scenario_results import scenario_result


def test_a_result_is_there_whole_with_its_page(tmp_path: Path) -> None:
    result = scenario_result()
    write_result(result, tmp_path, "en")
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {f"{result.scenario}.json", f"{result.scenario}.html"}
    assert result_from_bytes((tmp_path / f"{result.scenario}.json").read_bytes()) == result


def test_a_full_disk_leaves_what_was_there_and_no_part_of_the_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = scenario_result()
    before = tmp_path / f"{result.scenario}.json"
    before.write_bytes(b"yesterday")

    def full(path: Path, content: bytes) -> int:
        with path.open("wb") as file:
            file.write(content[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(ColdgridError):
        write_result(result, tmp_path, "en")
    assert [path.name for path in tmp_path.iterdir()] == [before.name]
    assert before.read_bytes() == b"yesterday"
