"""Plans for reading: lists, documents, versions, maps."""

from __future__ import annotations

import json
from typing import Any

from api.problem_details import Refusal
from api.services.plan_book import PlanBook, head_of
from api.storage import plans
from api.storage.database import Database
from api.storage.plans import PlanHead, VersionNote
from optimizer.formats.geojson import plan_geojson


class PlanShelf:
    """Gives plans as they are stored; nothing is computed but the map."""

    def __init__(self, database: Database, plan_book: PlanBook) -> None:
        self._database = database
        self._plan_book = plan_book

    def newest(self, limit: int, state: str | None) -> list[PlanHead]:
        """Give plans, the newest first."""
        with self._database.read() as tx:
            return plans.newest(tx, limit=limit, state=state)

    def head(self, plan: str) -> PlanHead:
        """Give a plan's standing.

        Raises
        ------
        Refusal
            There is no such plan.
        """
        return self._plan_book.head(plan)

    def versions(self, plan: str) -> list[VersionNote]:
        """Give all versions of a plan, the oldest first.

        Raises
        ------
        Refusal
            There is no such plan.
        """
        with self._database.read() as tx:
            head_of(tx, plan)
            return plans.notes(tx, plan)

    def document(
        self, plan: str, version: int | None = None
    ) -> tuple[PlanHead, VersionNote, dict[str, Any]]:
        """Give the PLAN.json of a version, by default the one that counts.

        Raises
        ------
        Refusal
            There is no such plan or version.
        """
        with self._database.read() as tx:
            head = head_of(tx, plan)
            number = head.version if version is None else version
            note = plans.note(tx, plan, number)
            data = plans.document(tx, plan, number)
        if note is None or data is None:
            raise Refusal("CG-7001", f"plan {plan} has no version {number}")
        # The document was written before it was known which version of which standing it is.
        found: dict[str, Any] = json.loads(data) | {"version": number, "state": head.state}
        return head, note, found

    def map(self, plan: str, version: int | None = None) -> tuple[PlanHead, dict[str, Any]]:
        """Give a version on a map, as GeoJSON.

        Raises
        ------
        Refusal
            There is no such plan or version.
        """
        opened = self._plan_book.open(plan, version)
        return opened.head, plan_geojson(opened.problem, opened.plan)
