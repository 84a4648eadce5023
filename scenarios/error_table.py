"""Error codes of scenarios with cause and action: CG-16xx."""

from __future__ import annotations

from optimizer.domain.errors import ErrorEntry

SCENARIO_ERRORS: dict[str, ErrorEntry] = {
    "CG-1601": ErrorEntry(
        title="scenario file unreadable",
        cause="The file is missing, too large, no YAML in UTF-8 or GBK, or uses aliases.",
        action="Name a YAML file; docs/scenarios.md shows one in full.",
    ),
    "CG-1602": ErrorEntry(
        title="key of a scenario unknown",
        cause="A key means nothing where it stands, or stands twice.",
        action="Correct the name or take it out; `coldgrid schema scenario` lists every key.",
    ),
    "CG-1603": ErrorEntry(
        title="key of a scenario missing",
        cause="A key that has no default is not there.",
        action="Add the key.",
    ),
    "CG-1604": ErrorEntry(
        title="value of another kind",
        cause="A value is no number, word, list or mapping where one of these belongs.",
        action="Write what the message names; `coldgrid schema scenario` describes every value.",
    ),
    "CG-1605": ErrorEntry(
        title="number of a scenario out of range",
        cause="A number is too small or too large for what it stands for.",
        action="Write a number inside the range that the message names.",
    ),
    "CG-1606": ErrorEntry(
        title="another schema",
        cause="The file does not say that it is a scenario of this version.",
        action="Begin the file with `schema: coldgrid/scenario/1`.",
    ),
    "CG-1607": ErrorEntry(
        title="named list unknown",
        cause="A variant applies overrides or disturbances that the file does not name.",
        action="Correct the name, or add the list under overrides or disturbances.",
    ),
    "CG-1608": ErrorEntry(
        title="variant twice",
        cause="Two variants have the same name, or one is called baseline, which is the base.",
        action="Give every variant its own name.",
    ),
    "CG-1609": ErrorEntry(
        title="KPI unknown",
        cause="The file asks for a key figure that nobody computes.",
        action="Write a name that the message or docs/scenarios.md lists.",
    ),
    "CG-1610": ErrorEntry(
        title="not in the base",
        cause="An override names a site, vehicle, type, article or promise that the base has not.",
        action="Correct the name, or put the override that adds the thing before this one.",
    ),
    "CG-1611": ErrorEntry(
        title="override impossible",
        cause="The override contradicts the base, such as closing the only central warehouse.",
        action="Change the override as the message says.",
    ),
    "CG-1612": ErrorEntry(
        title="no area",
        cause="An area is neither a polygon without crossings nor a circle, in degrees.",
        action=(
            "Write polygon: [[lat, lon], ...] with three corners or more, or lat, lon and "
            "radius_km."
        ),
    ),
    "CG-1613": ErrorEntry(
        title="scenario without a base",
        cause="The file names no base problem, and none was given.",
        action="Add `base: PATH`, relative to the file, or give --base.",
    ),
    "CG-1614": ErrorEntry(
        title="disturbance impossible",
        cause="A disturbance contradicts the day or its plan.",
        action="Correct the disturbance; docs/recovery.md describes the events of a running day.",
    ),
    "CG-1615": ErrorEntry(
        title="scenario not in the catalogue",
        cause="Neither a file nor a scenario of the catalogue has this name.",
        action="Take a name that `coldgrid scenario list` shows, or the path of a file.",
    ),
    "CG-1616": ErrorEntry(
        title="no scenario result",
        cause="The file cannot be read, or is no document of schema coldgrid/scenario-result/1.",
        action="Give a file that `coldgrid scenario run --out` has written.",
    ),
    "CG-1617": ErrorEntry(
        title="scenario run given up",
        cause="Somebody stopped the run before all of its plans were made.",
        action="Run it again; what was complete before is kept.",
    ),
    "CG-1618": ErrorEntry(
        title="scenario run too large",
        cause="A run over HTTP would make more plans, or plan more order lines, than one run may.",
        action="Take fewer variants or seeds or a smaller demand, or run it on the command line.",
    ),
    "CG-1619": ErrorEntry(
        title="scenario run without a result",
        cause="The run waits, is going on, was stopped or has failed.",
        action="Follow its job; where it failed, the job says why.",
    ),
    "CG-1620": ErrorEntry(
        title="drill impossible",
        cause="The event file cannot be read, or an event names what the day has not.",
        action="Correct the file as the message says; docs/scenarios.md shows one in full.",
    ),
}
