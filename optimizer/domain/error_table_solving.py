"""Error codes of planning, of engines and of where they run, CG-3xxx; a part of ``ERRORS``."""

from __future__ import annotations

from optimizer.domain.errors import ErrorEntry

SOLVING_ERRORS: dict[str, ErrorEntry] = {
    "CG-3001": ErrorEntry(
        title="engine failed",
        cause="A routing solver broke or gave an answer that does not keep the rules.",
        action="Report it with the problem file; meanwhile try another --engine.",
    ),
    "CG-3002": ErrorEntry(
        title="Dask is not installed",
        cause="A Dask cluster shall plan, and the package that speaks to one is missing.",
        action="Install coldgrid[dask], or plan without a scheduler.",
    ),
    "CG-3003": ErrorEntry(
        title="no Dask cluster",
        cause="The scheduler does not answer, has no worker, or was lost while it planned.",
        action="Look at its address, whether it runs and whether it has workers; then plan anew.",
    ),
    "CG-3004": ErrorEntry(
        title="Dask worker of another release",
        cause="A worker lacks coldgrid, or would find other plans with its releases.",
        action="Install the same releases of coldgrid and its packages there.",
    ),
}
