"""What ``coldgrid simulate`` shows: one live line on a terminal, and the totals at the end."""

from __future__ import annotations

import time
from types import TracebackType
from typing import TYPE_CHECKING

from api.cli.layout import count, figures
from api.cli.terminal import console, print_json

if TYPE_CHECKING:
    from rich.live import Live
    from rich.text import Text

    from telemetry.mqtt.publisher import Publisher
    from telemetry.virtual_fleet.fleet import Fleet

RENEWALS_PER_SECOND = 4
MINUTE_S = 60.0


class FleetWatch:
    """Shows a fleet while it lives, and what came of it however it ends.

    Parameters
    ----------
    fleet, publisher
        Who lives, and who publishes.
    as_json
        Whether the totals are one JSON document.
    """

    def __init__(self, fleet: Fleet, publisher: Publisher, *, as_json: bool) -> None:
        self._fleet = fleet
        self._publisher = publisher
        self._as_json = as_json
        self._console = console(error_stream=True)
        self._live: Live | None = None
        self._began_s = time.monotonic()

    def __enter__(self) -> FleetWatch:
        if not self._as_json:
            self._console.print(self._consists())
        if self._console.is_terminal:
            from rich.live import Live

            self._live = Live(
                get_renderable=self.line,
                console=self._console,
                transient=True,
                refresh_per_second=RENEWALS_PER_SECOND,
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
        self._show_totals()

    def line(self) -> Text:
        """Word the line as it stands now."""
        from rich.text import Text

        passed_s = self._passed_s()
        confirmed = self._publisher.confirmed
        words = (
            f"{passed_s:6.0f} s  fleet time {self._fleet.totals.elapsed_ms / 1000 / MINUTE_S:,.1f}"
            f" min  published {self._publisher.published:,}  confirmed {confirmed:,}"
            f"  {confirmed / passed_s:,.0f}/s"
        )
        return Text(words, no_wrap=True, overflow="ellipsis")

    def _passed_s(self) -> float:
        return max(time.monotonic() - self._began_s, 0.001)

    def _consists(self) -> str:
        spec = self._fleet.spec
        return ", ".join(
            (
                count(len(spec.assets), "asset"),
                count(len(spec.spaces()), "space"),
                count(len(spec.sensors()), "sensor"),
                f"{count(len(spec.gateways), 'gateway')}; Ctrl-C stops it.",
            )
        )

    def _show_totals(self) -> None:
        passed_s = self._passed_s()
        totals, publisher = self._fleet.totals, self._publisher
        document = {
            "seconds": round(passed_s, 1),
            "fleet_seconds": totals.elapsed_ms / 1000,
            "measured": totals.measured,
            "published": publisher.published,
            "confirmed": publisher.confirmed,
            "messages_per_s": round(publisher.confirmed / passed_s, 1),
        }
        if self._as_json:
            print_json(document)
            return
        named = {
            "lived": f"{totals.elapsed_ms / 1000 / MINUTE_S:,.1f} min in {passed_s:,.1f} s",
            "measured": f"{totals.measured:,}",
            "published": f"{publisher.published:,}",
            "confirmed": f"{publisher.confirmed:,}",
            "messages a second": f"{publisher.confirmed / passed_s:,.0f}",
        }
        console().print(figures(named))
