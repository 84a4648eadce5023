"""``coldgrid monitor``: read the broker, keep every reading, raise alarms, call people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.monitoring import Monitoring
    from api.settings import Settings


def monitor(
    broker: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="mqtt://HOST:PORT or mqtts://HOST:PORT.", show_default=False
        ),
    ] = None,
    registry: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="The folder of points.csv and sensors.csv.", show_default=False
        ),
    ] = None,
    telemetry: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Where readings and alarms go: sqlite:///FILE or postgresql+psycopg://….",
            show_default="sqlite:///coldgrid-telemetry.db",
        ),
    ] = None,
    trial: Annotated[
        bool,
        typer.Option(
            "--trial", help="Send a test message to everybody in the roster, say who got it, end."
        ),
    ] = False,
    exit_after: Annotated[
        float | None,
        typer.Option(
            "--exit-after",
            min=0.0,
            metavar="S",
            help="Stop by itself after S seconds.",
            show_default="watch until Ctrl-C",
        ),
    ] = None,
) -> int:
    """Watch the sensors of a broker until Ctrl-C or SIGTERM.

    What is not given comes from COLDGRID_ variables. A message is acknowledged when its reading
    is on disk, so a stop, a crash or a power cut loses nothing that the broker keeps.
    """
    from api.monitoring import monitoring
    from api.observe.logs import configure_logging
    from api.settings import load_settings

    settings = load_settings(broker=broker, registry=registry, telemetry=telemetry)
    configure_logging(settings.log_format)
    if trial:
        return _try_calls(settings)
    with monitoring(settings) as parts:
        _greet(parts, settings)
        _watch(parts, exit_after)
        _sum_up(parts)
    return Outcome.DONE


def _watch(parts: Monitoring, seconds: float | None) -> None:
    from threading import Timer

    alarm = None if seconds is None else Timer(seconds, parts.consumer.stop)
    with _Stopping(parts):
        if alarm is not None:
            alarm.start()
        try:
            parts.run()
        finally:
            if alarm is not None:
                alarm.cancel()


class _Stopping:
    """Turns SIGINT and SIGTERM into an orderly end for as long as it lasts."""

    def __init__(self, parts: Monitoring) -> None:
        self._parts = parts
        self._before: dict[int, object] = {}

    def __enter__(self) -> None:
        import signal

        for each in (signal.SIGINT, signal.SIGTERM):
            self._before[each] = signal.signal(each, lambda *_: self._parts.consumer.stop())

    def __exit__(self, *_: object) -> None:
        import signal

        for each, handler in self._before.items():
            signal.signal(each, handler)  # type: ignore[arg-type]


def _greet(parts: Monitoring, settings: Settings) -> None:
    watched = parts.watched
    called = 0 if watched.roster is None else len(watched.roster.receivers)
    points, sensors = len(watched.registry.points), len(list(watched.registry.sensors))
    for warning in watched.warnings:
        print(f"warning: {warning}")
    print(
        f"coldgrid watches {points} points by {sensors} sensors at {settings.broker}, calls"
        f" {called} receivers; Ctrl-C stops it.",
        flush=True,
    )


def _sum_up(parts: Monitoring) -> None:
    for line in _lines(parts):
        print(line, flush=True)


def _lines(parts: Monitoring) -> Iterator[str]:
    figures = parts.ingest.figures
    yield f"stored {figures.readings} readings of {figures.messages} messages"
    for reason, count in sorted(figures.reasons.items(), key=lambda item: item[0].value):
        if count:
            yield f"  {reason.value}: {count}"


def _try_calls(settings: Settings) -> int:
    from api.monitoring import now_ms, sinks_of, understood
    from telemetry.calling.trial import send_trial

    roster = understood(settings, now_ms).roster
    if roster is None or not roster.receivers:
        print("nobody to call: the registry folder has no roster.yaml")
        return Outcome.NO
    results = send_trial(roster, sinks_of(settings, roster, now_ms), now_ms)
    for result in results:
        told = "got it" if result.reached else f"did not get it: {result.error}"
        print(f"{result.receiver} by {result.sink} {told} ({result.took_ms} ms)")
    return Outcome.DONE if all(result.reached for result in results) else Outcome.NO
