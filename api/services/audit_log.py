"""Writing the audit log from outside of a service's transaction, and checking that it is whole."""

from __future__ import annotations

import structlog

from api.storage import audit
from api.storage.audit import AuditNote
from api.storage.audit_chain import ChainReport
from api.storage.database import Database

log = structlog.get_logger(__name__)


class AuditLog:
    """Appends notes, each in a transaction of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def write(self, note: AuditNote) -> bool:
        """Append a note; False where that failed, which the log then says with the note itself."""
        try:
            with self._database.write() as tx:
                audit.add(tx, note)
        except Exception:
            log.exception(
                "audit note not written",
                actor=note.actor,
                action=note.action,
                subject=note.subject,
                status=note.status,
            )
            return False
        return True

    def check(self, kept_head: str | None = None) -> ChainReport:
        """Recompute the chain of digests.

        Parameters
        ----------
        kept_head
            A head that was printed once and kept elsewhere.
        """
        with self._database.read() as tx:
            return audit.check_chain(tx, kept_head)
