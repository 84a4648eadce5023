"""What stands in the way of serving: every check looks at one thing and says how to mend it.

Reading order: here the words and the order of the checks, then ``doctor_machine``,
``doctor_database`` and ``doctor_watching``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from api.services import doctor_database, doctor_machine, doctor_watching
from api.services.doctor_words import Finding, failed, fine, warned
from api.settings import Settings, load_settings, unknown_variables
from optimizer.domain.errors import InputRefused

SQLITE = "sqlite:///"


def examine(environment: Mapping[str, str], now: datetime, checkout: Path) -> Iterator[Finding]:
    """Look at everything, also where something before it is wrong.

    Parameters
    ----------
    environment
        Variables, among which the settings are.
    now
        The current instant.
    checkout
        Where ``requirements.lock`` lies, if coldgrid runs from its checkout.
    """
    yield doctor_machine.python()
    yield from doctor_machine.packages(checkout / "requirements.lock")
    yield doctor_machine.clock(now, checkout)
    yield from _unknown(environment)
    try:
        settings = load_settings()
    except InputRefused as refused:
        for fault in refused.faults:
            yield failed("settings", f"{fault.place}: {fault.cause}", fault.action)
        return
    yield fine("settings", "every variable can be read")
    yield from _of_settings(settings, now)


def _of_settings(settings: Settings, now: datetime) -> Iterator[Finding]:
    yield from doctor_database.examine(settings)
    yield from doctor_watching.examine(settings, now)
    yield from doctor_machine.secret_files(_secret_files(settings))
    yield doctor_machine.port(settings.host, settings.port)
    yield doctor_machine.travel_folder(settings.travel_folder)
    yield doctor_machine.cjk_font(settings.font)
    yield doctor_machine.cores(settings.running_jobs, settings.job_workers)


def _secret_files(settings: Settings) -> dict[str, Path]:
    """Give the files whose readers could act as somebody else: keys, and accounts with theirs."""
    files = {} if settings.broker_key is None else {"the broker's key": settings.broker_key}
    for name, address in (("database", settings.database), ("telemetry", settings.telemetry)):
        if address.startswith(SQLITE):
            files[f"the {name}"] = Path(address.removeprefix(SQLITE))
    return files


def _unknown(environment: Mapping[str, str]) -> Iterator[Finding]:
    for name, meant in unknown_variables(environment).items():
        mend = f"Did you mean {meant}?" if meant else "Remove it; docs/operator.md lists them all."
        yield warned("settings", f"{name} is no setting of coldgrid and changes nothing", mend)
