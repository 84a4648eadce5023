"""Disruptions and reservations come back from JSON as they were."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from api.reroutes.asking import (
    event_document,
    event_from,
    reservation_document,
    reservation_from,
    subject_of,
)
from optimizer.domain.problem import HORIZON_S
from optimizer.domain.temperature import Zone
from optimizer.response.words import BreachTimes, Disruption, Reservation, Severity
from tests.stored_plan import city_plan

HORIZON = city_plan()[0].horizon
moments = st.integers(0, HORIZON_S)
degrees = st.none() | st.floats(-60, 60)
breaches = st.none() | st.lists(moments, min_size=3, max_size=3).map(
    lambda three: BreachTimes(**dict(zip(("p10", "p50", "p90"), sorted(three), strict=True)))
)
breaks = st.builds(
    Disruption,
    vehicle=st.text(min_size=1, max_size=5),
    zone=st.sampled_from(Zone),
    at=moments,
    product_c=degrees,
    product_sd_c=st.floats(0, 5),
    air_c=degrees,
    breach=breaches,
    cooling_w=st.floats(0, 5000),
    ambient_c=degrees,
    severity=st.sampled_from(Severity),
    lat=degrees,
    lon=degrees,
)


@settings(max_examples=50)
@given(event=breaks)
def test_a_break_comes_back_as_it_was(event: Disruption) -> None:
    document = json.loads(json.dumps(event_document(event, HORIZON)))
    assert document["kind"] == subject_of(event).kind == "compartment"
    assert event_from(document, HORIZON) == event


def test_what_is_reserved_comes_back_as_it_was() -> None:
    one = Reservation(site="S1", zone=Zone.CHILLED, volume_ml=7, starts=42_000, ends=42_600)
    document = json.loads(json.dumps(reservation_document(one, HORIZON)))
    assert document["starts"] == "2026-07-15T07:40:00+08:00"
    assert reservation_from(document, HORIZON) == one
