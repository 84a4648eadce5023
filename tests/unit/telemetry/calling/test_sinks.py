"""A failed delivery has a code that people find in the table, and travels between processes."""

from __future__ import annotations

import pickle

from telemetry.calling.sinks import DeliveryFailed
from telemetry.error_table import TELEMETRY_ERRORS


def test_a_failed_delivery_is_explained_in_the_table() -> None:
    assert DeliveryFailed("no answer").code in TELEMETRY_ERRORS


def test_a_failed_delivery_keeps_its_reason_when_it_is_pickled() -> None:
    again = pickle.loads(pickle.dumps(DeliveryFailed("no answer")))
    assert (again.code, str(again)) == ("CG-8420", "no answer")
