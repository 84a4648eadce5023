"""What somebody wants planned, and how it is understood: a question, perhaps a plan to judge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.life.habits import usual_vans
from api.problem_details import Refusal
from api.services.asked import Question
from api.services.plan_book import PlanBook
from api.services.questions import Questions
from api.services.uploaded_tables import Tables
from optimizer.check import ensure_same_problem
from optimizer.domain.limit import Limit
from optimizer.formats.plan_json import dump_plan
from optimizer.formats.plan_reading import plan_from_document

ENGINE = "portfolio"


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineProblem:
    """A problem in its JSON form."""

    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemTables:
    """A problem as tables or as a workbook."""

    tables: Tables


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredProblem:
    """A stored network with a stored set of orders for it.

    Parameters
    ----------
    with_resends
        Whether orders that are to be sent again come along.
    """

    network: str
    order_set: str
    with_resends: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanWanted:
    """What somebody wants planned.

    Parameters
    ----------
    limit
        Seconds or iterations; None where a given plan is judged and nothing is planned.
    judge
        The PLAN.json to judge.
    like_plan
        A plan, say yesterday's, whose drivers shall keep their sites.
    stability_cents
        What a stop costs that another vehicle makes than the usual one.
    """

    asked: InlineProblem | ProblemTables | StoredProblem
    limit: Limit | None
    seed: int = 1
    engine: str = ENGINE
    keep_good_rows: bool = False
    name: str = ""
    judge: Mapping[str, Any] | None = None
    like_plan: str | None = None
    stability_cents: int = 0


class Understanding:
    """Reads what is wanted."""

    def __init__(self, questions: Questions, plan_book: PlanBook) -> None:
        self._questions = questions
        self._plan_book = plan_book

    def understood(self, wanted: PlanWanted) -> tuple[Question, bytes | None]:
        """Read the problem, and the plan that is to be judged, if there is one.

        Raises
        ------
        InputRefused
            The problem or the plan has faults: all of them.
        ForeignPlan
            The plan answers another problem.
        Refusal
            Too much is asked, or something that is named does not exist.
        """
        question = self._question(wanted)
        if wanted.judge is None and wanted.limit is None:
            raise Refusal("CG-7110", "time_limit_s is 0 and there is no judge")
        if wanted.like_plan is not None:
            # Also for a judge: a plan like yesterday's has its stability among its costs.
            like = self._plan_book.open(wanted.like_plan).plan
            usual = usual_vans(question.problem, like)
            question = self._questions.with_usual(question, usual, wanted.stability_cents)
        if wanted.judge is None:
            return question, None
        plan = plan_from_document(wanted.judge)
        ensure_same_problem(question.problem, plan)
        return question, dump_plan(plan)

    def _question(self, wanted: PlanWanted) -> Question:
        asked, keep = wanted.asked, wanted.keep_good_rows
        if isinstance(asked, InlineProblem):
            return self._questions.from_document(asked.document, keep_good_rows=keep)
        if isinstance(asked, ProblemTables):
            return self._questions.from_tables(asked.tables, keep_good_rows=keep)
        return self._questions.from_store(
            asked.network, asked.order_set, with_resends=asked.with_resends
        )
