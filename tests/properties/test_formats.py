"""What is written is read back, whatever it is; what is no input is refused, never a crash."""

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.domain.errors import InputRefused
from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey
from optimizer.domain.network import SiteKind
from optimizer.domain.objective import CostBreakdown
from optimizer.domain.plan import (
    Advice,
    AdviceCode,
    BoxLoad,
    Break,
    CheckReport,
    Delivery,
    Plan,
    PredictedTemperature,
    Route,
    Stop,
    TravelSource,
    Unserved,
    UnservedReason,
    Violation,
)
from optimizer.domain.problem import HORIZON_S, Horizon
from optimizer.domain.temperature import Zone
from optimizer.formats.faults import FaultLog
from optimizer.formats.plan_json import dump_plan, plan_document
from optimizer.formats.plan_reading import plan_from_document
from optimizer.formats.problem_reading import problem_from_document, read_problem
from optimizer.formats.problem_writing import (
    problem_document,
    write_problem_folder,
    write_problem_json,
    write_problem_workbook,
)
from optimizer.formats.raw import COLUMNS, ORDERS
from optimizer.formats.schemas import schema_errors
from optimizer.formats.settings_text import settings_from_text
from optimizer.formats.tables import csv_from_text
from tests.unit.formats import tiny_day

# --- plans --------------------------------------------------------------------------------------

names = st.text(min_size=1, max_size=12)
moments = st.integers(min_value=0, max_value=HORIZON_S)
counts = st.integers(min_value=0, max_value=10**9)
quantities = st.integers(min_value=0, max_value=10**12)
degrees = st.floats(min_value=-100, max_value=100)
zones = st.sampled_from(Zone)
keys = st.builds(LineKey, names, names)
deliveries = st.lists(
    st.builds(Delivery, key=keys, zone=zones, mass_g=quantities, volume_ml=quantities), max_size=3
).map(tuple)
temperatures = st.builds(
    PredictedTemperature, product_c=degrees, air_max_c=degrees, margin_c=degrees
)
stops = st.builds(
    Stop,
    site=names,
    kind=st.sampled_from(SiteKind),
    arrives=moments,
    service_starts=moments,
    departs=moments,
    delivers=deliveries,
    collects=deliveries,
    predicted=st.dictionaries(zones, temperatures),
)
boxes = st.builds(BoxLoad, zone=zones, count=counts, ice_kg=st.floats(0, 1000))
routes = st.builds(
    Route,
    id=names,
    echelon=st.sampled_from(Echelon),
    vehicle=names,
    vehicle_type=names,
    wave=names,
    trip=st.integers(1, 9),
    start_site=names,
    end_site=names,
    departs=moments,
    returns=moments,
    distance_m=counts,
    duration_s=counts,
    cost_cents=counts,
    compartments=st.dictionaries(zones, quantities),
    stops=st.lists(stops, max_size=3).map(tuple),
    boxes=st.lists(boxes, max_size=2).map(tuple),
    breaks=st.lists(st.builds(Break, starts=moments, ends=moments), max_size=2).map(tuple),
)
offsets = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
horizons = st.builds(
    Horizon,
    start=st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=offsets).map(  # noqa: DTZ001
        lambda moment: moment.replace(microsecond=0)
    ),
    time_zone=st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/Bogota", "UTC"]),
)
reports = st.builds(
    CheckReport,
    violations=st.lists(
        st.builds(Violation, code=names, where=names, amount=degrees), max_size=2
    ).map(tuple),
)
plans = st.builds(
    Plan,
    problem=names,
    problem_digest=names,
    horizon=horizons,
    travel=st.builds(TravelSource, provider=names, digest=names),
    seed=st.integers(-(2**53), 2**53),
    cost=st.builds(CostBreakdown, vehicles=counts, distance=counts, unserved=counts),
    routes=st.lists(routes, max_size=3).map(tuple),
    unserved=st.lists(
        st.builds(Unserved, key=keys, reason=st.sampled_from(UnservedReason), detail=names),
        max_size=2,
    ).map(tuple),
    kpis=st.dictionaries(names, degrees, max_size=3),
    check=st.none() | reports,
    advice=st.lists(
        st.builds(Advice, code=st.sampled_from(AdviceCode), where=names, detail=names), max_size=2
    ).map(tuple),
    version=st.integers(1, 99),
    state=st.sampled_from(["draft", "published", "loading", "running", "closed"]),
)


