"""Finds a font file with Chinese and Latin glyphs on the machine; none comes with coldgrid."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

from api.problem_details import Refusal

NAMES: tuple[tuple[str, int], ...] = (
    ("wqy-microhei.ttc", 0),
    ("NotoSansSC-Regular.ttf", 0),
    ("NotoSansSC-Regular.otf", 0),
    ("NotoSansCJKsc-Regular.otf", 0),
    # In the collections of Noto and Source Han the third face is the one for the mainland.
    ("NotoSansCJK-Regular.ttc", 2),
    ("SourceHanSansSC-Regular.otf", 0),
    ("SourceHanSans-Regular.ttc", 2),
    ("wqy-zenhei.ttc", 0),
    ("Hiragino Sans GB.ttc", 0),
    ("STHeiti Light.ttc", 0),
    ("Arial Unicode.ttf", 0),
    ("msyh.ttc", 0),
    ("Deng.ttf", 0),
    ("simhei.ttf", 0),
)
"""File names and faces, the preferred one first: the smallest that has all it takes."""

_LATIN = 256
HINT = (
    "install a font with Chinese glyphs (Debian and Ubuntu: apt-get install fonts-wqy-microhei), "
    "or set COLDGRID_FONT to a .ttf, .otf or .ttc file"
)


_BEGINNINGS = (b"\x00\x01\x00\x00", b"OTTO", b"ttcf", b"true", b"wOFF", b"wOF2")


@dataclass(frozen=True, slots=True, kw_only=True)
class FontFile:
    """A font file, and which face of it where it is a collection."""

    path: Path
    face: int = 0

    def begins_like_a_font(self) -> bool:
        """Say whether the file can be read and has the first bytes of a font."""
        try:
            with self.path.open("rb") as file:
                return file.read(4) in _BEGINNINGS
        except OSError:
            return False


def find_font(configured: Path | None) -> FontFile:
    """Give the operator's font, or the first known one of the machine.

    Parameters
    ----------
    configured
        The operator's setting; None to look in the usual folders.

    Raises
    ------
    Refusal
        There is no font (CG-7501).
    """
    if configured is not None:
        if not configured.is_file():
            raise Refusal("CG-7501", f"COLDGRID_FONT names no file: {configured.name}")
        faces = dict(NAMES)
        return FontFile(path=configured, face=faces.get(configured.name, 0))
    found = search(usual_folders())
    if found is None:
        raise Refusal("CG-7501", f"no font with Chinese glyphs was found: {HINT}")
    return found


def usual_folders() -> tuple[Path, ...]:
    """Give the folders in which Linux, macOS and Windows keep their fonts."""
    home = Path.home()
    windows = Path(os.environ.get("WINDIR", r"C:\Windows"))
    return (
        Path("/usr/share/fonts"),
        Path("/usr/local/share/fonts"),
        home / ".local/share/fonts",
        home / ".fonts",
        Path("/System/Library/Fonts"),
        Path("/Library/Fonts"),
        home / "Library/Fonts",
        windows / "Fonts",
    )


def search(folders: Sequence[Path]) -> FontFile | None:
    """Look for the known fonts in some folders and all folders below; None where there is none."""
    files: dict[str, Path] = {}
    for file in _files(folders):
        files.setdefault(file.name.casefold(), file)
    for name, face in NAMES:
        if name.casefold() in files:
            return FontFile(path=files[name.casefold()], face=face)
    return None


def _files(folders: Sequence[Path]) -> Iterator[Path]:
    for folder in folders:
        if folder.is_dir():
            yield from sorted(folder.rglob("*.[to]t[fc]"))


def needs_font(*values: Any) -> bool:  # noqa: ANN401 - any tree of values
    """Say whether some text in a tree of values is beyond Latin-1."""
    return any(ord(character) >= _LATIN for text in _texts(values) for character in text)


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401 - any tree of values
    if isinstance(value, str):
        yield value
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _texts(getattr(value, field.name))
    elif isinstance(value, Mapping):
        yield from _texts(tuple(value.values()))
    elif isinstance(value, Iterable):
        for item in value:
            yield from _texts(item)
