"""``coldgrid broker``: is a broker's configuration safe, and a safe one for a registry."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.options import AsJson
from api.cli.outcome import Outcome

if TYPE_CHECKING:
    from telemetry.broker_files.weaknesses import Weakness

BROKER_FOLDER = Path("/etc/coldgrid/broker")
NO_ACCOUNT = frozenset(":+#\n\r")

broker = typer.Typer(help="Check the configuration of mosquitto, or write a safe one.")


@broker.command("check")
def check_broker(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="mosquitto's configuration.", show_default=False),
    ],
    as_json: AsJson = False,
) -> int:
    """Say what is unsafe in a broker's configuration, where, and what to write instead.

    Looks at who gets in, what goes in the clear, who may speak for another, what gets lost, and at
    the rights of the files that are named. Exit status 1 says that something is unsafe.
    """
    from dataclasses import asdict

    from api.cli.terminal import print_json
    from optimizer.domain.errors import Fault, InputRefused
    from telemetry.broker_files.directives import configuration_of
    from telemetry.broker_files.weaknesses import weaknesses

    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        fault = Fault(
            code="CG-8530",
            place=str(file),
            cause=getattr(error, "strerror", None) or "it is no UTF-8 text",
            action="name mosquitto's configuration, as a user who may read it",
        )
        raise InputRefused([fault]) from error
    found = list(weaknesses(configuration_of(text), file, _text))
    if as_json:
        print_json({"safe": not found, "weaknesses": [asdict(each) for each in found]})
    else:
        _show(file, found)
    return Outcome.NO if found else Outcome.DONE


@broker.command("config")
def write_broker(
    *,
    registry: Annotated[
        Path,
        typer.Option(metavar="DIR", help="Folder of the registry.", show_default=False),
    ],
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Where the files go.", show_default=False)
    ],
    folder: Annotated[
        Path, typer.Option(metavar="DIR", help="Where mosquitto will find them.")
    ] = BROKER_FOLDER,
    certificate: Annotated[
        Path | None, typer.Option(metavar="PEM", help="Of the broker; by default in that folder.")
    ] = None,
    certificate_key: Annotated[
        Path | None, typer.Option(metavar="PEM", help="Its key; by default in that folder.")
    ] = None,
    port: Annotated[int, typer.Option(min=1, max=65535, metavar="N", help="With TLS.")] = 8883,
) -> None:
    """Write a safe configuration with an account for every device of a registry.

    Writes mosquitto.conf, accounts, rights, and passwords.csv, where the new passwords stand in the
    clear, once, to be brought to the devices. What is there already is never written over.
    """
    from time import time_ns

    from telemetry.broker_files.writing import BrokerPlace, broker_files, devices_of
    from telemetry.registry_files import read_registry

    devices = devices_of(read_registry(registry, now_ms=time_ns() // 1_000_000).registry)
    _refuse_odd(devices)
    place = BrokerPlace(
        folder=folder,
        certificate=certificate or folder / "broker.pem",
        key=certificate_key or folder / "broker.key",
        port=port,
    )
    _write(out, broker_files(devices, place))
    print(f"{out}: mosquitto.conf, accounts, rights and passwords.csv for {len(devices)} devices")


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _refuse_odd(devices: Sequence[str]) -> None:
    from optimizer.domain.errors import Fault, InputRefused

    action = "give the device an id without : + and #"
    faults = [
        Fault(
            code="CG-8532",
            place=f"device {name!r}",
            cause="no account can have this name",
            action=action,
        )
        for name in devices
        if NO_ACCOUNT & set(name)
    ]
    if faults:
        raise InputRefused(faults)


def _write(folder: Path, files: dict[str, str]) -> None:
    """Write files that only their owner may read; all of them or none."""
    from optimizer.domain.errors import Fault, InputRefused

    action = "name another folder with --out, or move the old files away"
    there = [folder / name for name in files if (folder / name).exists()]
    if there:
        raise InputRefused(
            [
                Fault(code="CG-8531", place=str(each), cause="it is there already", action=action)
                for each in there
            ]
        )
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        path = folder / name
        path.touch(mode=0o600, exist_ok=False)
        path.write_text(text, encoding="utf-8")


def _show(file: Path, found: Sequence[Weakness]) -> None:
    from rich.table import Table

    from api.cli.outcome import one_line
    from api.cli.terminal import console

    if not found:
        print(f"{file}: nothing unsafe was found")
        return
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for weakness in found:
        grid.add_row(weakness.place, one_line(f"{weakness.cause}. Mend: {weakness.mend}"))
    console().print(grid)
