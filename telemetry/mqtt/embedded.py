"""The broker that ``iotcore`` brings, for a demonstration where no mosquitto is installed.

Its queue is a ring in memory: it drops the oldest without a word and ends with the process. Never
use it where a reading matters.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from telemetry.errors import BrokerUnavailable

REMARK = (
    "embedded broker, for demonstration only: its queue lies in memory and drops the oldest "
    "messages; install mosquitto to lose nothing"
)

LARGEST_PAYLOAD = 1_048_576
"""Its own limit of 20 kB is less than a gateway's batch."""


def start_embedded(host: str, port: int) -> tuple[str, Callable[[], None]]:
    """Start it in a child process; give what to say about it, and how to stop it.

    Raises
    ------
    BrokerUnavailable
        It is not installed, or does not come up.
    """
    try:
        library: Any = importlib.import_module("iotcore")
    except ImportError as error:
        raise BrokerUnavailable(
            "CG-8304", "neither mosquitto nor the embedded broker is installed"
        ) from error
    # Unless told it listens to the whole network, and asks nobody who he is.
    broker = library.Broker(port=port, listen=host, max_payload_size=LARGEST_PAYLOAD)
    try:
        broker.start()
    except (OSError, RuntimeError) as error:
        raise BrokerUnavailable(
            "CG-8304", f"the embedded broker does not start: {error}"
        ) from error
    return REMARK, broker.stop
