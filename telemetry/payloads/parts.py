"""Gathers the good and the bad parts of one message."""

from __future__ import annotations

from msgspec import Struct

from telemetry.errors import MessageRejected
from telemetry.payloads.dialect import Decoded
from telemetry.payloads.values import value_of
from telemetry.readings import Channel, Measurement, Reason

LARGEST_SEQUENCE = 2**63 - 1


class Origin(Struct, frozen=True):
    """Who measured, and when."""

    sensor: str
    at_ms: int | None = None
    sequence: int | None = None
    historical: bool = False

    def of(self, probe: str) -> Origin:
        """Name a probe of the same sensor."""
        if not probe:
            return self
        return Origin(f"{self.sensor}/{probe}", self.at_ms, self.sequence, self.historical)


class Parts:
    """What is understood of a message so far, and what is not."""

    __slots__ = ("measurements", "rejected")

    def __init__(self) -> None:
        self.measurements: list[Measurement] = []
        self.rejected: list[MessageRejected] = []

    def take(
        self, channel: Channel, raw: object, origin: Origin, *, fahrenheit: bool = False
    ) -> None:
        """Take the value of a channel, or put it with the rejected parts."""
        try:
            value = value_of(channel, raw, fahrenheit=fahrenheit)
        except MessageRejected as rejected:
            self.rejected.append(rejected)
            return
        self.measurements.append(
            Measurement(
                origin.sensor, channel, value, origin.at_ms, origin.sequence, origin.historical
            )
        )

    def refuse(self, reason: Reason, detail: str) -> None:
        """Put a part with the rejected ones."""
        self.rejected.append(MessageRejected(reason, detail))

    def sequence(self, raw: object) -> int | None:
        """Read a sender's count; one that is none is rejected, the values beside it are not."""
        if raw is None:
            return None
        whole = int(raw) if isinstance(raw, float) and raw.is_integer() else raw
        if isinstance(whole, bool) or not isinstance(whole, int):
            self.refuse(Reason.MALFORMED, "the sequence is no whole number")
            return None
        if not 0 <= whole <= LARGEST_SEQUENCE:
            self.refuse(Reason.MALFORMED, "the sequence is negative or too large")
            return None
        return whole

    def decoded(self, missing: str) -> Decoded:
        """Give what became of the message.

        Parameters
        ----------
        missing
            What to say where there was neither a good nor a bad part.

        Raises
        ------
        MessageRejected
            There was no good part; of several bad ones the first.
        """
        if self.measurements:
            return Decoded(tuple(self.measurements), tuple(self.rejected))
        if self.rejected:
            raise self.rejected[0]
        raise MessageRejected(Reason.MISSING_FIELD, missing)
