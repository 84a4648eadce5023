"""Bodies about scenarios: what is asked, faults with line and column, runs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.schemas.jobs import ProgressOut
from api.schemas.plans import LARGEST_SEED
from api.schemas.questions import EXAMPLE_PROBLEM, Document, Id
from api.services.plan_wanted import InlineProblem, StoredProblem
from api.services.scenarios import BaseWanted, RunWanted, StoredPlan, line_and_column
from api.storage.jobs import JobRow
from optimizer.domain.errors import Fault

if TYPE_CHECKING:
    from scenarios.spec import Scenario

LONGEST_FILE, MOST_SEEDS, MOST_ITERATIONS = 200_000, 20, 1_000
UNNAMED = "scenario"
EXAMPLE_FILE = """schema: coldgrid/scenario/1
title: "What if orders double?"
seeds: [1]
iterations: 1
overrides:
  double:
    - scale_demand: {factor: 2}
variants:
  - {name: x2, overrides: [double]}
"""


# --- asked --------------------------------------------------------------------------------------


class ScenarioBody(BaseModel):
    """A scenario of the catalogue or a file, and the day that it starts from."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"name": "double", "file": EXAMPLE_FILE, "problem": EXAMPLE_PROBLEM}]
        },
    )

    name: Annotated[
        str | None,
        Field(
            min_length=1, max_length=60, pattern=r"^[a-z0-9_]+$",
            description="A scenario of the catalogue; beside a file what to call it.",
        ),
    ] = None  # fmt: skip
    file: Annotated[
        str | None,
        Field(
            max_length=LONGEST_FILE,
            description="YAML as docs/scenarios.md says; its base is a path and is not followed.",
        ),
    ] = None  # fmt: skip
    plan: Annotated[
        Id | None, Field(description="The base is the problem that this plan answers.")
    ] = None
    problem: Annotated[Document | None, Field(description="The base, in its JSON form.")] = None
    network: Id | None = None
    order_set: Id | None = None

    @model_validator(mode="after")
    def _one_of_each(self) -> ScenarioBody:
        if self.name is None and self.file is None:
            raise ValueError("give the name of a scenario, or a file")
        if (self.network is None) != (self.order_set is None):
            raise ValueError("network and order_set go together")
        if sum(one is not None for one in (self.plan, self.problem, self.network)) > 1:
            raise ValueError("give one base: plan, problem, or network and order_set")
        return self

    def base(self) -> BaseWanted:
        """Say what the scenario starts from; None is the sample of the catalogue."""
        if self.plan is not None:
            return StoredPlan(plan=self.plan)
        if self.problem is not None:
            return InlineProblem(document=self.problem)
        if self.network is not None and self.order_set is not None:
            return StoredProblem(network=self.network, order_set=self.order_set, with_resends=False)
        return None

    def wanted(self) -> RunWanted:
        """Say what is wanted."""
        return RunWanted(name=self.name or UNNAMED, file=self.file, base=self.base())


class RunBody(ScenarioBody):
    """A scenario to run; seeds and iterations stand in its file unless they are given here."""

    seeds: Annotated[
        list[Annotated[int, Field(ge=0, le=LARGEST_SEED)]] | None,
        Field(min_length=1, max_length=MOST_SEEDS),
    ] = None
    iterations: Annotated[int | None, Field(ge=1, le=MOST_ITERATIONS)] = None

    @model_validator(mode="after")
    def _no_seed_twice(self) -> RunBody:
        if self.seeds is not None and len(set(self.seeds)) < len(self.seeds):
            raise ValueError("a seed stands twice")
        return self

    def wanted(self) -> RunWanted:
        """Say what is wanted."""
        return RunWanted(
            name=self.name or UNNAMED,
            file=self.file,
            base=self.base(),
            seeds=self.seeds,
            iterations=self.iterations,
        )


# --- answered -----------------------------------------------------------------------------------


class TitleOut(BaseModel):
    """A title in both languages."""

    en: str
    zh: str


class VariantTitleOut(TitleOut):
    """A variant of a scenario."""

    name: str


class ScenarioOut(BaseModel):
    """A scenario of the catalogue."""

    name: str
    title: TitleOut
    variants: list[VariantTitleOut]
    seeds: list[int]
    iterations: int

    @classmethod
    def of(cls, name: str, one: Scenario) -> ScenarioOut:
        """Show a scenario."""
        return cls(
            name=name,
            title=TitleOut(en=one.title.en, zh=one.title.zh),
            variants=[
                VariantTitleOut(name=each.name, en=each.title.en, zh=each.title.zh)
                for each in one.variants[1:]
            ],
            seeds=list(one.seeds),
            iterations=one.iterations,
        )


class ScenarioList(BaseModel):
    """The catalogue."""

    items: list[ScenarioOut]


class ScenarioFaultOut(BaseModel):
    """What is wrong with a file, and where; no line where it is in no one place."""

    code: str
    place: str
    line: int | None
    column: int | None
    cause: str
    action: str

    @classmethod
    def of(cls, fault: Fault) -> ScenarioFaultOut:
        """Show a fault."""
        line, column = line_and_column(fault)
        return cls(
            code=fault.code,
            place=fault.place,
            line=line,
            column=column,
            cause=fault.cause,
            action=fault.action,
        )


class ScenarioCheckOut(BaseModel):
    """All faults of a file; none means that it can be run."""

    faults: list[ScenarioFaultOut]


class RunOut(BaseModel):
    """A run of a scenario."""

    id: str
    job: Annotated[str, Field(description="Follow and stop it at /v1/jobs.")]
    state: Literal["queued", "running", "succeeded", "stopped", "failed"]
    name: str
    title: TitleOut
    problem: Annotated[str, Field(description="The id of the base.")]
    variants: list[str]
    seeds: list[int]
    iterations: int
    progress: Annotated[ProgressOut | None, Field(description="Only while it runs.")]
    cause: Annotated[dict[str, Any] | None, Field(description="A problem detail where it failed.")]
    created_at: datetime
    created_by: str
    started_at: datetime | None
    finished_at: datetime | None

    @classmethod
    def of(cls, job: JobRow, progress: Mapping[str, Any] | None) -> RunOut:
        """Show a run."""
        request = job.request
        named = ("name", "title", "problem", "variants", "seeds")
        same = ("state", "cause", "created_at", "created_by", "started_at", "finished_at")
        values = {name: request[name] for name in named}
        values |= {name: getattr(job, name) for name in same}
        values |= {"id": job.plan, "job": job.id, "progress": progress}
        return cls(iterations=request["limit"]["iterations"], **values)


class RunList(BaseModel):
    """Runs, the newest first."""

    items: list[RunOut]
