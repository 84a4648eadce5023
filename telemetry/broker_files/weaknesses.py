"""What is unsafe in a broker's configuration: who gets in, what can be read, what gets lost."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from telemetry.broker_files.directives import Configuration, Directive, Listener
from telemetry.broker_files.rights import rights_of, unsafe_rights

MOST_AUTOSAVE_S = 30
"""A broker that is killed loses what came since it last saved; mosquitto's own is half an hour."""

OLD_TLS = ("tlsv1", "tlsv1.0", "tlsv1.1")
ACCOUNTS = ("password_file", "plugin", "auth_plugin", "use_identity_as_username")


@dataclass(frozen=True, slots=True)
class Weakness:
    """One thing that is unsafe.

    Parameters
    ----------
    place
        File and line; the file alone where a line is missing.
    cause, mend
        What is so, and the line to write instead.
    """

    place: str
    cause: str
    mend: str


def weaknesses(
    configuration: Configuration, file: Path, read: Callable[[Path], str]
) -> Iterator[Weakness]:
    """Look at a configuration and at the files that it names.

    Parameters
    ----------
    configuration
        What the file says.
    file
        Its path, for the places.
    read
        Gives the text of a file of rights; an ``OSError`` or ``ValueError`` is a weakness.
    """
    yield from _entrance(configuration, file)
    for listener in configuration.listeners:
        yield from _wire(configuration, listener, file)
    yield from _rights(configuration, file, read)
    yield from _keeping(configuration, file)
    for secret in ("password_file", "keyfile"):
        for directive in configuration.all_of(secret):
            yield from _secret(directive, file)
    for directive in configuration.all_of("include_dir"):
        cause = f"the files of {directive.value} are not looked at"
        yield Weakness(_at(file, directive), cause, "check each of them as well")


def _at(file: Path, directive: Directive | Listener | None) -> str:
    return file.name if directive is None else f"{file.name}:{directive.line}"


def _entrance(configuration: Configuration, file: Path) -> Iterator[Weakness]:
    for directive in configuration.all_of("allow_anonymous"):
        if directive.value == "true":
            cause = "whoever reaches the broker gets in without an account"
            yield Weakness(_at(file, directive), cause, "allow_anonymous false")
    if configuration.last(*ACCOUNTS) is None:
        cause = "nothing says who has an account"
        yield Weakness(file.name, cause, "password_file FILE, made by mosquitto_passwd")


def _wire(configuration: Configuration, listener: Listener, file: Path) -> Iterator[Weakness]:
    for directive in listener.said:
        if directive.name == "tls_version" and directive.value.lower() in OLD_TLS:
            cause = f"{directive.value} has been broken"
            yield Weakness(_at(file, directive), cause, "tls_version tlsv1.2")
    names = {directive.name for directive in listener.said}
    speaks_tls = {"certfile", "keyfile"} <= names or "psk_hint" in names
    if not speaks_tls and not listener.is_of_this_machine:
        where = listener.host or "every address"
        cause = f"passwords and readings go in the clear at {where} port {listener.port}"
        yield Weakness(_at(file, listener), cause, "certfile FILE and keyfile FILE under it")


def _rights(
    configuration: Configuration, file: Path, read: Callable[[Path], str]
) -> Iterator[Weakness]:
    named = configuration.all_of("acl_file")
    if not named and configuration.last("plugin", "auth_plugin") is None:
        cause = "every account may write every topic: a sensor can speak for another"
        yield Weakness(file.name, cause, "acl_file FILE, as deploy/broker/rights")
    for directive in named:
        path = Path(directive.value)
        try:
            rights = rights_of(read(path))
        except (OSError, ValueError) as error:
            cause = f"{path}: {_why(error)}"
            yield Weakness(_at(file, directive), cause, "name a file of text that can be read")
            continue
        for right, cause in unsafe_rights(rights):
            mend = "pattern write coldgrid/sensors/%u, and names of devices for accounts"
            yield Weakness(f"{path.name}:{right.line}", cause, mend)


def _keeping(configuration: Configuration, file: Path) -> Iterator[Weakness]:
    kept = configuration.last("persistence")
    if kept is None or kept.value != "true":
        cause = "what waits for the monitor is lost when the broker ends"
        yield Weakness(_at(file, kept), cause, "persistence true")
    saved = configuration.last("autosave_interval")
    seconds = int(saved.value) if saved is not None and saved.value.isdigit() else None
    if seconds is None or not 0 < seconds <= MOST_AUTOSAVE_S:
        cause = "a broker that is killed loses what came since it saved, half an hour of it or more"
        if seconds:
            cause = f"a broker that is killed loses what came in {seconds} s"
        yield Weakness(_at(file, saved), cause, "autosave_interval 5")
    for name in ("max_queued_messages", "max_queued_bytes"):
        directive = configuration.last(name)
        if name == "max_queued_bytes" and directive is None:
            continue
        if directive is None or directive.value != "0":
            cause = "readings beyond a bound are thrown away while the monitor is away"
            yield Weakness(_at(file, directive), cause, f"{name} 0")


def _why(error: OSError | ValueError) -> str:
    """Word why a file was not read; a ValueError is one of its name or of its letters."""
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)


def _secret(directive: Directive, file: Path) -> Iterator[Weakness]:
    path = Path(directive.value)
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        cause = f"{path}: {_why(error)}"
        yield Weakness(_at(file, directive), cause, "name a file that is there")
        return
    if mode & stat.S_IRWXO:
        cause = f"{path} is open to everybody ({stat.filemode(mode)})"
        yield Weakness(_at(file, directive), cause, f"chmod o= {path}")
