"""Is the service well, and may requests come? Asked every few seconds, so it must cost little.

Well is what does its work by itself; where it is not, only a new start helps. Ready is what should
be sent requests: a service that is well beside a newer release that has changed the tables is not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from api.storage import upkeep
from api.storage.database import Database, DatabaseUnavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthReport:
    """How each part of the service is.

    Parameters
    ----------
    causes
        What is wrong with each part that is not well; empty where all is well.
    """

    parts: Mapping[str, bool]
    causes: Mapping[str, str]

    @property
    def is_well(self) -> bool:
        """Say whether the service can do its work."""
        return all(self.parts.values())


class Health:
    """Looks after the parts of one service.

    Parameters
    ----------
    database
        Must answer.
    runner_alive
        Says whether what runs the jobs still does.
    """

    def __init__(self, database: Database, runner_alive: Callable[[], bool]) -> None:
        self._database = database
        self._runner_alive = runner_alive

    def report(self) -> HealthReport:
        """Ask every part."""
        causes: dict[str, str] = {}
        try:
            self._database.ping()
        except DatabaseUnavailable as error:
            causes["database"] = str(error)
        if not self._runner_alive():
            causes["jobs"] = "what runs the jobs has stopped; start the service anew"
        parts = {part: part not in causes for part in ("database", "jobs")}
        return HealthReport(parts=parts, causes=causes)

    def readiness(self) -> HealthReport:
        """Ask every part, and whether the tables are those of this release."""
        report = self.report()
        causes = dict(report.causes)
        if "database" in causes:
            causes["tables"] = "not known while the database does not answer"
        else:
            causes |= self._strange_tables()
        parts = {part: part not in causes for part in (*report.parts, "tables")}
        return HealthReport(parts=parts, causes=causes)

    def _strange_tables(self) -> dict[str, str]:
        try:
            with self._database.read() as tx:
                stand, known = upkeep.revision(tx), upkeep.newest_revision(tx)
        except DatabaseUnavailable as error:
            return {"tables": str(error)}
        if stand == known:
            return {}
        return {"tables": f"they stand at migration {stand}, this release knows {known}"}
