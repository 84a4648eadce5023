"""Makes the tables of the Changsha sample from one seed: ``python data/samples/changsha/make.py``.

``settings.yaml`` is written by hand. The same seed gives the same bytes: a test holds this script
against the tables that lie beside it.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

from data.samples.changsha.demand import collects, order_lines, stock, with_room
from data.samples.changsha.fleet import vehicles
from data.samples.changsha.places import Row, pickup_points, warehouses

SEED = 20260616
Tables = dict[str, list[Row]]
COLUMNS = {
    "sites": "id,kind,name,lat,lon,opens,closes,service_s,docks,sorting_min,cap_frozen_l,"
    "cap_chilled_l,cap_controlled_l,grid,needs,cells_frozen,cells_chilled,cells_controlled,cell_l",
    "vehicles": "id,type,home,echelon,owner,payload_kg,cap_frozen_l,cap_chilled_l,"
    "cap_controlled_l,bulkhead_step_l,fixed_cents,cents_per_km,cents_per_h,shift_start,shift_end,"
    "max_trips,cooling,live_temperature,range_km,skills,carrier",
    "orders": "order,line,site,article,batch,zone,mass_kg,volume_l,value_cents,shelf_life_left_h,"
    "promise,priority,window_from,window_to,mode,ordered_at",
    "stock": "site,article,mass_kg,volume_l",
    "collects": "order,line,site,kind,zone,mass_kg,volume_l,value_cents",
}


def tables(seed: int = SEED) -> Tables:
    """Draw the whole sample."""
    draw = Random(seed)
    points = pickup_points(draw)
    orders = order_lines(draw, points)
    return {
        "sites": [*warehouses(), *with_room(draw, points, orders)],
        "vehicles": vehicles(),
        "orders": orders,
        "stock": stock(orders, points),
        "collects": collects(draw, points),
    }


def write(folder: Path, made: Mapping[str, Sequence[Row]]) -> None:
    """Write the tables, with line feeds alone."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in made.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            columns = COLUMNS[name].split(",")
            writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


def main(words: Sequence[str]) -> None:
    """Write into the folder that is named, else beside this script, and say what was written."""
    folder = Path(words[0]) if words else Path(__file__).parent
    made = tables()
    write(folder, made)
    for name, rows in made.items():
        sys.stdout.write(f"{folder / name}.csv: {len(rows)} rows\n")


if __name__ == "__main__":
    main(sys.argv[1:])
