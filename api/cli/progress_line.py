"""One live line on a terminal while a plan is made; nothing at all in a pipe."""

from __future__ import annotations

import time
from types import TracebackType
from typing import TYPE_CHECKING

from rich.live import Live
from rich.text import Text

from api.cli.terminal import console, money

if TYPE_CHECKING:
    from optimizer.planning.synchronise import Progress


RENEWALS_PER_SECOND = 4


class ProgressLine:
    """Stage, parts done, cost so far and seconds elapsed, renewed four times a second.

    A report shows at once: on a small day the next one is there within the quarter second.

    It stands on the error stream: the standard output belongs to the answer.

    Parameters
    ----------
    until_heard
        What is going on, until the first report, or for good where none comes.
    """

    def __init__(self, until_heard: str = "territories and linehaul") -> None:
        self._until_heard = until_heard
        self._console = console(error_stream=True)
        self._started = time.monotonic()
        self._last: Progress | None = None
        self._live: Live | None = None

    def __enter__(self) -> ProgressLine:
        if self._console.is_terminal:
            self._live = Live(
                get_renderable=self.text,
                console=self._console,
                transient=True,
                refresh_per_second=4,
            )
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def hear(self, progress: Progress) -> None:
        """Take a planner's report."""
        self._last = progress
        if self._live is not None:
            self._live.refresh()

    def text(self) -> Text:
        """Word the line as it stands now."""
        elapsed = f"{time.monotonic() - self._started:5.0f} s"
        last = self._last
        if last is None:
            return Text(f"{elapsed}  {self._until_heard}", no_wrap=True, overflow="ellipsis")
        parts = f"{last.stage}  {last.done} of {last.of} done"
        cost = f"routes so far {money(last.decided_cents)}"
        return Text(f"{elapsed}  {parts}  {cost}", no_wrap=True, overflow="ellipsis")
