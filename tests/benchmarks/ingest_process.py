"""Starts ``ingest_child`` and follows what it says of itself."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Condition, Thread
from typing import Any

LONGEST_S = 90.0
ROOT = Path(__file__).resolve().parents[2]

Line = dict[str, Any]


class Child:
    """A running ingester; ``kill`` or ``stop`` it, or leave it to a ``with`` statement.

    Parameters
    ----------
    folder
        Where its error stream goes, into ``child.log``.
    words
        Its arguments.
    """

    def __init__(self, folder: Path, *words: object) -> None:
        self.lines: list[Line] = []
        self.log = folder / "child.log"
        with self.log.open("ab") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.benchmarks.ingest_child", *map(str, words)],
                cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True, start_new_session=True,
            )  # fmt: skip
        self._told = Condition()
        self._is_over = False
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Child:
        """Use it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Leave nothing behind, whatever went wrong."""
        if self._process.returncode is None:
            self.kill()

    @property
    def pid(self) -> int:
        """Say which process it is."""
        return self._process.pid

    def wait_for(self, condition: Callable[[Line], bool], longest_s: float = LONGEST_S) -> Line:
        """Wait for a line that fulfils a condition."""

        def is_fulfilled() -> bool:
            return self._is_over or (bool(self.lines) and condition(self.lines[-1]))

        with self._told:
            if self._told.wait_for(is_fulfilled, longest_s) and not self._is_over:
                return self.lines[-1]
        raise AssertionError(f"last said: {self.lines[-1:]}\n{self.log.read_text()[-3000:]}")

    def wait_connected(self) -> None:
        """Wait until the broker sends to it."""
        self.wait_for(lambda line: bool(line["connected"]))

    def kill(self) -> None:
        """End it as a crash does."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """End it in order and give its exit status."""
        return self._end(signal.SIGTERM)

    def _end(self, number: int) -> int:
        self._process.send_signal(number)
        try:
            code = self._process.wait(LONGEST_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise
        self._reader.join(LONGEST_S)
        assert self._process.stdout is not None
        self._process.stdout.close()
        return code

    def _read(self) -> None:
        assert self._process.stdout is not None
        for text in self._process.stdout:
            # A killed process may leave half a line.
            if text.endswith("}\n"):
                with self._told:
                    self.lines.append(json.loads(text))
                    self._told.notify_all()
        with self._told:
            self._is_over = True
            self._told.notify_all()
