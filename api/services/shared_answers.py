"""Answers that are written once for many readers: all who ask the same within a few seconds.

Twenty boards ask for every point each ten seconds, and most of what an answer costs is to read and
to write it. Only readers who say that an older answer will do are given one, and nothing is kept of
an answer that differs by who asks.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Lock
from time import monotonic

MOST = 8
"""Questions whose answers are kept: boards all ask the same."""
ZIP_LEVEL = 5
GZIP = 31
"""The window of zlib that writes the head and foot of gzip."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An answer as it is sent, plain and zipped."""

    plain: bytes
    zipped: bytes


@dataclass(frozen=True, slots=True)
class _Turn:
    begun: float
    written: Future[Written]


class SharedAnswers:
    """The newest answers to a few questions; safe for several threads.

    Parameters
    ----------
    timer
        Gives seconds that only ever go forward.
    """

    def __init__(self, timer: Callable[[], float] = monotonic) -> None:
        self._timer = timer
        self._lock = Lock()
        self._turns: dict[Hashable, _Turn] = {}

    def give(
        self, question: Hashable, longest_s: float, write: Callable[[], bytes]
    ) -> tuple[Written, float]:
        """Give an answer and its age in seconds; who asks while it is written waits for it.

        Parameters
        ----------
        question
            Whoever asks the same is given the same.
        longest_s
            How old the answer may be: the time since its facts were begun to be read.
        write
            Writes it anew; what it raises, all who wait for it meet.
        """
        now = self._timer()
        with self._lock:
            turn = self._turns.get(question)
            is_mine = turn is None or now - turn.begun > longest_s
            if turn is None or is_mine:
                turn = _Turn(now, Future())
                self._keep(question, turn)
        if is_mine:
            self._write(question, turn, write)
        return turn.written.result(), self._timer() - turn.begun

    def forget(self) -> None:
        """Let nobody have an answer that was begun before now: something was done meanwhile."""
        with self._lock:
            self._turns.clear()

    def _write(self, question: Hashable, turn: _Turn, write: Callable[[], bytes]) -> None:
        try:
            plain = write()
        except BaseException as error:  # noqa: BLE001 - raised again at all who wait for it
            turn.written.set_exception(error)
            with self._lock:
                if self._turns.get(question) is turn:
                    del self._turns[question]
        else:
            zipped = zlib.compress(plain, ZIP_LEVEL, GZIP)
            turn.written.set_result(Written(plain=plain, zipped=zipped))

    def _keep(self, question: Hashable, turn: _Turn) -> None:
        self._turns.pop(question, None)
        self._turns[question] = turn
        while len(self._turns) > MOST:
            self._turns.pop(next(iter(self._turns)))
