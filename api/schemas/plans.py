"""Bodies about plans: what is wanted, and how plans, versions and checks are shown."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.schemas.questions import EXAMPLE_PROBLEM, Document, Id, Name
from api.services.plan_wanted import (
    InlineProblem,
    PlanWanted,
    ProblemTables,
    StoredProblem,
)
from api.services.uploaded_tables import Tables
from api.storage.plans import PlanHead, VersionNote
from optimizer.domain.errors import Fault, InputRefused
from optimizer.domain.ids import LineKey
from optimizer.domain.limit import Limit

LONGEST_SECONDS, MOST_ITERATIONS, MOST_CENTS = 600, 1_000_000, 10**9
DEFAULT_SECONDS = 30.0
LARGEST_SEED = 2**31 - 1
USUAL_CENTS = 500
"""What a stop costs that a stranger makes, unless somebody says."""


# --- asked --------------------------------------------------------------------------------------


class PlanFields(BaseModel):
    """How to plan: what stands beside the problem."""

    model_config = ConfigDict(extra="forbid")

    time_limit_s: Annotated[
        float | None,
        Field(
            ge=0, le=LONGEST_SECONDS, allow_inf_nan=False,
            description="Seconds for the whole plan; 0 judges the plan in judge. Default 30.",
        ),
    ] = None  # fmt: skip
    iterations: Annotated[
        int | None,
        Field(
            ge=1, le=MOST_ITERATIONS,
            description="Iterations instead of seconds: the same seed then gives the same plan.",
        ),
    ] = None  # fmt: skip
    seed: Annotated[int, Field(ge=0, le=LARGEST_SEED)] = 1
    engine: Literal["portfolio", "ortools", "pyvrp"] = "portfolio"
    keep_good_rows: Annotated[
        bool, Field(description="Leave bad order rows out and name them, instead of refusing.")
    ] = False
    name: Name = ""
    like_plan: Annotated[
        Id | None, Field(description="A plan whose drivers shall keep their sites.")
    ] = None
    stability_cents: Annotated[
        int,
        Field(
            ge=0, le=MOST_CENTS,
            description="With like_plan: what a stop costs that another vehicle makes.",
        ),
    ] = USUAL_CENTS  # fmt: skip

    @model_validator(mode="after")
    def _one_limit(self) -> PlanFields:
        if self.time_limit_s is not None and self.iterations is not None:
            raise ValueError("give time_limit_s or iterations, and only one of them")
        return self

    def limit(self) -> Limit | None:
        """Give the limit; None for 0 seconds, which judges only."""
        if self.iterations is not None:
            return Limit(iterations=self.iterations)
        seconds = DEFAULT_SECONDS if self.time_limit_s is None else self.time_limit_s
        return Limit(seconds=seconds) if seconds else None

    def wanted(self, asked: InlineProblem | ProblemTables | StoredProblem) -> PlanWanted:
        """Say what is wanted of a problem."""
        return PlanWanted(
            asked=asked,
            limit=self.limit(),
            seed=self.seed,
            engine=self.engine,
            keep_good_rows=self.keep_good_rows,
            name=self.name,
            like_plan=self.like_plan,
            stability_cents=self.stability_cents,
        )

    def of_tables(self, tables: Tables) -> PlanWanted:
        """Say what is wanted of tables; without any, stored ones are missing too."""
        if not tables:
            raise InputRefused([_no_problem("the form has no table and no workbook")])
        return self.wanted(ProblemTables(tables=tables))


class PlanBody(PlanFields):
    """A problem, or the ids of a stored network and order set, and how to plan it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"problem": EXAMPLE_PROBLEM, "iterations": 20, "seed": 1, "name": "Tuesday"}
            ]
        },
    )

    problem: Annotated[Document | None, Field(description="The JSON form of a problem.")] = None
    network: Id | None = None
    order_set: Id | None = None
    with_resends: Annotated[
        bool, Field(description="Take along what is to be sent again; for stored orders alone.")
    ] = True
    judge: Annotated[
        Document | None, Field(description="A PLAN.json of the problem: it is judged, not planned.")
    ] = None

    @model_validator(mode="after")
    def _one_problem(self) -> PlanBody:
        stored = (self.network, self.order_set)
        if self.problem is None and None in stored:
            raise ValueError("give problem, or both network and order_set")
        if self.problem is not None and stored != (None, None):
            raise ValueError("give problem, or network and order_set, and not both")
        return self

    def plan_wanted(self) -> PlanWanted:
        """Say what is wanted."""
        asked: InlineProblem | StoredProblem
        if self.problem is not None:
            asked = InlineProblem(document=self.problem)
        else:
            assert self.network is not None
            assert self.order_set is not None
            asked = StoredProblem(
                network=self.network, order_set=self.order_set, with_resends=self.with_resends
            )
        wanted = self.wanted(asked)
        return PlanWanted(
            **{name: getattr(wanted, name) for name in wanted.__slots__ if name != "judge"},
            judge=self.judge,
        )


