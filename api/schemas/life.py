"""What may be asked of a plan in its life: steps, pins, edits, late orders."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from api.services.plan_changing import Acceptance
from optimizer.domain.ids import LineKey
from optimizer.domain.limit import Limit
from optimizer.revise import ChangeVehicle, Edit, LeaveLine, MoveLine, MoveStop

MOST_EDITS, MOST_ROWS, MOST_PINS = 500, 20_000, 20_000
LONGEST_SECONDS, MOST_ITERATIONS, MOST_POSITION = 600, 1_000_000, 10_000
LARGEST_SEED = 2**31 - 1
PRINTED = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"

Id = Annotated[str, Field(min_length=1, max_length=200)]
PinKey = Annotated[str, Field(min_length=3, max_length=401)]
Words = Annotated[str, Field(max_length=2000, pattern=PRINTED)]
Note = Annotated[Words, Field(description="For those who read the plan's versions and changes.")]
Seed = Annotated[int, Field(ge=0, le=LARGEST_SEED)]
Position = Annotated[
    int | None,
    Field(
        ge=0, le=MOST_POSITION,
        description="Place among the stops of the target; null takes the best.",
    ),
]  # fmt: skip


def _example(*examples: dict[str, Any]) -> ConfigDict:
    return ConfigDict(extra="forbid", json_schema_extra={"examples": list(examples)})


class Accepting(BaseModel):
    """What a change may say of the violations that it leads to."""

    accept_violations: bool = False
    reason: Words = ""

    @model_validator(mode="after")
    def _with_reason(self) -> Accepting:
        if self.accept_violations and not self.reason.strip():
            raise ValueError("whoever accepts violations gives a reason")
        return self

    def acceptance(self) -> Acceptance | None:
        """Give the acceptance; None where violations are not accepted."""
        return Acceptance(reason=self.reason.strip()) if self.accept_violations else None


class StepBody(BaseModel):
    """A step from one state to the next."""

    model_config = _example({"note": "Vans of the morning wave stand at the dock."})

    note: Note = ""


class PublishBody(Accepting):
    """Drivers act on the plan from now on."""

    model_config = _example(
        {"note": "Checked with the warehouse."},
        {"accept_violations": True, "reason": "The clinic waits for this line, late or not."},
    )

    note: Note = ""


class UndoBody(Accepting):
    """The last change by hand, job or late order is taken back by a new version."""

    model_config = _example({"note": "The driver knows the old order better."})

    note: Note = ""


class PinsBody(BaseModel):
    """All pins and locks that shall hold from now on; they replace those that there are."""

    model_config = _example(
        {"pins": {"N101/1": "V1"}, "locks": ["V1-morning-1"], "note": "V1 is packed."}
    )

    pins: Annotated[
        dict[PinKey, Id],
        Field(max_length=MOST_PINS, description="Vehicle per line or collect, as order/line."),
    ] = Field(default_factory=dict)
    locks: Annotated[
        list[Id], Field(max_length=MOST_EDITS, description="Ids of routes that stay as they are.")
    ] = Field(default_factory=list)
    note: Note = ""


class MoveStopBody(BaseModel):
    """All that a route hands over and takes back at a site goes to a route, perhaps the same."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["move_stop"]
    route: Id
    site: Id
    to_route: Id
    position: Position = None

    def edit(self) -> Edit:
        """Give the edit as the domain knows it."""
        return MoveStop(
            route=self.route, site=self.site, to_route=self.to_route, position=self.position
        )


class MoveLineBody(BaseModel):
    """One line or collect goes to a van's route, from another one or from what is left out."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["move_line"]
    order: Id
    line: Id
    to_route: Id
    position: Position = None

    def edit(self) -> Edit:
        """Give the edit as the domain knows it."""
        key = LineKey(self.order, self.line)
        return MoveLine(key=key, to_route=self.to_route, position=self.position)


class LeaveLineBody(BaseModel):
    """One line or collect is taken out of the plan."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["leave_line"]
    order: Id
    line: Id

    def edit(self) -> Edit:
        """Give the edit as the domain knows it."""
        return LeaveLine(key=LineKey(self.order, self.line))


