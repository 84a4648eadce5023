"""Matrices in files, named by what they answer: a cache that several processes share.

A folder per source (its digest) holds one file per block of pairs. A file appears whole or not
at all; one that cannot be read is thrown away with a line in the log.
"""

from __future__ import annotations

import hashlib
import logging
import os
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile

import numpy as np

from optimizer.domain.travel_matrix import IntArray
from optimizer.travel.road_network import FloatArray

SUFFIX = ".npz"
LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Block:
    """Pairs of places with their distances.

    Parameters
    ----------
    origins, destinations
        Latitude and longitude of each, shape (places, 2).
    distance_m, duration_s
        Shape (origins, destinations); durations are None where the source measures none.
    """

    origins: FloatArray
    destinations: FloatArray
    distance_m: IntArray
    duration_s: IntArray | None

    @property
    def name(self) -> str:
        """Name the block by its places."""
        where = hashlib.sha256(self.origins.tobytes() + b"|" + self.destinations.tobytes())
        return where.hexdigest() + SUFFIX

    @property
    def times(self) -> IntArray:
        """Give the durations, and the distances in their place where there are none."""
        return self.distance_m if self.duration_s is None else self.duration_s


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheFolder:
    """Where blocks lie.

    Parameters
    ----------
    path
        The folder; made when the first block is kept.
    most_bytes
        Of all blocks together; those that were not used for longest go first.
    """

    path: Path
    most_bytes: int

    def blocks(self, digest: str, known: set[str]) -> Iterator[Block]:
        """Read the blocks of a source that are not known yet, and make them known.

        Parameters
        ----------
        digest
            Digest of the source.
        known
            Names of blocks that were read before; what is read now is added.
        """
        folder = self._of(digest)
        try:
            names = sorted(path.name for path in folder.iterdir() if path.suffix == SUFFIX)
        except FileNotFoundError:
            return
        except OSError as error:
            LOG.warning("matrices kept in %s are not read: %s", folder, error)
            return
        for name in names:
            if name not in known:
                block = _read(folder / name)
                if block is not None:
                    known.add(name)
                    yield block

    def keep(self, digest: str, block: Block) -> None:
        """Write a block; a folder that cannot be written costs a line in the log, not the plan."""
        folder = self._of(digest)
        content = BytesIO()
        arrays = {
            "origins": block.origins,
            "destinations": block.destinations,
            "distance_m": block.distance_m,
        }
        if block.duration_s is not None:
            arrays["duration_s"] = block.duration_s
        np.savez(content, allow_pickle=False, **arrays)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _write(folder / block.name, content.getvalue())
            self._make_room(folder / block.name)
        except OSError as error:
            LOG.warning("travel cache %s cannot be written: %s", self.path, error)

    def _of(self, digest: str) -> Path:
        return self.path / digest.removeprefix("sha256:")

    def _make_room(self, newest: Path) -> None:
        """Throw away what was not used for longest until the folder keeps its size."""
        files = []
        for path in self.path.glob(f"*/*{SUFFIX}"):
            with suppress(FileNotFoundError):
                status = path.stat()
                files.append((status.st_mtime_ns, path, status.st_size))
        total = sum(size for _, _, size in files)
        for _, path, size in sorted(files):
            if total <= self.most_bytes:
                return
            if path != newest:
                path.unlink(missing_ok=True)
                total -= size


def _write(path: Path, content: bytes) -> None:
    """Put a file in place in one step."""
    with NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
        try:
            file.write(content)
            file.close()
            Path(file.name).replace(path)
        except OSError:
            Path(file.name).unlink(missing_ok=True)
            raise


def _read(path: Path) -> Block | None:
    """Read a block; None, a line in the log and no file any more where it is damaged."""
    try:
        with np.load(BytesIO(path.read_bytes()), allow_pickle=False) as arrays:
            block = Block(
                origins=np.asarray(arrays["origins"], dtype=np.float64),
                destinations=np.asarray(arrays["destinations"], dtype=np.float64),
                distance_m=np.asarray(arrays["distance_m"], dtype=np.int64),
                duration_s=(
                    np.asarray(arrays["duration_s"], dtype=np.int64)
                    if "duration_s" in arrays
                    else None
                ),
            )
            _ensure_fits(path, block)
        os.utime(path)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        LOG.warning("travel cache file %s is damaged and thrown away: %s", path, error)
        with suppress(OSError):
            path.unlink(missing_ok=True)
        return None
    return block


def _ensure_fits(path: Path, block: Block) -> None:
    shape = (len(block.origins), len(block.destinations))
    tables = [block.distance_m] + ([] if block.duration_s is None else [block.duration_s])
    if any(table.shape != shape for table in tables) or path.name != block.name:
        raise ValueError("its parts do not belong together")
