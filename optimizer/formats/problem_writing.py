"""Writes problems: as one JSON document, as a folder of tables, as an Excel workbook.

Reading what was written gives an equal problem, with an equal digest.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from optimizer.domain.fleet import Vehicle
from optimizer.domain.network import Site, Stock
from optimizer.domain.orders import Collect, OrderLine
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import ZONES, Zone
from optimizer.domain.units import SECONDS_PER_HOUR, SECONDS_PER_MINUTE, Millilitres, thousands
from optimizer.formats.clock import Clock
from optimizer.formats.raw import COLLECTS, ORDERS, REQUIRED_TABLES, SITES, STOCK, VEHICLES
from optimizer.formats.settings_text import settings_to_text
from optimizer.formats.settings_writing import settings_document
from optimizer.formats.tables import csv_text
from optimizer.formats.workbook import workbook_bytes
from optimizer.formats.written_units import in_units

Row = Mapping[str, object]


def problem_document(problem: Problem) -> dict[str, Any]:
    """Give the JSON form of a problem: settings beside tables, cells without a value left out.

    Raises
    ------
    ValueError
        A site has opening hours that no pair of times gives.
    """
    return {**settings_document(problem), **problem_tables(problem)}


def write_problem_json(problem: Problem) -> bytes:
    """Write a problem as UTF-8 JSON; the same problem gives the same bytes."""
    text = json.dumps(problem_document(problem), ensure_ascii=False, indent=1, allow_nan=False)
    return (text + "\n").encode()


def problem_tables(problem: Problem) -> dict[str, list[Row]]:
    """Give the rows of the tables; that of collects is there only where anything is collected."""
    clock = Clock(horizon=problem.horizon)
    tables = {
        SITES: [_site_row(site, clock) for site in problem.sites.values()],
        VEHICLES: [_vehicle_row(vehicle, clock) for vehicle in problem.vehicles.values()],
        ORDERS: [_order_row(line, clock) for line in problem.lines.values()],
        STOCK: [_stock_row(stock) for stock in problem.stock],
    }
    collects = [_collect_row(collect) for collect in problem.collects.values()]
    return tables | ({COLLECTS: collects} if collects else {})


def write_problem_tables(
    folder: Path,
    *,
    sites: Iterable[Row],
    vehicles: Iterable[Row],
    orders: Iterable[Row],
    stock: Iterable[Row] = (),
    collects: Iterable[Row] = (),
    settings: Mapping[str, Any],
) -> None:
    """Write a folder of tables.

    Parameters
    ----------
    folder
        Made where it is missing.
    sites, vehicles, orders, stock, collects
        Rows by column; columns that a row lacks stay empty. Without stock or collects there is no
        such file.
    settings
        The content of ``settings.yaml``.

    Raises
    ------
    ValueError
        A row has a column that its table has not.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = {SITES: sites, VEHICLES: vehicles, ORDERS: orders, STOCK: stock, COLLECTS: collects}
    for name, rows in written.items():
        listed = list(rows)
        if listed or name in REQUIRED_TABLES:
            text = csv_text(name, listed)
            (folder / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
    (folder / "settings.yaml").write_text(settings_to_text(settings), encoding="utf-8")


def write_problem_folder(problem: Problem, folder: Path) -> None:
    """Write a problem as a folder of tables."""
    write_problem_tables(folder, **problem_tables(problem), settings=settings_document(problem))


def write_problem_workbook(problem: Problem) -> bytes:
    """Write a problem as an Excel workbook."""
    return workbook_bytes(problem_tables(problem), settings_document(problem))


def _site_row(site: Site, clock: Clock) -> Row:
    opens, closes = clock.written_hours(site.hours)
    return _without_blanks(
        {
            "id": site.id,
            "kind": site.kind.value,
            "name": site.name,
            "lat": site.lat,
            "lon": site.lon,
            "opens": opens,
            "closes": closes,
            "service_s": site.service_s,
            "docks": site.docks,
            "sorting_min": in_units(site.sorting_s, SECONDS_PER_MINUTE),
            **_litres(site.capacity_ml),
            "grid": site.grid,
            "needs": " ".join(sorted(site.needs)),
            **{f"cells_{z.value}": site.cells[z] for z in ZONES if z in site.cells},
            "cell_l": thousands(site.cell_ml) if site.cell_ml else None,
        }
    )


def _vehicle_row(vehicle: Vehicle, clock: Clock) -> Row:
    shift = vehicle.shift
    step = vehicle.bulkhead_step_ml
    return _without_blanks(
        {
            "id": vehicle.id,
            "type": vehicle.type,
            "home": vehicle.home,
            "echelon": vehicle.echelon.value,
            "owner": vehicle.owner,
            "payload_kg": thousands(vehicle.payload_g),
            **_litres(vehicle.capacity_ml),
            "bulkhead_step_l": None if step is None else thousands(step),
            "fixed_cents": vehicle.fixed_cents,
            "cents_per_km": vehicle.cents_per_km,
            "cents_per_h": vehicle.cents_per_h,
            "shift_start": clock.written(shift.opens),
            "shift_end": clock.written(shift.closes, after=shift.opens),
            "max_trips": vehicle.max_trips,
            "cooling": vehicle.cooling.value,
            "live_temperature": "yes" if vehicle.live_temperature else "no",
            "range_km": None if vehicle.range_m is None else thousands(vehicle.range_m),
            "skills": " ".join(sorted(vehicle.skills)),
            "carrier": vehicle.carrier,
        }
    )


def _order_row(line: OrderLine, clock: Clock) -> Row:
    window = line.window
    opens = None if window is None else clock.written(window.opens)
    closes = None if window is None else clock.written(window.closes, after=window.opens)
    life_s = line.shelf_life_left_s
    return _without_blanks(
        {
            "order": line.key.order,
            "line": line.key.line,
            "site": line.site,
            "article": line.article,
            "batch": line.batch,
            "zone": line.zone.value,
            "mass_kg": thousands(line.mass_g),
            "volume_l": thousands(line.volume_ml),
            "value_cents": line.value_cents,
            "shelf_life_left_h": None if life_s is None else in_units(life_s, SECONDS_PER_HOUR),
            "promise": line.promise,
            "priority": line.priority,
            "window_from": opens,
            "window_to": closes,
            "mode": line.mode.value,
            "loading_c": line.loading_c,
            "ordered_at": None if line.ordered_s is None else clock.written(line.ordered_s),
        }
    )


def _stock_row(stock: Stock) -> Row:
    return {
        "site": stock.site,
        "article": stock.article,
        "mass_kg": thousands(stock.mass_g),
        "volume_l": thousands(stock.volume_ml),
    }


def _collect_row(collect: Collect) -> Row:
    return {
        "order": collect.key.order,
        "line": collect.key.line,
        "site": collect.site,
        "kind": collect.kind.value,
        "zone": collect.zone.value,
        "mass_kg": thousands(collect.mass_g),
        "volume_l": thousands(collect.volume_ml),
        "value_cents": collect.value_cents,
    }


def _litres(capacity: Mapping[Zone, Millilitres]) -> Row:
    return {f"cap_{z.value}_l": thousands(capacity[z]) for z in ZONES if z in capacity}


def _without_blanks(row: Mapping[str, object]) -> Row:
    return {column: value for column, value in row.items() if value not in {None, ""}}
