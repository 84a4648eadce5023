"""A scenario on the desk of a job's process: read again, planned, played, and given as bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import Executor
from pathlib import Path
from time import monotonic
from typing import IO, Any

from api.jobs.frames import HALT_FILE, Kind, write_document
from optimizer.domain.limit import HaltFile
from optimizer.formats.problem_reading import problem_from_document
from optimizer.travel.means import TravelMeans
from optimizer.travel.open_provider import open_provider
from scenarios.applying import Base
from scenarios.reading import scenario_from_text
from scenarios.results import result_bytes
from scenarios.run import Asked, run

STAGE = "scenario"


def scenario_answer(
    assignment: Mapping[str, Any],
    question: bytes,
    file: bytes,
    reports: IO[bytes],
    executor: Executor,
) -> bytes:
    """Run the scenario of an assignment.

    Parameters
    ----------
    assignment
        What the service said of the job.
    question
        The base problem in its JSON form.
    file
        The scenario file.
    reports
        Where progress goes.
    executor
        Where days are planned side by side.

    Raises
    ------
    ColdgridError
        It cannot be done, or somebody stopped it.
    """
    begun = monotonic()
    request = assignment["request"]
    problem = problem_from_document(json.loads(question), name=assignment["problem_name"]).problem
    folder = assignment["travel_folder"]
    travel = open_provider(
        problem.travel,
        None if folder is None else Path(folder),
        sites=problem.sites,
        means=TravelMeans.from_document(assignment["travel_means"]),
    )
    scenario = scenario_from_text(file.decode(), f"{request['name']}.yaml")
    asked = Asked(scenario=scenario, base=Base(problem=problem, travel=travel))

    def hear(done: int, every: int) -> None:
        progress = {
            "objective_cents": None,
            "unserved": None,
            "elapsed_s": round(monotonic() - begun, 3),
            "stage": STAGE,
            "done": done,
            "of": every,
        }
        write_document(reports, Kind.PROGRESS, progress)

    (result,) = run(
        [asked.changed(seeds=request["seeds"], iterations=request["limit"]["iterations"])],
        executor=executor,
        listener=hear,
        halt=HaltFile(Path(assignment["folder"]) / HALT_FILE),
    )
    return result_bytes(result)
