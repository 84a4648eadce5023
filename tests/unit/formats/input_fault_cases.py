"""Inputs that are wrong in one way each: an edit of the tiny day, and the fault it is to give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.unit.formats.tiny_day import Files, with_cell, without_column

Edit = Callable[[Files], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    name: str
    code: str
    place: str
    action: str
    edit: Edit


def cell(file: str, row: int, column: str, value: str) -> Edit:
    return lambda files: files.update({file: with_cell(files[file], row, column, value)})


def settings(text: str) -> Edit:
    """Add lines to the three that settings.yaml has."""
    return lambda files: files.update({"settings.yaml": files["settings.yaml"] + text.encode()})


def swapped(file: str, old: str, new: str) -> Edit:
    return lambda files: files.update({file: files[file].replace(old.encode(), new.encode(), 1)})


def whole(file: str, data: bytes) -> Edit:
    return lambda files: files.update({file: data})


def appended(file: str, rows: str) -> Edit:
    return lambda files: files.update({file: files[file] + rows.encode()})


def column(file: str, name: str, *values: str) -> Edit:
    """Add a column, its cells from row 2 on."""

    def edit(files: Files) -> None:
        header, *rows = files[file].decode().splitlines()
        cells = [*values, *[""] * (len(rows) - len(values))]
        lines = [f"{row},{cell}" for row, cell in zip(rows, cells, strict=True)]
        files[file] = "\n".join([f"{header},{name}", *lines, ""]).encode()

    return edit


COLLECT = {"order": "E1", "line": "1", "site": "P", "kind": "empties", "zone": "chilled",
           "mass_kg": "3", "volume_l": "20", "value_cents": ""}  # fmt: skip


def collects(*rows: dict[str, str]) -> Edit:
    """Write ``collects.csv``; what a row does not say is that of a good one."""
    cells = [",".join((COLLECT | row).values()) for row in rows]
    return whole("collects.csv", "\n".join([",".join(COLLECT), *cells, ""]).encode())


def all_of(*edits: Edit) -> Edit:
    return lambda files: [edit(files) for edit in edits]


LONG_ALIASES = "\na: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{after}: &{after} [{', '.join([f'*{before}'] * 10)}]\n"
    for before, after in zip("abcdefg", "bcdefgh", strict=True)
)
ORDER = "O9,{line},P,X,,chilled,1,1,{value},,,{priority},,,\n"
OF_CONVERTERS = {"CG-1029", "CG-1030"}
"""Faults of foreign day files; the tests of the converters provoke them."""

CASES = [
    Case(name="no sites", code="CG-1001", place="sites.csv", action="Name a folder",
         edit=lambda files: files.pop("sites.csv")),
    Case(name="no settings", code="CG-1001", place="settings.yaml", action="Name a folder",
         edit=lambda files: files.pop("settings.yaml")),
    Case(name="misnamed file", code="CG-1001", place="orders.csv", action="Rename order.csv",
         edit=lambda files: files.update({"order.csv": files.pop("orders.csv")})),
    Case(name="misnamed optional file", code="CG-1001", place="stock.csv",
         action="Rename stocks.csv to stock.csv",
         edit=lambda files: files.update({"stocks.csv": files.pop("stock.csv")})),
    Case(name="column missing", code="CG-1002", place="orders.csv row 1", action="Add the column",
         edit=lambda f: f.update({"orders.csv": without_column(f["orders.csv"], "mass_kg")})),
    Case(name="unknown column", code="CG-1003", place="orders.csv row 1", action="mass_kg",
         edit=swapped("orders.csv", "mass_kg", "mas_kg")),
    Case(name="unknown setting", code="CG-1003", place="settings.yaml line 4",
         action="Use only schema", edit=settings("ambiant_c: 12\n")),
    Case(name="unknown nested setting", code="CG-1003", place="settings.yaml line 5",
         action="Use only k_w_m2k", edit=settings("vehicle_types:\n  van: {coling_w: 5}\n")),
    Case(name="column twice", code="CG-1004", place="sites.csv row 1", action="Keep one",
         edit=swapped("sites.csv", "name", "kind")),
    Case(name="setting twice", code="CG-1004", place="settings.yaml line 5", action="Keep one",
         edit=settings("sun_c: 1\nsun_c: 2\n")),
    Case(name="NUL byte", code="CG-1005", place="sites.csv", action="UTF-8",
         edit=appended("sites.csv", "\0")),
    Case(name="neither UTF-8 nor GBK", code="CG-1005", place="sites.csv", action="UTF-8",
         edit=whole("sites.csv", b"id,kind\n\xff\xff\xff")),
    Case(name="open quote", code="CG-1005", place="sites.csv", action="UTF-8",
         edit=appended("sites.csv", '"X,grid\n')),
    Case(name="empty file", code="CG-1005", place="vehicles.csv", action="UTF-8",
         edit=whole("vehicles.csv", b"")),
    Case(name="semicolons", code="CG-1005", place="stock.csv", action="commas",
         edit=whole("stock.csv", b"site;article;mass_kg;volume_l\nG;MILK;1;2\n")),
    Case(name="broken YAML", code="CG-1005", place="settings.yaml line 4", action="plain YAML",
         edit=settings("waves: [}\n")),
    Case(name="alias bomb", code="CG-1005", place="settings.yaml", action="plain YAML",
         edit=settings(LONG_ALIASES)),
    Case(name="endless YAML", code="CG-1005", place="settings.yaml", action="plain YAML",
         edit=settings("waves: &w [*w]\n")),
    Case(name="deep YAML", code="CG-1005", place="settings.yaml", action="plain YAML",
         edit=settings("waves: " + "[" * 5000 + "]" * 5000)),
    Case(name="YAML that makes objects", code="CG-1005", place="settings.yaml line 4",
         action="plain YAML", edit=settings("id: !!python/object/apply:os.getcwd []\n")),
    Case(name="empty cell", code="CG-1006", place="orders.csv row 3", action="Fill it in",
         edit=cell("orders.csv", 3, "zone", "")),
    Case(name="setting missing", code="CG-1006", place="settings.yaml", action="Fill it in",
         edit=whole("settings.yaml", b"schema: coldgrid/problem/1\ntime_zone: UTC\n")),
    *(
        Case(name=f"mass {text}", code="CG-1007", place="orders.csv row 2", action="such as 12.5",
             edit=cell("orders.csv", 2, "mass_kg", text))
        for text in ("heavy", "NaN", "inf", "-inf", "1,5", "1_000", "0x10", "\uff11", "9" * 61)
    ),
    Case(name="setting no number", code="CG-1007", place="settings.yaml line 4", action="12.5",
         edit=settings("ambient_c: warm\n")),
    *(
        Case(name=f"{column} {text}", code="CG-1008", place=f"{file} row 2", action=action,
             edit=cell(file, 2, column, text))
        for file, column, text, action in (
            ("orders.csv", "mass_kg", "-1", "above 0"),
            ("orders.csv", "mass_kg", "0", "above 0"),
            ("orders.csv", "volume_l", "1e30", "at most 1000000000"),
            ("orders.csv", "volume_l", "1e9999", "at most 1000000000"),
            ("orders.csv", "priority", "0", "at least 1"),
            ("orders.csv", "priority", "1.5", "whole"),
            ("orders.csv", "value_cents", "-3", "at least 0"),
            ("sites.csv", "lat", "90.1", "at most 90"),
            ("sites.csv", "lon", "-180.5", "at least -180"),
            ("sites.csv", "docks", "0", "at least 1"),
            ("vehicles.csv", "bulkhead_step_l", "0", "at least 0.001"),
            ("vehicles.csv", "max_trips", "0", "at least 1"),
        )
    ),
    Case(name="circuity below 1", code="CG-1008", place="settings.yaml line 5",
         action="at least 1", edit=settings("travel:\n  circuity: 0.9\n")),
    Case(name="matrix outside the folder", code="CG-1008", place="settings.yaml line 4",
         action="relative", edit=settings("travel: {provider: matrix, file: ../../m.csv}\n")),
    *(
        Case(name=f"time {text}", code="CG-1009", place="sites.csv row 3", action="HH:MM",
             edit=cell("sites.csv", 3, "opens", text))
        for text in ("25:00", "24:00", "7 am", "2026-13-01T00:00:00Z", "07:61", "0001-01-01")
    ),
    Case(name="naive instant", code="CG-1010", place="orders.csv row 2", action="offset",
         edit=cell("orders.csv", 2, "window_from", "2026-02-11T07:00:00")),
    Case(name="naive start", code="CG-1010", place="settings.yaml line 3", action="offset",
         edit=swapped("settings.yaml", "'2026-02-10T20:00:00+08:00'", "2026-02-10T20:00:00")),
    Case(name="too late", code="CG-1011", place="orders.csv row 2", action="inside the horizon",
         edit=cell("orders.csv", 2, "window_to", "2026-02-14T07:00:00+08:00")),
    Case(name="too early", code="CG-1011", place="vehicles.csv row 3",
         action="inside the horizon",
         edit=cell("vehicles.csv", 3, "shift_start", "2026-02-10T19:59:59+08:00")),
    Case(name="unknown zone", code="CG-1012", place="orders.csv row 3",
         action="frozen, chilled, controlled", edit=cell("orders.csv", 3, "zone", "frosen")),
    Case(name="unknown echelon", code="CG-1012", place="vehicles.csv row 2",
         action="linehaul, last_mile", edit=cell("vehicles.csv", 2, "echelon", "lastmile")),
    Case(name="unknown owner", code="CG-1012", place="vehicles.csv row 2",
         action="own, backup", edit=cell("vehicles.csv", 2, "owner", "rented")),
    Case(name="unknown zone in settings", code="CG-1012", place="settings.yaml line 4",
         action="frozen, chilled, controlled", edit=settings("time_on_board_h: {cold: 6}\n")),
    Case(name="site id twice", code="CG-1013", place="sites.csv row 6", action="own id",
         edit=appended("sites.csv", "G,grid,,1,1,,,,,,,,,\n")),
    Case(name="wave id twice", code="CG-1013", place="settings.yaml line 6", action="own id",
         edit=settings('waves:\n- {id: a, departs: "06:00"}\n- {id: a, departs: "09:00"}\n')),
    Case(name="line twice", code="CG-1014", place="orders.csv row 3", action="own line number",
         edit=cell("orders.csv", 3, "line", "1")),
    *(
        Case(name=f"unknown {column}", code="CG-1015", place=f"{file} row {row}",
             action="Correct the name", edit=cell(file, row, column, "X1"))
        for file, row, column in (
            ("orders.csv", 2, "site"), ("orders.csv", 2, "promise"), ("vehicles.csv", 3, "home"),
            ("sites.csv", 4, "grid"), ("stock.csv", 2, "site"),
        )
    ),
    Case(name="grid that is none", code="CG-1015", place="sites.csv row 4",
         action="Correct the name", edit=cell("sites.csv", 4, "grid", "S")),
    Case(name="grid of a station", code="CG-1015", place="sites.csv row 5",
         action="Leave grid empty", edit=cell("sites.csv", 5, "grid", "G")),
    Case(name="type that nobody drives", code="CG-1015", place="settings.yaml line 4",
         action="Correct the name", edit=settings("vehicle_types: {vn: {cooling_w: 0}}\n")),
    Case(name="home is a pickup point", code="CG-1016", place="vehicles.csv row 3",
         action="kind grid", edit=cell("vehicles.csv", 3, "home", "P")),
    Case(name="truck at a grid", code="CG-1016", place="vehicles.csv row 2",
         action="kind central", edit=cell("vehicles.csv", 2, "home", "G")),
    Case(name="van at a central", code="CG-1016", place="vehicles.csv row 3",
         action="kind grid", edit=cell("vehicles.csv", 3, "home", "C")),
    Case(name="order for a grid", code="CG-1017", place="orders.csv row 2", action="kind pickup",
         edit=cell("orders.csv", 2, "site", "G")),
    Case(name="no central", code="CG-1018", place="sites.csv", action="kind central",
         edit=cell("sites.csv", 2, "kind", "grid")),
    Case(name="opens when it closes", code="CG-1019", place="sites.csv row 3",
         action="two different times", edit=cell("sites.csv", 3, "closes", "22:00")),
    Case(name="opens only", code="CG-1019", place="sites.csv row 3", action="leave both empty",
         edit=cell("sites.csv", 3, "closes", "")),
    Case(name="window upside down", code="CG-1020", place="orders.csv row 2",
         action="earlier time first", edit=all_of(
             cell("orders.csv", 2, "window_from", "2026-02-11T09:00:00+08:00"),
             cell("orders.csv", 2, "window_to", "2026-02-11T08:00:00+08:00"))),
    Case(name="window without length", code="CG-1020", place="orders.csv row 2",
         action="earlier time first", edit=cell("orders.csv", 2, "window_to", "07:00")),
    Case(name="value too large", code="CG-1021", place="orders.csv", action="unit mistaken",
         edit=appended("orders.csv", ORDER.format(line=1, value=2**53, priority=1))),
    Case(name="priority too large", code="CG-1021", place="orders.csv", action="unit mistaken",
         edit=appended("orders.csv", ORDER.format(line=1, value=10**12, priority=10**6))),
    Case(name="no rows", code="CG-1022", place="orders.csv", action="at least one",
         edit=lambda f: f.update({"orders.csv": f["orders.csv"].split(b"\n")[0] + b"\n"})),
    Case(name="step larger than the body", code="CG-1023", place="vehicles.csv row 3",
         action="fixed bulkheads", edit=cell("vehicles.csv", 3, "bulkhead_step_l", "1401")),
    Case(name="no compartment", code="CG-1024", place="vehicles.csv row 3",
         action="at least one zone", edit=all_of(
             cell("vehicles.csv", 3, "cap_frozen_l", "0"),
             cell("vehicles.csv", 3, "cap_chilled_l", ""))),
    Case(name="other schema", code="CG-1025", place="settings.yaml line 1",
         action="coldgrid/problem/1", edit=swapped("settings.yaml", "problem/1", "problem/2")),
    Case(name="unknown time zone", code="CG-1026", place="settings.yaml line 2",
         action="Asia/Shanghai", edit=swapped("settings.yaml", "Asia/Shanghai", "Asia/Xianghai")),
    Case(name="folder as time zone", code="CG-1026", place="settings.yaml line 2",
         action="Asia/Shanghai", edit=swapped("settings.yaml", "Asia/Shanghai", "Asia")),
    Case(name="settings are a list", code="CG-1027", place="settings.yaml", action="key: value",
         edit=whole("settings.yaml", b"- schema\n")),
    Case(name="list where a mapping belongs", code="CG-1027", place="settings.yaml line 4",
         action="key: value", edit=settings("travel: [1]\n")),
    Case(name="mapping where a list belongs", code="CG-1027", place="settings.yaml line 4",
         action="[item, item]", edit=settings("waves: {id: x}\n")),
    Case(name="row too long", code="CG-1027", place="stock.csv row 2", action="shape",
         edit=swapped("stock.csv", "1.0009,2", "1.0009,2,3")),
    Case(name="band upside down", code="CG-1028", place="settings.yaml line 4", action="Change one",
         edit=settings("zones: {chilled: {product: {lower_c: 5}}}\n")),
    Case(name="usual vehicle of no site", code="CG-1015", place="settings.yaml line 4",
         action="id of a site", edit=settings("usual_vehicles: {Q: V}\n")),
    Case(name="usual vehicle that is none", code="CG-1015", place="settings.yaml line 6",
         action="take the site out", edit=settings("usual_vehicles:\n  C: T\n  P: W\n")),
    Case(name="matrix without file", code="CG-1028", place="settings.yaml line 4",
         action="travel.file", edit=settings("travel: {provider: matrix}\n")),
    Case(name="two speeds", code="CG-1028", place="settings.yaml line 5", action="Change one",
         edit=settings("vehicle_types: {van: {speed_kmh: 20}, truck: {}}\n"
                       "travel: {speed_kmh: {van: 30, truck: 40}}\n")),
    Case(name="slots overlap", code="CG-1028", place="settings.yaml line 7", action="Change one",
         edit=settings("travel:\n factors:\n"
                       '  - {from: "07:00", to: "09:00", factor: 2}\n'
                       '  - {from: "08:00", to: "10:00", factor: 3}\n')),
    Case(name="misnamed collects", code="CG-1001", place="collects.csv",
         action="Rename collect.csv to collects.csv", edit=whole("collect.csv", b"order\n")),
    *(
        Case(name=f"collect of {key} {text}", code=code, place="collects.csv row 2", action=action,
             edit=collects({key: text}))
        for key, text, code, action in (
            ("site", "Q", "CG-1015", "Correct the name"),
            ("site", "G", "CG-1017", "kind pickup"),
            ("kind", "crates", "CG-1012", "empties, return"),
            ("zone", "", "CG-1006", "Fill it in"),
            ("mass_kg", "-1", "CG-1008", "above 0"),
            ("volume_l", "0", "CG-1008", "above 0"),
            ("value_cents", "-1", "CG-1008", "at least 0"),
            ("order", "O1", "CG-1035", "of its own"),
        )
    ),
    Case(name="collect twice", code="CG-1014", place="collects.csv row 3",
         action="own line number", edit=collects({}, {"site": "P"})),
    *(
        Case(name=f"{name} {text}", code=code, place=f"{file} row 2", action=action,
             edit=column(file, name, text))
        for file, name, text, code, action in (
            ("sites.csv", "needs", "lift;crane", "CG-1031", "blanks between"),
            ("vehicles.csv", "skills", '"lift, crane"', "CG-1031", "blanks between"),
            ("vehicles.csv", "range_km", "0", "CG-1008", "at least 0.001"),
            ("vehicles.csv", "range_km", "-5", "CG-1008", "at least 0.001"),
            ("sites.csv", "cells_frozen", "-1", "CG-1008", "at least 0"),
            ("sites.csv", "cells_frozen", "1.5", "CG-1008", "whole"),
            ("sites.csv", "cell_l", "0", "CG-1008", "at least 0.001"),
            ("orders.csv", "ordered_at", "8 pm", "CG-1009", "HH:MM"),
            ("orders.csv", "ordered_at", "2026-02-10T19:00:00", "CG-1010", "offset"),
            ("orders.csv", "ordered_at", "2026-02-14T19:00:00Z", "CG-1011", "horizon"),
            # The evening before is meant, the evening after is said.
            ("orders.csv", "ordered_at", "19:30", "CG-1034", "with its date"),
        )
    ),
    Case(name="ordered after the deadline", code="CG-1034", place="orders.csv row 3",
         action="with its date", edit=column("orders.csv", "ordered_at", "", "19:30")),
    Case(name="lockers at a warehouse", code="CG-1032", place="sites.csv row 3",
         action="unless kind is pickup",
         edit=all_of(column("sites.csv", "cells_chilled", "", "4"),
                     column("sites.csv", "cell_l", "", "9"))),
    Case(name="lockers without a size", code="CG-1033", place="sites.csv row 4",
         action="as cell_l", edit=column("sites.csv", "cells_chilled", "", "", "4")),
    *(
        Case(name=f"settings {text}", code=code, place="settings.yaml line 4", action=action,
             edit=settings(f"{text}\n"))
        for text, code, action in (
            ("promises: {express: {express: true}}", "CG-1006", "deadline_h, within_h or both"),
            ("promises: {express: }", "CG-1006", "deadline_h, within_h or both"),
            ("promises: {express: {within_h: 0}}", "CG-1008", "at least"),
            ("promises: {cold: {deadline_h: 9, soft_window: maybe}}", "CG-1012", "yes, no"),
            ("promises: {cold: {deadline_h: 9, fast: true}}", "CG-1003", "within_h"),
            ("vehicle_types: {van: {breaks: {rest_min: 0}}}", "CG-1008", "breaks: null"),
            ("vehicle_types: {van: {breaks: {after_driving_h: 0}}}", "CG-1008", "breaks: null"),
            ("vehicle_types: {van: {breaks: {rest_min: soon}}}", "CG-1007", "12.5"),
            ("vehicle_types: {van: {breaks: 20}}", "CG-1027", "or null"),
            ("vehicle_types: {van: {breaks: {rest_h: 1}}}", "CG-1003", "rest_min"),
            ("vehicle_types: {van: {box: {ice_step_kg: 0}}}", "CG-1008", "above 0"),
            ("vehicle_types: {van: {box: {ice_kg: 1, ice_step_kg: 2}}}", "CG-1028", "Change one"),
            ("door_service_s: -1", "CG-1008", "at least 0"),
            ("orders_together: sometimes", "CG-1012", "yes, no"),
        )
    ),
]  # fmt: skip