def _no_problem(cause: str) -> Fault:
    return Fault(
        code="CG-7006",
        place="body",
        cause=cause,
        action="Send the parts sites, vehicles, orders and settings, or a workbook",
    )


# --- answered -----------------------------------------------------------------------------------


class PlanHeadOut(BaseModel):
    """A plan's standing."""

    id: str
    name: str
    state: str
    version: int
    revision: int
    horizon_start: datetime
    created_at: datetime
    created_by: str

    @classmethod
    def of(cls, head: PlanHead) -> PlanHeadOut:
        """Show a plan's standing."""
        return cls(**{name: getattr(head, name) for name in cls.model_fields})


class PlanList(BaseModel):
    """Plans, the newest first."""

    items: list[PlanHeadOut]


class VersionOut(BaseModel):
    """A version of a plan without its routes."""

    version: int
    problem: str
    feasible: bool
    objective_cents: int
    unserved: int
    reason: str
    note: str
    restores: Annotated[int | None, Field(description="The version that an undo brought back.")]
    job: str | None
    created_at: datetime
    created_by: str

    @classmethod
    def of(cls, note: VersionNote) -> VersionOut:
        """Show a version."""
        return cls(**{name: getattr(note, name) for name in cls.model_fields})


class VersionList(BaseModel):
    """Versions of a plan, the oldest first."""

    items: list[VersionOut]


class ViolationOut(BaseModel):
    """A finding of the checker."""

    code: str
    where: str
    amount: float


class LeftOut(BaseModel):
    """An order line left out, or a collect left behind."""

    order: str
    line: str
    reason: str
    detail: str


class UnservedOut(BaseModel):
    """What is left out of a plan: order lines, and empties and returns left behind."""

    lines: int
    collects: int
    by_reason: dict[str, int]
    items: list[LeftOut]


class AdviceOut(BaseModel):
    """What a person should look into although no rule is broken."""

    code: str
    where: str
    detail: str


class CheckOut(BaseModel):
    """The checker's report of a version, with its figures."""

    plan: str
    version: int
    problem: str
    objective_cents: int
    cost_breakdown_cents: dict[str, int]
    feasible: bool
    violations: list[ViolationOut]
    kpis: dict[str, float]
    unserved: UnservedOut
    advice: list[AdviceOut]

    @classmethod
    def of(
        cls, note: VersionNote, document: dict[str, Any], collects: Collection[LineKey]
    ) -> CheckOut:
        """Show the check that stands in a PLAN.json; ``collects`` are all of its problem."""
        left = document["unserved"]
        behind = sum(LineKey(item["order"], item["line"]) in collects for item in left)
        reasons = [item["reason"] for item in left]
        check = document["check"] or {"feasible": False, "violations": []}
        return cls(
            plan=note.plan,
            version=note.version,
            problem=note.problem,
            objective_cents=document["objective_cents"],
            cost_breakdown_cents=document["cost_breakdown_cents"],
            feasible=check["feasible"],
            violations=check["violations"],
            kpis=document["kpis"],
            unserved=UnservedOut(
                lines=len(left) - behind,
                collects=behind,
                by_reason={reason: reasons.count(reason) for reason in sorted(set(reasons))},
                items=left,
            ),
            # Versions that were stored before there was advice have none.
            advice=document.get("advice", []),
        )
