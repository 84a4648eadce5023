"""What people of the Changsha sample order and give back, and what lies at the grids for it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from random import Random

from data.samples.changsha.places import GRIDS, OFFICE_OPENS, Row

ZONES = ("frozen", "chilled", "controlled")
CELL_L = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What people buy: kilograms at most per line, litres and cents per kilogram, hours left."""

    name: str
    zone: str
    most_kg: float
    l_per_kg: float
    cents_per_kg: int
    life_h: int


ARTICLES = tuple(
    Article(name=name, zone=zone, most_kg=kg, l_per_kg=litres, cents_per_kg=cents, life_h=hours)
    for name, zone, kg, litres, cents, hours in (
        ("DUMPLINGS", "frozen", 3.0, 2.3, 2400, 4320),
        ("ICE_CREAM", "frozen", 1.5, 2.8, 4200, 4320),
        ("FISH_BALLS", "frozen", 2.5, 2.2, 2600, 4320),
        ("SHRIMP", "frozen", 2.0, 1.9, 7800, 4320),
        ("BEEF_ROLLS", "frozen", 2.0, 2.0, 6900, 4320),
        ("MILK", "chilled", 5.0, 1.1, 1300, 168),
        ("YOGHURT", "chilled", 3.0, 1.2, 1700, 240),
        ("TOFU", "chilled", 2.0, 1.3, 900, 96),
        ("PORK", "chilled", 3.0, 1.4, 3200, 96),
        ("CHICKEN", "chilled", 2.5, 1.6, 2800, 96),
        ("GREENS", "chilled", 3.0, 3.2, 1000, 60),
        ("STRAWBERRIES", "chilled", 1.5, 2.4, 5200, 48),
        ("BENTO", "chilled", 1.2, 2.5, 4500, 30),
        ("BANANAS", "controlled", 4.0, 2.0, 900, 120),
        ("MANGOES", "controlled", 5.0, 1.8, 1800, 144),
        ("CHOCOLATE", "controlled", 1.0, 2.0, 9000, 2160),
        ("RICE_WINE", "controlled", 6.0, 1.2, 2400, 8760),
        ("RICE", "controlled", 8.0, 1.25, 800, 4320),
    )
)
EXPRESS_ARTICLES = ("MILK", "ICE_CREAM", "STRAWBERRIES", "BANANAS")
"""Those that lie at every grid warehouse, so that they need not wait for a truck."""
WAVE_SHARES = {"morning": 0.45, "noon": 0.2, "evening": 0.35}
WINDOWS = {"morning": ("", ""), "noon": ("11:30", "14:00"), "evening": ("17:00", "20:30")}
APPOINTMENTS = {"morning": (450, 6), "noon": (720, 3), "evening": (1050, 5)}
"""Minutes of the day when the first half hour that can be booked begins, and how many follow."""
URGENT_MILK = 0.2
"""Share of milk lines that come before others, for small children."""
ORDERS, EXPRESS, DOORS, BOOKED, COLLECTS, RETURNS = 2000, 40, 90, 120, 60, 8


