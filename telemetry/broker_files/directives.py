"""What a configuration of mosquitto says, line by line (mosquitto.conf(5))."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address

LOCAL = "localhost"


@dataclass(frozen=True, slots=True)
class Directive:
    """One line that sets something.

    Parameters
    ----------
    line
        Its number, from 1.
    """

    line: int
    name: str
    value: str


@dataclass(slots=True)
class Listener:
    """An address that the broker listens at, and what is said of it alone.

    Parameters
    ----------
    line
        Where it begins.
    port, host
        As they are written; no host is every address of the machine.
    said
        Directives up to the next listener.
    """

    line: int
    port: str
    host: str
    said: list[Directive] = field(default_factory=list)

    @property
    def is_of_this_machine(self) -> bool:
        """Say whether nobody else can reach it: loopback, or a socket file."""
        if self.port == "0" or self.host == LOCAL:
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False


@dataclass(frozen=True, slots=True)
class Configuration:
    """A whole file.

    Parameters
    ----------
    said
        All directives but those that open a listener, in their order.
    listeners
        In their order; none is mosquitto's own: this machine alone, in the clear.
    """

    said: Sequence[Directive]
    listeners: Sequence[Listener]

    def last(self, *names: str) -> Directive | None:
        """Give what is said last under one of some names."""
        return next((each for each in reversed(self.said) if each.name in names), None)

    def all_of(self, name: str) -> list[Directive]:
        """Give everything that is said under a name."""
        return [each for each in self.said if each.name == name]


def configuration_of(text: str) -> Configuration:
    """Read a configuration; what mosquitto does not know is kept as it stands.

    Parameters
    ----------
    text
        The file.
    """
    said: list[Directive] = []
    listeners: list[Listener] = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.strip()
        if not words or words.startswith("#"):
            continue
        name, _, value = words.partition(" ")
        value = value.strip()
        if name in {"listener", "port"}:
            port, _, host = value.partition(" ")
            listeners.append(Listener(number, port, host.strip()))
            continue
        directive = Directive(number, name, value)
        said.append(directive)
        if listeners:
            listeners[-1].said.append(directive)
    return Configuration(said, listeners)
