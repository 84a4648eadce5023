"""What browsers load besides a page: our own scripts and styles, and Leaflet as it is installed.

All files share one version, a digest of their contents, which stands in their addresses. So a
browser may keep each for ever, and modules import one another by relative paths. A page names all
modules that its script needs: a browser that finds them one inside the other waits for each.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from importlib.metadata import distribution
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath
from types import MappingProxyType

MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}
"""What is served; files with other endings are not."""

LEAFLET = "xstatic-leaflet"
LEAFLET_DATA = "xstatic/pkg/leaflet/data/"
NOT_FOR_BROWSERS = frozenset({"leaflet-src.js", "leaflet-src.esm.js"})
"""Beside the minified script these are of no use."""

IMPORT = re.compile(r"""^(?:import|export)\b[^;"']*["']\./([\w/.]+)["'];""", re.MULTILINE)
"""What a module needs before it runs; what it fetches later, ``import("./…")``, is not meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserFile:
    """A file as it is sent.

    Parameters
    ----------
    body, zipped
        Its content, and the same by gzip for those who can unzip.
    media_type
        What it is.
    """

    body: bytes
    zipped: bytes
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserFiles:
    """Every file by its path, such as ``coldgrid.css`` or ``leaflet/leaflet.js``.

    Parameters
    ----------
    version
        Changes with any of them.
    """

    version: str
    by_path: Mapping[str, BrowserFile]

    def address(self, path: str) -> str:
        """Give the address of a file.

        Raises
        ------
        KeyError
            There is no such file.
        """
        if path not in self.by_path:
            raise KeyError(path)
        return f"/static/{self.version}/{path}"

    def needed_by(self, script: str) -> tuple[str, ...]:
        """Give the modules that a module needs, directly or not, the nearest first.

        Raises
        ------
        KeyError
            There is no such file, or a module imports one that is not there.
        """
        found = [script]
        for path in found:
            text = self.by_path[path].body.decode()
            found += [one for one in dict.fromkeys(IMPORT.findall(text)) if one not in found]
        return tuple(found[1:])


@cache
def browser_files() -> BrowserFiles:
    """Read all files, once."""
    found = {
        path: BrowserFile(
            body=body,
            # The same bytes on every day: the digest stands in addresses, not the hour.
            zipped=gzip.compress(body, mtime=0),
            media_type=MEDIA_TYPES[PurePosixPath(path).suffix],
        )
        for path, body in sorted([*_ours(files("api.pages") / "static", ""), *_leaflet()])
    }
    digest = blake2b(digest_size=8)
    for path, file in found.items():
        digest.update(f"{path}\n{len(file.body)}\n".encode())
        digest.update(file.body)
    return BrowserFiles(version=digest.hexdigest(), by_path=MappingProxyType(found))


def _ours(folder: Traversable, place: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _ours(entry, f"{place}{entry.name}/")
        elif PurePosixPath(entry.name).suffix in MEDIA_TYPES:
            yield f"{place}{entry.name}", entry.read_bytes()


def _leaflet() -> Iterator[tuple[str, bytes]]:
    # By the package's own list of files: importing it would need setuptools.
    for entry in distribution(LEAFLET).files or ():
        path = entry.as_posix()
        if not path.startswith(LEAFLET_DATA):
            continue
        name = path.removeprefix(LEAFLET_DATA)
        if entry.suffix in MEDIA_TYPES and name not in NOT_FOR_BROWSERS:
            yield f"leaflet/{name}", Path(str(entry.locate())).read_bytes()
