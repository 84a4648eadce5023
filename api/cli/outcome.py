"""Exit codes, and how a refusal becomes one line per fault on the error stream."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from enum import IntEnum
from pathlib import Path

from api.service_errors import ALL_ERRORS
from optimizer.domain.errors import ColdgridError, Fault, InputRefused


class Outcome(IntEnum):
    """What a command answers to the shell.

    ``DEFECT`` is no answer: coldgrid itself broke, which must look neither like a "no" nor like
    a mistake of the user.
    """

    DONE = 0
    NO = 1
    REFUSED = 2
    DEFECT = 3


CANNOT_WRITE = "CG-6001"
DEFECT = "CG-6002"


def complain(line: str) -> None:
    """Write one line to the error stream, whatever characters the message carries."""
    print(one_line(line), file=sys.stderr)


def one_line(message: str) -> str:
    """Fold a message into one line, without the control characters that could steer a terminal."""
    folded = " ".join(message.split())
    return "".join(sign if sign.isprintable() else "�" for sign in folded)


def complain_about(faults: Iterable[Fault]) -> None:
    """Write each fault on its own line: code, place, cause, action."""
    for fault in faults:
        complain(str(fault))


def complain_of(error: ColdgridError) -> None:
    """Write why a command stops: every fault of an input, or the one cause and its action."""
    if isinstance(error, InputRefused) and error.faults:
        complain_about(error.faults)
        return
    entry = ALL_ERRORS.get(error.code)
    action = f" {entry.action}" if entry else ""
    complain(f"{error.code} {str(error).rstrip('.')}.{action}")


def cannot_write(error: OSError) -> ColdgridError:
    """Word a failure to write a file."""
    return ColdgridError(CANNOT_WRITE, f"{error.filename}: {error.strerror or error}")


def unwritable(place: Path, why: str) -> ColdgridError:
    """Refuse a place to write to."""
    return ColdgridError(CANNOT_WRITE, f"{place}: {why}")
