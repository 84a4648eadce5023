"""What really was, as lines of JSON: the answer that alarms and estimates are scored by."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Protocol

import msgspec
from msgspec import Struct

from optimizer.domain.errors import ColdgridError
from telemetry.virtual_fleet.failures import Failure


class SpaceTruth(Struct, frozen=True, kw_only=True, tag_field="what", tag="space"):
    """One space at an instant.

    Parameters
    ----------
    at_ms
        Stamp, as messages of this instant bear it.
    elapsed_s
        Seconds from the beginning.
    air_c, product_c, spot_c
        Mean air, goods, and air where the sensors hang.
    door
        Whether it is open.
    mode
        What the unit does, as a number of ``readings.Mode``.
    """

    at_ms: int
    elapsed_s: float
    point: str
    air_c: float
    product_c: float
    spot_c: float
    door: bool
    mode: int


class FailureTruth(Struct, frozen=True, kw_only=True, tag_field="what", tag="failure"):
    """Beginning or end of a failure.

    Parameters
    ----------
    at_ms, elapsed_s
        When the fleet noticed it: the end of a step.
    change
        ``begun`` or ``ended``.
    kind, target
        What befell whom.
    from_s, to_s, amount
        As it was planned or drawn; ``to_s`` is None where it lasts to the end.
    """

    at_ms: int
    elapsed_s: float
    change: str
    kind: str
    target: str
    from_s: float
    to_s: float | None
    amount: float


def failure_truth(change: str, failure: Failure, *, at_ms: int, elapsed_s: float) -> FailureTruth:
    """Write down that a failure has begun or ended."""
    return FailureTruth(
        at_ms=at_ms,
        elapsed_s=elapsed_s,
        change=change,
        kind=failure.kind.value,
        target=failure.target,
        from_s=failure.from_s,
        to_s=None if failure.to_s == float("inf") else failure.to_s,
        amount=failure.amount,
    )


class Truth(Protocol):
    """Takes down what really was."""

    def write(self, lines: Sequence[SpaceTruth | FailureTruth]) -> None:
        """Take down some lines."""
        ...


class TruthFile:
    """Writes the truth to a file, one JSON object a line.

    Parameters
    ----------
    path
        The file; what it held is lost.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._encode = msgspec.json.Encoder().encode
        try:
            self._file: BinaryIO = path.open("wb")
        except OSError as error:
            raise ColdgridError("CG-8524", f"{path}: {error.strerror or error}") from error

    def __enter__(self) -> TruthFile:
        """Use it."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self._file.close()

    def write(self, lines: Sequence[SpaceTruth | FailureTruth]) -> None:
        """Take down some lines.

        Raises
        ------
        ColdgridError
            The file cannot be written.
        """
        try:
            self._file.writelines(self._encode(line) + b"\n" for line in lines)
        except OSError as error:
            raise ColdgridError("CG-8524", f"{self._path}: {error.strerror or error}") from error
