"""Reads streets from a CSV table with a row per street.

``from,from_lat,from_lon,to,to_lat,to_lon,length_m`` and, if known, ``seconds`` and ``oneway``
(yes or no, no unless said). A node has the same coordinates wherever it stands.
"""

from __future__ import annotations

import csv
from io import StringIO

from optimizer.domain.file_text import text_of
from optimizer.travel.road_network import NetworkDraft, RoadEdge

COLUMNS = ("from", "from_lat", "from_lon", "to", "to_lat", "to_lon", "length_m")
ONE_WAY = {"": False, "no": False, "false": False, "0": False} | dict.fromkeys(
    ("yes", "true", "1"), True
)


def read_edge_list(content: bytes, draft: NetworkDraft) -> None:
    """Read a table of streets into a draft, with all of its faults."""
    wanted = f"Begin with the row {','.join(COLUMNS)},seconds,oneway"
    try:
        text = text_of(content)
    except ValueError as error:
        draft.fault("CG-2010", "", str(error), "Save it as CSV in UTF-8 or GBK")
        return
    reader = csv.DictReader(StringIO(text, newline=""), strict=True)
    try:
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            draft.fault("CG-2010", "row 1", f"column {', '.join(missing)} is missing", wanted)
            return
        for row in reader:
            _row(f"row {reader.line_num}", row, draft)
    except csv.Error as error:
        draft.fault("CG-2010", f"row {reader.line_num}", f"not CSV: {error}", "Correct the row")


def _row(place: str, row: dict[str, str | None], draft: NetworkDraft) -> None:
    if None in row:
        action = "Write numbers with a point and put names that hold a comma in quotes"
        draft.fault("CG-2010", place, "more cells than columns", action)
        return
    said = {name: (cell or "").strip() for name, cell in row.items()}
    for end in ("from", "to"):
        draft.node(place, said[end], said[f"{end}_lat"], said[f"{end}_lon"])
    one_way = ONE_WAY.get(said.get("oneway", "").lower())
    if one_way is None:
        draft.fault(
            "CG-2012", place, f"oneway {said['oneway']!r} is not yes or no", "Write yes or no"
        )
        return
    draft.edge(
        RoadEdge(
            place=place,
            tail=said["from"],
            head=said["to"],
            length_m=said["length_m"],
            seconds=said.get("seconds"),
            both_ways=not one_way,
        )
    )
