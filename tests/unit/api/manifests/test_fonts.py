"""Finding a font: the operator's, a known one, or a refusal that says what to install."""

from pathlib import Path

import pytest

from api.manifests import fonts
from api.manifests.fonts import FontFile, find_font, needs_font, search
from api.problem_details import Refusal, status_of
from tests.unit.api import paper_day


def file(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"")
    return path


def test_known_font_is_found_in_any_folder_below(tmp_path: Path) -> None:
    file(tmp_path / "truetype/dejavu/DejaVuSans.ttf")
    assert search([tmp_path, tmp_path / "absent"]) is None
    noto = file(tmp_path / "opentype/noto/NotoSansCJK-Regular.ttc")
    assert search([tmp_path]) == FontFile(path=noto, face=2)
    small = file(tmp_path / "truetype/wqy/WQY-MicroHei.TTC")
    # Names are compared without their case; the ending is one of those the folder listing knows.
    small = small.rename(small.with_suffix(".ttc"))
    assert search([tmp_path]) == FontFile(path=small, face=0)


def test_operators_font_comes_first(tmp_path: Path) -> None:
    own = file(tmp_path / "house.ttf")
    assert find_font(own) == FontFile(path=own, face=0)


def test_operators_font_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"COLDGRID_FONT names no file: gone\.ttf"):
        find_font(tmp_path / "gone.ttf")


def test_machine_without_font_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "usual_folders", lambda: (tmp_path,))
    with pytest.raises(Refusal, match="apt-get install fonts-wqy-microhei") as refused:
        find_font(None)
    assert status_of(refused.value.code) == 503


def test_font_is_needed_by_the_first_letter_beyond_latin() -> None:
    assert not needs_font(paper_day.city(), {"a": ["Müller", ("10 °C", 3, None)]})
    assert needs_font(paper_day.problem())
    assert needs_font({"a": ["−"]})
