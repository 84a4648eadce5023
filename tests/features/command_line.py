"""Runs the command line: in this process, as a script in a pipe, or on a terminal."""

from __future__ import annotations

import fcntl
import io
import json
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import chdir, contextmanager, nullcontext, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.cli import main

ROOT = Path(__file__).resolve().parents[2]
SMALL_CITY = ROOT / "data" / "samples" / "small_city"
SCRIPT = Path(sys.executable).with_name("coldgrid")
LONGEST_S = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    code: int
    out: str
    err: str

    def document(self) -> Any:
        """Give the one JSON document that the standard output must be."""
        return json.loads(self.out)

    def complaints(self) -> list[str]:
        return self.err.splitlines()


def coldgrid(*words: object, cwd: Path | None = None, columns: int | None = None) -> Done:
    """Run a command in this process, with its streams in files: solvers are loaded only once.

    What hangs on processes of its own (workers, Ctrl-C, what is loaded) asks the script.
    """
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    place = nullcontext() if cwd is None else chdir(cwd)
    with place, _environ(_environment(columns)), redirect_stdout(out), redirect_stderr(err):
        try:
            code = main([str(word) for word in words])
        except SystemExit as left:
            # What the script's last line does with it: None is success, words are a failure.
            code = left.code if isinstance(left.code, int) else int(left.code is not None)
    return Done(code=code, out=_text(out), err=_text(err))


def coldgrid_script(*words: object, cwd: Path | None = None, columns: int | None = None) -> Done:
    """Run the console script with its streams in pipes."""
    done = subprocess.run(
        [SCRIPT, *map(str, words)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=cwd,
        env=_environment(columns),
        timeout=LONGEST_S,
        check=False,
    )
    return Done(code=done.returncode, out=done.stdout, err=done.stderr)


def coldgrid_on_terminal(
    *words: object,
    cwd: Path | None = None,
    columns: int = 100,
    ctrl_c_at: bytes | None = None,
    times: int = 1,
) -> Done:
    """Run the console script with both streams on a terminal; `out` has all that it showed.

    Once it has shown `ctrl_c_at` so many times, Ctrl-C is typed.
    """
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    child = subprocess.Popen(
        # The first terminal that a session leader opens becomes the one Ctrl-C is typed at.
        ["sh", "-c", 'exec "$@" <"$0"', os.ttyname(theirs), SCRIPT, *map(str, words)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=cwd,
        env=_environment(None) | {"TERM": "xterm-256color"},
        start_new_session=True,
    )
    os.close(theirs)
    shown = b""
    try:
        while piece := _read(ours):
            shown += piece
            if ctrl_c_at is not None and shown.count(ctrl_c_at) >= times:
                os.write(ours, b"\x03")
                ctrl_c_at = None
    finally:
        os.close(ours)
    return Done(code=child.wait(LONGEST_S), out=shown.decode(), err="")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux answers so when the last writer has gone
        return b""


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    bytes_of = stream.buffer
    assert isinstance(bytes_of, io.BytesIO)
    return bytes_of.getvalue().decode("utf-8")


@contextmanager
def _environ(wanted: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(wanted)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _environment(columns: int | None) -> dict[str, str]:
    """Take what a caller's shell says of terminals out of the way."""
    plain = {k: v for k, v in os.environ.items() if k not in {"COLUMNS", "NO_COLOR", "FORCE_COLOR"}}
    return plain | ({} if columns is None else {"COLUMNS": str(columns)})