def order_lines(draw: Random, points: Sequence[Row]) -> list[Row]:
    """Draw the orders of one day: offices at noon, families in the morning and in the evening."""
    chosen = draw.sample(range(ORDERS), EXPRESS + DOORS + BOOKED)
    express, doors = set(chosen[:EXPRESS]), set(chosen[EXPRESS : EXPRESS + DOORS])
    booked = chosen[EXPRESS + DOORS :]
    soft = set(booked[: BOOKED // 2])
    rows: list[Row] = []
    for index in range(ORDERS):
        point = draw.choice(points)
        wave = _wave(draw, office=point["opens"] == OFFICE_OPENS)
        rest: Row = {"promise": wave if wave != "morning" else "", "mode": "pickup"}
        rest["window_from"], rest["window_to"] = WINDOWS[wave]
        if index in express:
            rest |= {"promise": "express", "window_from": "", "window_to": ""}
            rest["ordered_at"] = _clock(draw.randrange(7 * 60, 16 * 60 + 30, 5))
        elif index in booked:
            rest |= _appointment(draw, wave, soft=index in soft)
        elif index in doors and not point["needs"]:
            rest["mode"] = "door"
        articles = EXPRESS_ARTICLES if index in express else tuple(a.name for a in ARTICLES)
        lines = draw.choices((1, 2, 3), (50, 36, 14))[0]
        for number, name in enumerate(draw.sample(articles, lines), start=1):
            rows.append(_line(draw, f"N{index + 1:04d}", number, str(point["id"]), name) | rest)
    return rows


def _wave(draw: Random, *, office: bool) -> str:
    if office:
        return draw.choices(("morning", "noon", "evening"), (0.25, 0.6, 0.15))[0]
    return draw.choices(tuple(WAVE_SHARES), tuple(WAVE_SHARES.values()))[0]


def _appointment(draw: Random, wave: str, *, soft: bool) -> Row:
    """Book half an hour."""
    first, halves = APPOINTMENTS[wave]
    opens = first + 30 * draw.randrange(halves)
    return {
        "promise": "appointment_soft" if soft else "appointment",
        "window_from": _clock(opens),
        "window_to": _clock(opens + 30),
    }


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _line(draw: Random, order: str, number: int, site: str, name: str) -> Row:
    article = next(article for article in ARTICLES if article.name == name)
    mass_kg = round(0.3 + (article.most_kg - 0.3) * draw.random(), 1)
    return {
        "order": order,
        "line": number,
        "site": site,
        "article": name,
        "batch": f"{name[0]}{draw.randrange(10, 40)}",
        "zone": article.zone,
        "mass_kg": mass_kg,
        "volume_l": round(mass_kg * article.l_per_kg, 1),
        "value_cents": round(mass_kg * article.cents_per_kg),
        "shelf_life_left_h": article.life_h,
        "priority": 2 if name == "MILK" and draw.random() < URGENT_MILK else 1,
    }


def stock(orders: Iterable[Row], points: Sequence[Row]) -> list[Row]:
    """Lay half as much again as the express lines of a grid need of an article, and 10 kg."""
    grid_of = {point["id"]: str(point["grid"]) for point in points}
    wanted: Counter[tuple[str, str]] = Counter()
    for line in orders:
        if line["promise"] == "express":
            grams = round(1000 * _amount(line, "mass_kg"))
            wanted[grid_of[line["site"]], str(line["article"])] += grams
    litres = {article.name: article.l_per_kg for article in ARTICLES}
    rows: list[Row] = []
    for grid in GRIDS:
        for name in EXPRESS_ARTICLES:
            mass_kg = ceil(10 + 1.5 * wanted[grid, name] / 1000)
            volume_l = ceil(mass_kg * litres[name] * 1.1)
            rows.append({"site": grid, "article": name, "mass_kg": mass_kg, "volume_l": volume_l})
    return rows


def collects(draw: Random, points: Sequence[Row]) -> list[Row]:
    """Draw empties at half of the points, and a few returns."""
    rows: list[Row] = []
    for index, point in enumerate(draw.sample(list(points), COLLECTS)):
        back = index < RETURNS
        crates = draw.randrange(2, 7)
        rows.append(
            {
                "order": f"R{index + 1:02d}" if back else f"E{index + 1:02d}",
                "line": 1,
                "site": point["id"],
                "kind": "return" if back else "empties",
                "zone": draw.choice(ZONES[1:]) if back else "controlled",
                "mass_kg": round(0.5 + 2.5 * draw.random(), 1) if back else 1.2 * crates,
                "volume_l": round(1 + 5 * draw.random(), 1) if back else 6 * crates,
                "value_cents": draw.randrange(1500, 6000, 100) if back else 60 * crates,
            }
        )
    return rows


def with_room(draw: Random, points: Sequence[Row], orders: Iterable[Row]) -> list[Row]:
    """Give every third point lockers and every seventh cold cabinets, somewhat more than needed."""
    cells: Counter[tuple[object, str]] = Counter()
    litres: defaultdict[tuple[object, str], float] = defaultdict(float)
    of_order: defaultdict[tuple[object, object, str], float] = defaultdict(float)
    for line in orders:
        if line["mode"] == "pickup":
            of_order[line["order"], line["site"], str(line["zone"])] += _amount(line, "volume_l")
    for (_, site, zone), volume_l in of_order.items():
        cells[site, zone] += ceil(volume_l / CELL_L)
        litres[site, zone] += volume_l
    rows = []
    for index, point in enumerate(points):
        row = dict(point)
        if index % 3 == 0:
            spare = draw.randrange(1, 6)
            row |= {f"cells_{zone}": cells[point["id"], zone] + spare for zone in ZONES}
            row["cell_l"] = CELL_L
        elif index % 7 == 0:
            for zone in ZONES[:2]:
                row[f"cap_{zone}_l"] = 10 * ceil(0.13 * litres[point["id"], zone] + 2)
        rows.append(row)
    return rows


def _amount(row: Row, column: str) -> float:
    return float(str(row[column]))
