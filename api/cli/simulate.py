"""``coldgrid simulate``: a virtual fleet whose sensors publish to a broker."""

from __future__ import annotations

import math
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.options import MOST_SEED, AsJson, positive
from api.cli.outcome import Outcome
from api.cli.simulate_fleet import DEFAULT_SENSORS, spec_of
from api.cli.simulate_wire import DEFAULT_BROKER, broker_settings, clock_of, open_publisher

if TYPE_CHECKING:
    from datetime import datetime

    from telemetry.mqtt.publisher import Publisher
    from telemetry.virtual_fleet.clocks import FleetClock
    from telemetry.virtual_fleet.spec import FleetSpec

MOST_SENSORS = 200_000
CONFIRMS_WITHIN_S = 60.0


def _finite(number: float | None) -> float | None:
    """Refuse a number below 0, and one that is none or never ends."""
    if number is not None and not 0 <= number < math.inf:
        raise typer.BadParameter(f"{number:g} is no number of at least 0")
    return number


def simulate(  # noqa: PLR0917 - options are passed by name, by typer
    broker: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Where to publish; user, password and certificates come from COLDGRID_BROKER_"
            " variables.",
            show_default=DEFAULT_BROKER,
        ),
    ] = None,
    sensors: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=MOST_SENSORS,
            metavar="N",
            help="Make up a fleet of N sensors.",
            show_default=str(DEFAULT_SENSORS),
        ),
    ] = None,
    fleet: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Read the fleet from YAML or JSON instead."),
    ] = None,
    problem: Annotated[
        Path | None,
        typer.Option(
            metavar="PROBLEM",
            help="Give the vehicles, warehouses and stations of a problem their sensors.",
            show_default=False,
        ),
    ] = None,
    rate: Annotated[
        float | None,
        typer.Option(
            metavar="MSG/S",
            callback=positive,
            help="Live as fast as gives so many messages a second.",
            show_default="real time",
        ),
    ] = None,
    speed: Annotated[
        float | None,
        typer.Option(
            callback=_finite,
            metavar="X",
            help="Live X times as fast as the wall's clock; 0 publishes the last --seconds of the"
            " fleet as fast as the broker takes them.",
            show_default="1",
        ),
    ] = None,
    seconds: Annotated[
        float | None,
        typer.Option(
            callback=_finite,
            metavar="S",
            help="Stop after S seconds; 0 publishes nothing, for --registry alone.",
            show_default="until Ctrl-C",
        ),
    ] = None,
    start: Annotated[
        str | None,
        typer.Option(
            metavar="RFC3339",
            help="The devices' clocks begin here and run with the fleet; else they show the wall's"
            " time, however fast the fleet lives.",
            show_default=False,
        ),
    ] = None,
    history: Annotated[
        float,
        typer.Option(
            callback=_finite,
            metavar="S",
            help="Begin S seconds ago: what was measured since is published at once.",
        ),
    ] = 0.0,
    seed: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=MOST_SEED,
            metavar="N",
            help="Seed of everything that is drawn.",
            show_default="the file's, or 1",
        ),
    ] = None,
    fail: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND@MINUTE[+MINUTES]:POINT",
            help="What goes wrong, by minutes of the fleet's life; may be given several times.",
            show_default=False,
        ),
    ] = None,
    truth: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where to write what really was, as lines of JSON."),
    ] = None,
    registry: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Where to write the registry of the fleet."),
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Publish what the sensors of a virtual fleet measure.

    Kinds of failures: unit_off, capacity_loss, door_open, sensor_lost, sensor_drift, sensor_stuck,
    clock_skew, gateway_lost, late_batch, duplicates, garbage. Exit status 1 says that the broker
    has not confirmed every message.
    """
    if rate is not None and speed is not None:
        raise typer.BadParameter("--rate and --speed exclude each other")
    if speed == 0 and seconds is None:
        raise typer.BadParameter("--speed 0 needs --seconds")
    if history and (start is not None or _is_hurried(rate, speed)):
        raise typer.BadParameter("--history is for a fleet that lives in real time, from now")
    if sum(each is not None for each in (sensors, fleet, problem)) > 1:
        raise typer.BadParameter("--sensors, --fleet and --problem exclude each other")
    spec = spec_of(sensors=sensors, fleet=fleet, problem=problem, seed=seed, fail=fail or ())
    if registry is not None:
        write_registry(registry, spec)
    if seconds == 0:
        return Outcome.DONE
    settings = broker_settings(broker)
    factor = _factor(spec, rate, speed)
    begins = None if start is None else _instant(start)
    with ExitStack() as open_things:
        publisher = open_things.enter_context(open_publisher(settings))
        clock = clock_of(publisher, factor, seconds=seconds, begins=begins, history_s=history)
        until_ms = _until_ms(seconds, factor, history)
        return _live(spec, clock, publisher, until_ms, truth, as_json=as_json)


def write_registry(folder: Path, spec: FleetSpec) -> None:
    """Write the registry of a fleet."""
    import csv

    from api.cli.outcome import cannot_write
    from telemetry.virtual_fleet.registry_rows import registry_of

    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows in zip(("points.csv", "sensors.csv"), registry_of(spec), strict=True):
            with (folder / name).open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)
    except OSError as error:
        raise cannot_write(error) from error


def _factor(spec: FleetSpec, rate: float | None, speed: float | None) -> float:
    """Say how many seconds the fleet lives in one; 0 is as fast as possible."""
    if rate is None:
        return 1.0 if speed is None else speed
    return rate / sum(1.0 / sensor.interval_s for sensor in spec.sensors())


def _instant(text: str) -> datetime:
    from datetime import datetime

    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"--start {text!r} is no instant") from error
    if instant.tzinfo is None:
        raise typer.BadParameter(f"--start {text!r} names no offset from UTC")
    return instant


def _is_hurried(rate: float | None, speed: float | None) -> bool:
    return rate is not None or speed not in (None, 1.0)


def _until_ms(seconds: float | None, factor: float, history: float) -> int | None:
    return None if seconds is None else round(1000.0 * (seconds * (factor or 1.0) + history))


def _live(
    spec: FleetSpec,
    clock: FleetClock,
    publisher: Publisher,
    until_ms: int | None,
    truth: Path | None,
    *,
    as_json: bool,
) -> int:
    from api.cli.simulate_view import FleetWatch
    from telemetry.virtual_fleet.fleet import Fleet
    from telemetry.virtual_fleet.truth import TruthFile

    living = Fleet(spec)
    with ExitStack() as open_things:
        log = None if truth is None else open_things.enter_context(TruthFile(truth))
        watch = FleetWatch(living, publisher, as_json=as_json)
        with watch:
            living.run(clock, publisher.publish, until_ms=until_ms, truth=log)
            publisher.wait_confirmed(CONFIRMS_WITHIN_S)
    return Outcome.DONE if publisher.confirmed == publisher.published else Outcome.NO