class ChangeVehicleBody(BaseModel):
    """A whole route is driven by another vehicle of the same home."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["change_vehicle"]
    route: Id
    vehicle: Id

    def edit(self) -> Edit:
        """Give the edit as the domain knows it."""
        return ChangeVehicle(route=self.route, vehicle=self.vehicle)


EditBody: TypeAlias = Annotated[
    MoveStopBody | MoveLineBody | LeaveLineBody | ChangeVehicleBody, Field(discriminator="kind")
]


class LimitBody(BaseModel):
    """How long the solver may work: seconds, or iterations for a plan that can be repeated."""

    model_config = ConfigDict(extra="forbid")

    seconds: Annotated[float | None, Field(ge=0, le=LONGEST_SECONDS, allow_inf_nan=False)] = None
    iterations: Annotated[int | None, Field(ge=0, le=MOST_ITERATIONS)] = None

    @model_validator(mode="after")
    def _one_of_the_two(self) -> LimitBody:
        if (self.seconds is None) == (self.iterations is None):
            raise ValueError("give seconds or iterations, and only one of them")
        return self

    def limit(self) -> Limit | None:
        """Give the limit; None where it is 0, which means that nothing is solved."""
        if not self.seconds and not self.iterations:
            return None
        return Limit(seconds=self.seconds, iterations=self.iterations)


class RevisionBody(Accepting):
    """Edits, and whether to judge them at once (no limit, or 0) or to optimise around them."""

    model_config = _example(
        {
            "edits": [
                {
                    "kind": "move_stop",
                    "route": "V1-morning-1",
                    "site": "P2",
                    "to_route": "V1-morning-1",
                    "position": 0,
                }
            ],
            "limit": {"seconds": 0},
            "note": "The school street is closed before eight.",
        },
        {
            "settled": {"V1": ["P2", "P1"]},
            "limit": {"iterations": 20},
            "note": "The driver has the keys of P2 and P1 until nine.",
        },
    )

    edits: Annotated[list[EditBody], Field(max_length=MOST_EDITS)] = Field(default_factory=list)
    settled: Annotated[
        dict[Id, Annotated[list[Id], Field(min_length=1, max_length=MOST_EDITS)]],
        Field(
            max_length=MOST_EDITS,
            description=(
                "Per vehicle the sites with which its first open trip begins, in this order; the"
                " rest of the trip is planned anew. Needs a limit above 0."
            ),
        ),
    ] = Field(default_factory=dict)
    limit: LimitBody = Field(default_factory=lambda: LimitBody(seconds=0))
    trial: Annotated[
        bool, Field(description="Judge the edits and keep nothing; goes without a limit.")
    ] = False
    seed: Seed = 1
    note: Note = ""

    @model_validator(mode="after")
    def _something_to_do(self) -> RevisionBody:
        if self.trial and self.limit.limit() is not None:
            raise ValueError("a trial judges edits at once: give no limit")
        if not self.edits and self.limit.limit() is None:
            raise ValueError("give edits, or a limit above 0 to optimise without any")
        if self.settled and self.limit.limit() is None:
            raise ValueError("a beginning is settled for an optimisation: give a limit above 0")
        return self


class CancelBody(BaseModel):
    """An order, or one line of it, that is no longer wanted; a collect is named the same way."""

    model_config = ConfigDict(extra="forbid")

    order: Id
    line: Id | None = None


class OrdersBody(BaseModel):
    """Late order lines in the columns of orders.csv, and cancellations."""

    model_config = _example(
        {
            "orders": [
                {
                    "order": "N901", "line": "1", "site": "P5", "article": "WINE",
                    "zone": "controlled", "mass_kg": 3, "volume_l": 4, "value_cents": 9900,
                }
            ],
            "cancel": [{"order": "N802"}],
            "limit": {"iterations": 20},
            "note": "Rung through at half past five.",
        }
    )  # fmt: skip

    orders: Annotated[list[dict[str, Any]], Field(max_length=MOST_ROWS)] = Field(
        default_factory=list
    )
    cancel: Annotated[list[CancelBody], Field(max_length=MOST_ROWS)] = Field(default_factory=list)
    keep_good_rows: bool = False
    limit: LimitBody = Field(default_factory=lambda: LimitBody(seconds=30))
    seed: Seed = 1
    note: Note = ""

    @field_validator("orders")
    @classmethod
    def _storable(cls, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        text = json.dumps(rows, ensure_ascii=False)
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise ValueError(f"half a character stands in the rows: {error.reason}") from error
        if any("\0" in cell for row in rows for cell in row.values() if isinstance(cell, str)):
            raise ValueError("the character NUL stands in the rows")
        return rows

    @model_validator(mode="after")
    def _something_to_do(self) -> OrdersBody:
        if not self.orders and not self.cancel:
            raise ValueError("give orders or cancellations")
        if self.limit.limit() is None:
            raise ValueError("changed orders have to be planned: give a limit above 0")
        return self
