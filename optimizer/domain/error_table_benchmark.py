"""Error codes of measuring, CG-5xxx; a part of ``error_table.ERRORS``."""

from __future__ import annotations

from optimizer.domain.errors import ErrorEntry

BENCHMARK_ERRORS: dict[str, ErrorEntry] = {
    "CG-5001": ErrorEntry(
        title="unreadable benchmark file",
        cause="A benchmark file is missing, damaged or not in the format of its collection.",
        action="Name .vrp files in VRPLIB format, or two-echelon files as published.",
    ),
    "CG-5002": ErrorEntry(
        title="benchmark not modelled",
        cause="An instance asks for something that coldgrid's routing problem has no words for.",
        action="Take a CVRP, VRPTW, MDVRPTW or HFVRP instance without the section that is named.",
    ),
    "CG-5003": ErrorEntry(
        title="no file of results",
        cause="A file named for results of benchmarks is another file, or a row of it is damaged.",
        action=(
            "Name a file that coldgrid benchmark wrote, or one that is not there yet; "
            "the file is left as it is."
        ),
    ),
    "CG-5004": ErrorEntry(
        title="results in use",
        cause="Another benchmark is writing to the file of results.",
        action="Wait until it has ended, or name another file; files can be put together later.",
    ),
    "CG-5005": ErrorEntry(
        title="no sample of grids",
        cause="So many grids cannot be drawn, or it is not given which points are theirs.",
        action="Ask for fewer grids, give every point its grid, or measure the whole problem.",
    ),
}
