"""The words of telemetry: messages, measurements and readings.

Instants are integer milliseconds since 1970-01-01 UTC, in names that end in ``_ms``; values are
degrees Celsius, percent, degrees of arc, or one of the numbers below. Whatever is made thousands of
times a second is a frozen ``msgspec.Struct``: several times cheaper than a dataclass, and it can be
stored as it is.
"""

from __future__ import annotations

from enum import Enum, IntEnum, IntFlag

from msgspec import Struct


class Channel(IntEnum):
    """What a sensor measures; the numbers are stored and never change."""

    TEMPERATURE = 1
    """Air temperature, °C."""
    HUMIDITY = 2
    """Relative humidity, %."""
    DOOR = 3
    """1 open, 0 closed."""
    SETPOINT = 4
    """What the refrigeration unit is asked for, °C."""
    MODE = 5
    """What the refrigeration unit does: a ``Mode``."""
    LATITUDE = 6
    """Degrees north."""
    LONGITUDE = 7
    """Degrees east."""
    BATTERY = 8
    """Charge of the sensor, %."""


class Mode(IntEnum):
    """What a refrigeration unit does."""

    OFF = 0
    COOLING = 1
    HEATING = 2
    DEFROST = 3


PLAUSIBLE: dict[Channel, tuple[float, float]] = {
    Channel.TEMPERATURE: (-100.0, 100.0),
    Channel.HUMIDITY: (0.0, 100.0),
    Channel.DOOR: (0.0, 1.0),
    Channel.SETPOINT: (-60.0, 40.0),
    Channel.MODE: (0.0, 3.0),
    Channel.LATITUDE: (-90.0, 90.0),
    Channel.LONGITUDE: (-180.0, 180.0),
    Channel.BATTERY: (0.0, 100.0),
}
"""What a channel can say at all; a value outside is a broken message, not a temperature."""


class Mark(IntFlag):
    """What is special about a reading; the numbers are stored and never change."""

    NONE = 0
    CLOCK_SKEW = 1
    """The device's clock was ahead; the reading is judged by its arrival."""
    NO_CLOCK = 2
    """The message named no time; the reading is judged by its arrival."""
    LATE = 4
    """A newer reading of this sensor had been judged; history was evaluated anew."""
    HISTORICAL = 8
    """The device said itself that it sends something old."""


class Reason(Enum):
    """Why a message, or a part of it, became no reading."""

    UNKNOWN_TOPIC = "unknown_topic"
    TOO_LARGE = "too_large"
    MALFORMED = "malformed"
    MISSING_FIELD = "missing_field"
    NOT_A_NUMBER = "not_a_number"
    IMPLAUSIBLE = "implausible"
    BAD_TIME = "bad_time"
    UNKNOWN_ALIAS = "unknown_alias"
    RETAINED = "retained"
    UNKNOWN_SENSOR = "unknown_sensor"
    DUPLICATE = "duplicate"
    SEQUENCE_GAP = "sequence_gap"
    """Counted beside readings that were taken: messages before them never came."""


class Message(Struct, frozen=True, gc=False):
    """What the broker delivered.

    Parameters
    ----------
    topic
        Full topic.
    payload
        Bytes as they came.
    arrived_ms
        When this process took it from the socket.
    retained
        Whether the broker had kept it for whoever subscribes.
    ticket
        What the consumer needs to acknowledge it; nothing to anybody else.
    """

    topic: str
    payload: bytes
    arrived_ms: int
    retained: bool = False
    ticket: int = 0


class Measurement(Struct, frozen=True, gc=False):
    """What a decoder understood of a message.

    Parameters
    ----------
    sensor
        The sender as the registry knows it: device, and ``/probe`` where a device has several.
    channel, value
        What was measured.
    at_ms
        The device's time; None where the message has none.
    sequence
        The device's count of its messages; None where it does not count.
    historical
        Whether the device says that this is old.
    """

    sensor: str
    channel: Channel
    value: float
    at_ms: int | None = None
    sequence: int | None = None
    historical: bool = False


NO_SEQUENCE = -1


class Reading(Struct, frozen=True, gc=False):
    """A measurement that was taken, as it is stored.

    Sensor, channel, ``at_ms``, sequence and value together are the key: a redelivery is the same
    reading, and two values with one stamp (a clock set back) are two.

    Parameters
    ----------
    value
        As measured; the registry's offset is added where it is judged, so that a calibration can
        be corrected afterwards.
    at_ms
        When it is judged to have been: the device's time, or its arrival (see ``Mark``).
    """

    sensor: str
    channel: Channel
    at_ms: int
    sequence: int
    value: float
    arrived_ms: int
    marks: Mark = Mark.NONE


class Aside(Struct, frozen=True, gc=False):
    """A message that became no reading, kept with its bytes until somebody has looked.

    Parameters
    ----------
    detail
        In words: which part, what was expected.
    """

    reason: Reason
    detail: str
    topic: str
    payload: bytes
    arrived_ms: int
