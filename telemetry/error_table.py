"""Error codes of telemetry with cause and action.

CG-80xx messages and registries, CG-81xx alarms and rule packs, CG-82xx the store,
CG-83xx brokers, CG-84xx calling people, CG-85xx traces and the virtual fleet.
"""

from __future__ import annotations

from optimizer.domain.errors import ErrorEntry

TELEMETRY_ERRORS: dict[str, ErrorEntry] = {
    "CG-8001": ErrorEntry(
        title="message rejected",
        cause="A message of a sensor became no reading: unknown, broken or impossible.",
        action="Look at what was kept aside; correct the sender, the topic table or the registry.",
    ),
    "CG-8201": ErrorEntry(
        title="telemetry store does not answer",
        cause="The database of the readings cannot be opened, is locked or has gone away.",
        action=(
            "Bring the database back. Nothing is lost: messages stay with the broker until they "
            "are stored."
        ),
    ),
    "CG-8301": ErrorEntry(
        title="broker refuses us",
        cause="The broker cannot be reached, or does not take user, password or certificate.",
        action="Check address, port and credentials of the broker in the settings.",
    ),
}
