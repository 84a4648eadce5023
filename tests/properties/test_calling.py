"""Whatever fails, and in whatever order: each piece of news is confirmed once by each receiver."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry.alarm.words import AlarmEvent, EventKind
from telemetry.calling.alert import decoded
from telemetry.calling.digest import caller_on
from telemetry.calling.outbox import Dispatcher
from telemetry.calling.patience import Patience
from telemetry.calling.roster import Receiver, Roster, Team
from telemetry.calling.sinks import DeliveryFailed
from telemetry.ports import CallState
from tests.receivers import Clock, MemoryOutbox
from tests.telemetry_cases import an_alarm

ROSTER = Roster(
    receivers={name: Receiver(name=name, mail=f"{name}@example.org") for name in ("li", "wu")},
    teams=(Team(name="all", tell=("li", "wu")),),
)
News = tuple[str, str, int]


class FlakySink:
    """Confirms as long as nothing else is drawn; some failures come after the message arrived."""

    def __init__(self, script: list[str]) -> None:
        self._script = script
        self.confirmed: Counter[str] = Counter()
        self.news: Counter[tuple[str, News]] = Counter()
        self.bodies: dict[str, set[bytes]] = {}

    def send(self, receiver: str, call_id: str, body: bytes) -> None:
        self.bodies.setdefault(call_id, set()).add(body)
        if self._script and self._script.pop() == "fails":
            raise DeliveryFailed("drawn")
        self.confirmed[call_id] += 1
        for one in decoded(body).news:
            self.news[receiver, (one.alarm, one.event, one.at_ms)] += 1


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("event"), st.sampled_from(["a", "b"]), st.sampled_from(
            [EventKind.RAISED, EventKind.WORSENED, EventKind.RE_ALARMED]
        )),
        st.tuples(st.just("passes"), st.integers(1, 300)),
        st.tuples(st.just("restarts")),
    ),
    max_size=25,
)  # fmt: skip


@settings(max_examples=60)
@given(steps=STEPS, script=st.lists(st.sampled_from(["fails", "works"]), max_size=30))
def test_each_piece_of_news_is_confirmed_once_by_each_receiver(
    steps: list[tuple[object, ...]], script: list[str]
) -> None:
    clock, outbox, sink = Clock(), MemoryOutbox(), FlakySink(script)
    caller = caller_on(outbox, ROSTER, {}, clock)
    wanted: set[News] = set()

    def run(seconds: int, dispatcher: Dispatcher) -> None:
        clock.pass_s(seconds)
        dispatcher.run_once()

    def started() -> Dispatcher:
        return Dispatcher(outbox, {"mail": sink}, clock, patience=Patience(most_s=120))

    dispatcher = started()
    for number, step in enumerate(steps):
        if step[0] == "event" and isinstance(step[2], EventKind):
            alarm = an_alarm(id=f"{step[1]}-{number}", incident=str(step[1]))
            event = AlarmEvent(kind=step[2], alarm=alarm, at_ms=clock() + number)
            wanted.add((alarm.id, event.kind.value, event.at_ms))
            outbox.add(*caller([event]))
        elif step[0] == "passes" and isinstance(step[1], int):
            run(step[1], dispatcher)
        else:
            dispatcher.stop()
            dispatcher = started()
    for _ in range(60):
        run(200, dispatcher)
    dispatcher.stop()
    assert sink.news == Counter({(name, one): 1 for name in ROSTER.receivers for one in wanted})
    assert set(sink.confirmed.values()) <= {1}
    assert all(len(bodies) == 1 for bodies in sink.bodies.values())
    assert {call.state for call in outbox.calls(limit=1000)} <= {
        CallState.DELIVERED,
        CallState.MERGED,
    }
