"""Whatever phones send, in whatever order: states agree, and no line exceeds what was planned."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from api.road.forecast import with_outlook
from api.road.rules import objections
from api.road.tasks import custody
from api.road.words import MOVES_GOODS, Event, Kind, Piece, Report
from optimizer.domain.ids import LineKey
from optimizer.domain.temperature import Zone
from tests.builders import HOUR
from tests.road_cases import Teller, instant

TELLER = Teller()
STOPS = [TELLER.stops["V1-1", site] for site in ("P1", "P2", "P3")]
KEYS = [LineKey("A", "1"), LineKey("A", "2"), LineKey("B", "1"), LineKey("D", "1")]

pieces = st.builds(Piece, key=st.sampled_from(KEYS), mass_g=st.integers(1, 25_000))
reports = st.builds(
    Report,
    pieces=st.lists(pieces, min_size=1, max_size=3).map(tuple),
    product_c=st.dictionaries(st.sampled_from(Zone), st.integers(-30, 30).map(float), max_size=2),
    inspected=st.booleans(),
    crates=st.integers(0, 5),
    order=st.sampled_from(["A", "B", "D"]),
)


@st.composite
def events(draw: st.DrawFn) -> list[Event]:
    """Draw events with few different times, so that many happen at once."""
    drawn = []
    for i in range(draw(st.integers(0, 12))):
        kind = draw(st.sampled_from(Kind))
        said = draw(reports)
        if kind not in MOVES_GOODS:
            said = replace(said, pieces=())
        if kind is not Kind.HANDED_OVER:
            said = replace(said, product_c={})
        at = instant(TELLER.problem, 10 * HOUR + draw(st.integers(0, 4)) * 600)
        drawn.append(
            Event(
                number=i + 1,
                id=f"event-{i:04}",
                plan="plan-1",
                stop=draw(st.sampled_from(STOPS)),
                vehicle="V1",
                kind=kind,
                at=at,
                report=said,
                received_at=at + timedelta(seconds=i),
                received_from="user:driver",
            )
        )
    return drawn


@given(told=events(), data=st.data())
def test_any_order_of_arrival_gives_the_same_state(told: list[Event], data: st.DataObject) -> None:
    shuffled = [
        replace(event, number=i + 1) for i, event in enumerate(data.draw(st.permutations(told)))
    ]
    # Only the number that the store gives may differ in what was reported last.
    one, other = TELLER.day(told), TELLER.day(shuffled)
    for stop in STOPS:
        mine, theirs = one.visits[stop].progress, other.visits[stop].progress
        assert (mine.last and mine.last.id) == (theirs.last and theirs.last.id)
        assert [e.id for e in mine.returns] == [e.id for e in theirs.returns]
        bare = {"last": None, "returns": ()}
        assert replace(mine, **bare) == replace(theirs, **bare)  # type: ignore[arg-type]


@given(told=events())
def test_what_is_accepted_never_exceeds_what_was_planned(told: list[Event]) -> None:
    accepted: list[Event] = []
    for event in told:
        progress = TELLER.day(accepted).visits[event.stop].progress
        if not list(objections(event, progress, TELLER.problem.lines)):
            accepted.append(event)
    for visit in TELLER.day(accepted).visits.values():
        for line in visit.progress.lines.values():
            assert 0 <= line.rest_g <= line.planned_g


@given(told=events())
def test_a_refused_event_would_have_broken_a_rule(told: list[Event]) -> None:
    """Quantities are refused for being too much, never for being little."""
    for event in told:
        progress = TELLER.day().visits[event.stop].progress
        found = {one.code for one in objections(event, progress, TELLER.problem.lines)}
        if "CG-7304" in found:
            asked: dict[LineKey, int] = {}
            for piece in event.report.pieces:
                asked[piece.key] = asked.get(piece.key, 0) + piece.mass_g
            lines = progress.lines
            assert any(asked[key] > lines[key].planned_g for key in asked if key in lines)


@given(told=events(), moment=st.integers(0, 20 * HOUR))
def test_what_is_expected_lies_ahead_and_in_driving_order(told: list[Event], moment: int) -> None:
    now = instant(TELLER.problem, moment)
    day = with_outlook(TELLER.day(told), now)
    ahead = [visit for visit in day.route_visits("V1-1") if visit.expected_at is not None]
    times = [visit.expected_at for visit in ahead if visit.expected_at is not None]
    assert times == sorted(times)
    for visit in ahead:
        assert not visit.progress.is_touched
        assert visit.expected_at is not None
        assert visit.earliest_at is not None
        assert visit.latest_at is not None
        assert visit.earliest_at <= visit.expected_at <= visit.latest_at
        assert visit.earliest_at >= now.replace(microsecond=0) - timedelta(seconds=1)


@given(told=events())
def test_nothing_waits_that_was_collected(told: list[Event]) -> None:
    for visit in TELLER.day(told).visits.values():
        for one in custody(visit, TELLER.problem.lines):
            lines = [line for key, line in visit.progress.lines.items() if key.order == one.order]
            if one.waits_since is not None:
                assert all(line.collected_at is None for line in lines)
                assert any(line.handed_at == one.waits_since for line in lines)