@settings(max_examples=25)
@given(plans)
def test_a_written_plan_is_read_back_equal(plan: Plan) -> None:
    data = dump_plan(plan)
    again = plan_from_document(json.loads(data))
    assert again == plan
    assert dump_plan(again) == data


@settings(max_examples=25)
@given(plans)
def test_every_plan_keeps_the_schema(plan: Plan) -> None:
    assert list(schema_errors("plan", plan_document(plan))) == []


# --- problems -----------------------------------------------------------------------------------

words = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=8)
day_times = st.times().map(lambda moment: f"{moment:%H:%M}")
quantity_texts = st.decimals("0.001", 10**6, places=4).map(str)


skill_texts = st.lists(st.sampled_from(["lift", "Crane", "老城"]), max_size=3).map(" ".join)
durations = st.decimals("0.001", 20, places=3).map(str)


def words_of_the_road(draw: st.DrawFn, document: dict[str, Any]) -> None:
    """Add, to some of it, what not every day has: skills, ranges, lockers, collects, rests."""
    point, van = document["sites"][2], document["vehicles"][1]
    point["needs"], van["skills"] = draw(skill_texts), draw(skill_texts)
    van |= {"carrier": draw(st.just("") | words)}
    van["range_km"] = draw(st.none() | st.decimals("0.001", 900, places=4).map(str))
    if draw(st.booleans()):
        point |= {"cells_frozen": draw(st.none() | st.integers(0, 99)), "cells_chilled": 3}
        point["cell_l"] = draw(quantity_texts)
    row = {"site": "P", "kind": "Empties", "mass_kg": 2, "volume_l": draw(quantity_texts)}
    document["collects"] = [
        row | {"order": "E", "line": n, "zone": draw(zones).value, "value_cents": n}
        for n in range(draw(st.integers(0, 3)))
    ]
    breaks = st.none() | st.fixed_dictionaries(
        {}, optional={"after_driving_h": durations, "rest_min": durations}
    )
    document["vehicle_types"] = {"van": {"breaks": draw(breaks)}}
    document["promises"] = {
        "quick": {"within_h": draw(durations), "express": draw(st.booleans())},
        "soft": {"deadline_h": 30, "soft_window": draw(st.booleans())},
    }
    document["door_service_s"] = draw(st.integers(0, 900))
    document["orders_together"] = draw(st.booleans())


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A tiny day with other numbers, names and times; every one of them a good input."""
    document = tiny_day.document()
    opens, closes = draw(st.lists(day_times, min_size=2, max_size=2, unique=True))
    for site in document["sites"]:
        site |= {"name": draw(words), "opens": opens, "closes": closes}
        site |= {"lat": draw(st.floats(-90, 90)), "cap_frozen_l": draw(quantity_texts)}
        site["sorting_min"] = draw(st.decimals(0, 600, places=2).map(str))
    for vehicle in document["vehicles"]:
        vehicle["cap_chilled_l"] = draw(quantity_texts)
        vehicle["shift_start"], vehicle["shift_end"] = draw(day_times), draw(day_times)
    row = document["orders"][0] | {"window_from": None, "window_to": None}
    document["orders"] = [
        row
        | {"line": line, "article": draw(words), "zone": draw(zones).value}
        | {"mass_kg": draw(quantity_texts), "volume_l": draw(quantity_texts)}
        | {"shelf_life_left_h": draw(st.none() | st.decimals(0, 9999, places=3).map(str))}
        | {"loading_c": draw(st.none() | degrees)}
        | {"promise": draw(st.sampled_from(["quick", "soft"]))}
        | {"ordered_at": draw(st.none() | st.just("1980-01-01T00:00:00Z") | day_times)}
        for line in range(draw(st.integers(1, 4)))
    ]
    words_of_the_road(draw, document)
    document["ambient_c"] = draw(degrees)
    document["horizon_start"] = draw(horizons).start.isoformat()
    slots = draw(st.lists(day_times, min_size=2, max_size=2, unique=True))
    document["travel"] = {"factors": [{"from": slots[0], "to": slots[1], "factor": 1.5}]}
    document["objective"] = {"stability_cents": draw(st.integers(0, 1000))}
    document["usual_vehicles"] = draw(
        st.dictionaries(st.sampled_from(["P", "S"]), st.sampled_from(["T", "V", None]))
    )
    return document


@settings(max_examples=30)
@given(documents())
def test_a_written_problem_is_read_back_equal(document: dict[str, Any]) -> None:
    problem = problem_from_document(document, name="day").problem
    again = problem_from_document(problem_document(problem)).problem
    assert again == problem
    assert again.digest == problem.digest
    assert list(schema_errors("problem", problem_document(problem))) == []


@settings(max_examples=20)
@given(documents())
def test_every_kind_of_file_gives_the_same_problem(document: dict[str, Any]) -> None:
    problem = problem_from_document(document, name="day").problem
    with TemporaryDirectory() as folder:
        json_file, workbook = Path(folder) / "day.json", Path(folder) / "day.xlsx"
        json_file.write_bytes(write_problem_json(problem))
        workbook.write_bytes(write_problem_workbook(problem))
        write_problem_folder(problem, Path(folder) / "day")
        for path in (json_file, workbook, Path(folder) / "day"):
            assert read_problem(path).problem == problem


# --- rows that are no rows ----------------------------------------------------------------------

junk = st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8)


@given(
    st.lists(
        st.dictionaries(st.sampled_from(COLUMNS[ORDERS]), junk | st.lists(junk, max_size=1)) | junk,
        max_size=6,
    )
)
def test_no_order_row_gets_lost(rows: list[object]) -> None:
    document = tiny_day.document()
    document["orders"] += rows
    result = problem_from_document(document, keep_good_rows=True)
    assert result.order_rows == len(document["orders"])
    assert result.order_rows == len(result.problem.lines) + result.refused_rows
    assert {LineKey("O1", "1"), LineKey("O1", "2")} <= set(result.problem.lines)
    places = {"/".join(fault.place.split("/")[:3]) for fault in result.refused}
    assert len(places) == result.refused_rows


json_values = st.recursive(
    junk, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3)
)
parts = st.sampled_from(
    [*tiny_day.SETTINGS, *tiny_day.TABLES, "travel", "waves", "zones", "promises",
     "time_on_board_h", "objective", "vehicle_types", "radius_km", "usual_vehicles", "cut_offs",
     "collects", "door_service_s", "orders_together", "id"]
)  # fmt: skip


@given(st.dictionaries(parts | words, json_values, min_size=1, max_size=4))
def test_any_document_is_read_or_refused(changes: dict[str, Any]) -> None:
    try:
        problem_from_document(tiny_day.document() | changes)
    except InputRefused as refused:
        assert refused.faults


@given(st.text(max_size=200) | st.text("abc:-[]{}&*!<,'\"\n #|>?", max_size=60))
def test_any_settings_text_is_read_or_refused(text: str) -> None:
    log = FaultLog()
    read = settings_from_text(text, "settings.yaml", log)
    assert (read is None) <= bool(log.faults())


@given(st.text(max_size=200) | st.text('ab,"\n\r; ', max_size=60))
def test_any_table_text_is_read_or_refused(text: str) -> None:
    log = FaultLog()
    table = csv_from_text(text, ORDERS, "orders.csv", log)
    assert (table is None) <= bool(log.faults())
