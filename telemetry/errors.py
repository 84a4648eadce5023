"""What can go wrong in telemetry, as one tree; the codes stand in ``error_table``.

ColdgridError (``optimizer.domain.errors``)
├── InputRefused        a registry, rule pack, roster or trace with faults
├── StoreUnavailable    the store does not answer; what was to be written is kept and tried again
├── BrokerUnavailable   the broker refuses us for good: password, certificate, rights
├── CommandRefused      what was asked of the monitor cannot be done
└── MessageRejected     a message, or a part of it, that becomes no reading
"""

from __future__ import annotations

from optimizer.domain.errors import ColdgridError
from telemetry.readings import Reason


class StoreUnavailable(ColdgridError):
    """The store does not answer."""


class BrokerUnavailable(ColdgridError):
    """The broker cannot be had."""


class CommandRefused(ColdgridError):
    """A command that cannot be carried out as things are."""


class MessageRejected(ColdgridError):
    """A message that becomes no reading; the only thing that leaves a decoder besides readings.

    Parameters
    ----------
    reason
        What it is counted under.
    detail
        In words: which part of the message, what was expected.
    """

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__("CG-8001", f"{reason.value}: {detail}")
        self.reason = reason
        self.detail = detail

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle reason and detail."""
        return type(self), (self.reason, self.detail)
