"""Numbers of sensors: a name stands once in the store, its number in every reading."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from threading import Lock

from sqlalchemy import Connection, select

from telemetry.storage.tables import sensors
from telemetry.storage.upserts import put_new


class SensorNumbers:
    """What is known of sensors' numbers; they never change once they are committed."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.numbers: dict[str, int] = {}
        self.names: dict[int, str] = {}

    def learn(self, numbers: Mapping[str, int]) -> None:
        """Take up numbers that are committed."""
        with self._lock:
            for name, number in numbers.items():
                self.numbers[name] = number
                self.names[number] = name

    def find(self, tx: Connection, names: Iterable[str]) -> dict[str, int]:
        """Give the numbers of those sensors that are known to the store.

        Parameters
        ----------
        tx, names
            What it adds itself must not be learned before it is committed: see ``learn``.
        """
        wanted = list(dict.fromkeys(names))
        missing = [name for name in wanted if name not in self.numbers]
        found = {name: self.numbers[name] for name in wanted if name in self.numbers}
        if missing:
            found.update(stored_numbers(tx, missing))
        return found

    def every_name(self, tx: Connection, numbers: AbstractSet[int]) -> Mapping[int, str]:
        """Name sensors, others too; the transaction is one that only reads."""
        if not numbers <= self.names.keys():
            found = tx.exec_driver_sql(f"SELECT name, id FROM {sensors.name}")
            self.learn({row[0]: row[1] for row in found})
        return self.names


def stored_numbers(tx: Connection, names: Sequence[str]) -> dict[str, int]:
    """Look numbers up."""
    found: dict[str, int] = {}
    for start in range(0, len(names), 500):
        part = names[start : start + 500]
        rows = tx.execute(select(sensors.c.name, sensors.c.id).where(sensors.c.name.in_(part)))
        found.update((row.name, row.id) for row in rows)
    return found


def add_sensors(tx: Connection, names: Iterable[str]) -> dict[str, int]:
    """Give numbers to sensors that have none; tell those of all that are named."""
    # In order: two ingesters that meet the same new sensors must not wait for each other.
    ordered = sorted(set(names))
    found = stored_numbers(tx, ordered)
    new = [{"name": name} for name in ordered if name not in found]
    if new:
        put_new(tx, sensors, new)
        found.update(stored_numbers(tx, [row["name"] for row in new]))
    return found
