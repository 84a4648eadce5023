"""Any run of steps, pins, versions, undos and late-comers leaves a plan as its rules say."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import cache
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from api.life.etags import etag
from api.life.states import FROM_TO, State, Step
from api.problem_details import Refusal
from api.security.principal import LOCAL
from api.services.plan_book import PlanBook
from api.services.plan_changing import PlanChanging, version_of
from api.services.plan_life import PlanLife
from api.storage import plan_changes, plans
from api.storage.database import Database
from api.storage.plans import PlanHead
from optimizer.formats.plan_json import dump_plan
from tests.database_files import fresh_database
from tests.serving import StandingClock
from tests.stored_plan import PLAN, store

steps = st.sampled_from(Step)
late = st.booleans()
"""Whether the request names a revision that is not the plan's any more."""


@cache
def _with_one_plan() -> bytes:
    """Make a database with one draft; its file is the beginning of every example."""
    with tempfile.TemporaryDirectory() as folder:
        with closing(Database(fresh_database(Path(folder) / "life.db"))) as database:
            store(database)
        return (Path(folder) / "life.db").read_bytes()


class LifeOfAPlan(RuleBasedStateMachine):
    """The service against a model: a state, a revision, and a pile of contents."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        (self.folder / "life.db").write_bytes(_with_one_plan())
        self.database = Database(f"sqlite:///{self.folder}/life.db")
        book = PlanBook(self.database)
        self.changing = PlanChanging(self.database, book, clock=StandingClock(), frozen_minutes=0)
        self.life = PlanLife(self.changing)
        self.state = State.DRAFT
        self.revision = 1
        self.contents = [1]
        self.seed = 1

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.database.close()
            shutil.rmtree(self.folder)

    @rule(step=steps, stale=late)
    def step_on(self, step: Step, stale: bool) -> None:
        source, target = FROM_TO[step]
        head = self.asked(
            lambda tag: self.life.step(
                PLAN, step, if_match=tag, note="", acceptance=None, caller=LOCAL
            ),
            stale,
            legal=self.state is source,
        )
        if head is not None:
            self.state = target

    @rule(vehicle=st.sampled_from(["V1", "V2"]), stale=late)
    def pin(self, vehicle: str, stale: bool) -> None:
        pins = {"N101/1": vehicle} if self.state is State.DRAFT else {}
        self.asked(
            lambda tag: self.life.pin(
                PLAN, if_match=tag, pins=pins, locks=[], note="", caller=LOCAL
            ),
            stale,
            legal=self.state is not State.CLOSED,
        )

    @rule(stale=late)
    def make_a_version(self, stale: bool) -> None:
        self.seed += 1

        def make(tag: str) -> PlanHead:
            opened = self.changing.open(PLAN, tag)
            plan = replace(opened.plan, seed=self.seed)
            new = version_of(
                plan,
                dump_plan(plan),
                opened.note.problem,
                reason="revised",
                note="",
                at=self.changing.clock(),
                by=LOCAL,
            )
            return self.changing.keep(opened, plan, new, None).head

        if self.asked(make, stale, legal=self.state is not State.CLOSED) is not None:
            self.contents.append(self.seed)

    @rule(stale=late)
    def undo(self, stale: bool) -> None:
        head = self.asked(
            lambda tag: (
                self.life.undo(PLAN, if_match=tag, note="", acceptance=None, caller=LOCAL).head
            ),
            stale,
            legal=self.state is not State.CLOSED,
            possible=len(self.contents) > 1,
        )
        if head is not None:
            self.contents.pop()

    @rule()
    def lose_a_race(self) -> None:
        """Two have opened the same revision: who writes second writes nothing."""
        if self.state is State.CLOSED:
            return
        tag = etag(PLAN, self.revision)
        first, second = (self.changing.open(PLAN, tag) for _ in range(2))
        with self.database.write() as tx:
            assert plans.change(tx, first.head, locks=[])
            now = replace(first.head, revision=self.revision + 1)
            self.changing.note(tx, now, "pinned", "", by="user:faster")
        self.revision += 1
        new = version_of(
            second.plan,
            dump_plan(second.plan),
            second.note.problem,
            reason="revised",
            note="",
            at=self.changing.clock(),
            by=LOCAL,
        )
        try:
            self.changing.keep(second, second.plan, new, None)
        except Refusal as refusal:
            assert refusal.code == "CG-7009"
        else:
            raise AssertionError("the second writer won as well")

    def asked(
        self,
        ask: Callable[[str], PlanHead],
        stale: bool,
        *,
        legal: bool,
        possible: bool = True,
    ) -> PlanHead | None:
        """Ask, and compare what comes of it with what the rules say."""
        revision = self.revision - 1 if stale else self.revision
        expected = "CG-7009" if stale else "CG-7007" if not legal else "CG-7203"
        try:
            head = ask(etag(PLAN, revision))
        except Refusal as refusal:
            assert refusal.code == expected
            assert stale or not legal or not possible
            return None
        assert legal and possible and not stale
        self.revision += 1
        return head

    @invariant()
    def what_is_stored_is_what_the_model_says(self) -> None:
        if not hasattr(self, "database"):
            return
        with self.database.read() as tx:
            head = plans.find(tx, PLAN)
            notes = plans.notes(tx, PLAN)
            changes = plan_changes.of_plan(tx, PLAN)
        assert head is not None
        assert (head.state, head.revision) == (self.state.value, self.revision)
        assert head.version == len(notes)
        assert [change.revision for change in changes] == list(range(2, self.revision + 1))
        assert self.changing.book.open(PLAN).plan.seed == self.contents[-1]


LifeOfAPlan.TestCase.settings = settings(
    max_examples=10,
    stateful_step_count=16,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestLifeOfAPlan = LifeOfAPlan.TestCase
