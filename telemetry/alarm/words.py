"""The words of alarms: kinds, severities, the alarm itself and what happens to it.

Names follow ISA-18.2 and OPC UA Part 9: on-delay, off-delay, deadband, re-alarm, acknowledge,
shelve, escalate.
"""

from __future__ import annotations

from enum import Enum, IntEnum
from hashlib import blake2b

from msgspec import Struct


class AlarmKind(Enum):
    """What is wrong; one point has at most one open alarm of a kind."""

    HIGH = "high"
    LOW = "low"
    CUMULATIVE = "cumulative"
    MKT = "mkt"
    STALE = "stale"
    SENSOR_FAULT = "sensor_fault"
    NO_COOLING = "no_cooling"
    PREDICTED = "predicted"
    NOT_PRECOOLED = "not_precooled"


class Severity(IntEnum):
    """How urgent it is; larger is worse."""

    INFO = 1
    WARNING = 2
    CRITICAL = 3

    @property
    def word(self) -> str:
        """Name it as it is written."""
        return self.name.lower()


def alarm_id(point: str, kind: AlarmKind, began_ms: int) -> str:
    """Name an alarm by what it is about and when that began: judged again it has the same name."""
    digest = blake2b(f"{point}\n{began_ms}".encode(), digest_size=8).hexdigest()
    return f"{kind.value}-{digest}"


class EventKind(Enum):
    """What can happen to an alarm."""

    RAISED = "raised"
    WORSENED = "worsened"
    EASED = "eased"
    CLEARED = "cleared"
    RE_ALARMED = "re_alarmed"
    ESCALATED = "escalated"
    ACKNOWLEDGED = "acknowledged"
    SHELVED = "shelved"
    UNSHELVED = "unshelved"
    COMMENTED = "commented"
    CLOSED = "closed"


FORESEEN_KINDS = frozenset({AlarmKind.NO_COOLING, AlarmKind.PREDICTED})
"""What the estimate raises, and no limit."""

CAPACITY = "capacity_lost"
"""The rule of a notice that a unit runs nearly all of the time, while it is cold enough yet."""


class Alarm(Struct, frozen=True, kw_only=True):
    """One alarm as it stands.

    Parameters
    ----------
    id
        The same whenever the same readings are judged again.
    point
        The compartment, room or gateway that it is about.
    kind, severity
        What, and how urgent: the worst severity whose delay has ended while it was open.
    rule
        Rule pack, its version and the rule that raised it: ``frozen/1:warn_high``.
    began_ms
        First sample outside the limit.
    raised_ms
        When the delay ended.
    value_c, peak_c
        The value that was judged when it was raised, and the worst since it began. °C; for other
        than temperature rules the figure that the rule limits (minutes, degrees of difference).
    limit_c
        What it was held against, in the same unit.
    cleared_ms, acknowledged_ms, escalated_ms, closed_ms
        None while that has not happened.
    shelved_until_ms
        While shelved, when that ends.
    incident
        What it belongs to: an id shared by alarms of one cause, else its own.
    late
        Whether it was found in readings that came late, when the air was back in its band.
    unshelved_ms
        When its last shelving ended; its delays run from there.
    found_ms
        When it was found, where it is late, or when it was a notice no more; nobody was called
        before.
    """

    id: str
    point: str
    kind: AlarmKind
    severity: Severity
    rule: str
    began_ms: int
    raised_ms: int
    value_c: float
    peak_c: float
    limit_c: float
    incident: str
    cleared_ms: int | None = None
    acknowledged_ms: int | None = None
    acknowledged_by: str | None = None
    re_alarmed_ms: int | None = None
    escalated_ms: int | None = None
    shelved_until_ms: int | None = None
    shelved_by: str | None = None
    closed_ms: int | None = None
    closed_by: str | None = None
    late: bool = False
    unshelved_ms: int | None = None
    found_ms: int | None = None

    @property
    def is_active(self) -> bool:
        """Say whether what it warns of still holds."""
        return self.cleared_ms is None and self.closed_ms is None

    @property
    def is_open(self) -> bool:
        """Say whether somebody still has to see to it: active, or nobody has acknowledged it.

        What was only foreseen, called nobody, and is over, needs nobody.
        """
        if self.closed_ms is not None:
            return False
        if self.cleared_ms is None:
            return True
        is_notice = self.severity is Severity.INFO and self.kind in FORESEEN_KINDS
        return self.acknowledged_ms is None and not is_notice

    @property
    def is_of_capacity(self) -> bool:
        """Say whether its unit runs nearly all of the time, while it is cold enough yet."""
        return self.kind is AlarmKind.NO_COOLING and self.rule.rpartition(":")[2] == CAPACITY


class AlarmEvent(Struct, frozen=True, kw_only=True):
    """Something that happened to an alarm.

    Parameters
    ----------
    alarm
        The alarm after it.
    at_ms
        When it happened by the clock of what was judged; a deadline, not the tick that saw it.
    by
        Who did it; None where the rules did.
    comment
        What that person wrote.
    command
        Number of the command that asked for it.
    """

    kind: EventKind
    alarm: Alarm
    at_ms: int
    by: str | None = None
    comment: str | None = None
    command: int | None = None


class Excursion(Struct, frozen=True, kw_only=True):
    """A stay of one point outside its product band: a fact, whatever the alarms made of it.

    Parameters
    ----------
    from_ms, to_ms
        First sample outside, first sample inside again; None while it lasts.
    kind
        ``high`` or ``low``.
    peak_c
        The worst value.
    minutes, unknown_minutes
        How long it lasted so far, and how much of that lies in gaps longer than three intervals.
    defrost
        Whether it was a defrost of the learned kind.
    """

    point: str
    from_ms: int
    to_ms: int | None
    kind: str
    peak_c: float
    mean_c: float
    low_c: float
    deviation_c: float
    samples: int
    minutes: float
    unknown_minutes: float
    defrost: bool = False


class CommandKind(Enum):
    """What a person, or a plan, can ask of the monitor."""

    ACKNOWLEDGE = "acknowledge"
    SHELVE = "shelve"
    UNSHELVE = "unshelve"
    COMMENT = "comment"
    CLOSE = "close"
    ARM = "arm"
    DISARM = "disarm"
    PRECOOL = "precool"
    WASH = "wash"
    OUT_OF_SERVICE = "out_of_service"


class Command(Struct, frozen=True, kw_only=True):
    """Something asked of the monitor, in the order of its number.

    Parameters
    ----------
    number
        Given by the store; 0 before.
    target
        Alarm id for the first five kinds, point id for the others.
    by
        Who asks: a name of a person, or ``plan:ID``.
    comment
        Needed to close by force.
    until_ms
        When a shelving or a state of a point ends; a point armed without an end stays armed.
    """

    kind: CommandKind
    target: str
    by: str
    asked_ms: int
    comment: str | None = None
    until_ms: int | None = None
    number: int = 0
