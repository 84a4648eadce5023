"""Who drives in the Changsha sample: trucks, own vans, box tricycles, a backup carrier."""

from __future__ import annotations

from data.samples.changsha.places import GRIDS, LANES, Row

EARLY, LATE = ("05:30", "14:30"), ("10:30", "21:00")
NIGHT, DAY = ("20:30", "06:00"), ("06:00", "16:00")
BACKUP_AT = {"G1": "yes", "G3": "yes", "G5": "yes", "G6": "no"}
"""Grids where the backup carrier keeps a van, and whether its temperature is seen under way."""
TRUCK: Row = {
    "type": "truck", "echelon": "linehaul", "owner": "own", "payload_kg": 3000,
    "cap_frozen_l": 3000, "cap_chilled_l": 5000, "cap_controlled_l": 4000, "fixed_cents": 20000,
    "cents_per_km": 380, "cents_per_h": 2500, "max_trips": 2, "cooling": "refrigerated",
    "live_temperature": "yes",
}  # fmt: skip
VAN: Row = {
    "type": "van", "echelon": "last_mile", "owner": "own", "payload_kg": 700, "cap_frozen_l": 500,
    "cap_chilled_l": 900, "cap_controlled_l": 800, "bulkhead_step_l": 100, "fixed_cents": 4500,
    "cents_per_km": 150, "cents_per_h": 2600, "max_trips": 3, "cooling": "refrigerated",
    "live_temperature": "yes",
}  # fmt: skip
TRICYCLE: Row = {
    "type": "tricycle", "echelon": "last_mile", "owner": "own", "payload_kg": 180,
    "cap_frozen_l": 80, "cap_chilled_l": 160, "cap_controlled_l": 160, "fixed_cents": 1200,
    "cents_per_km": 40, "cents_per_h": 2200, "max_trips": 4, "cooling": "boxes",
    "live_temperature": "yes", "range_km": 25, "skills": "narrow_lane",
}  # fmt: skip
BACKUP: Row = {
    "type": "van_backup", "echelon": "last_mile", "owner": "backup", "payload_kg": 700,
    "cap_frozen_l": 500, "cap_chilled_l": 900, "cap_controlled_l": 800, "fixed_cents": 15000,
    "cents_per_km": 220, "cents_per_h": 3200, "max_trips": 2, "cooling": "refrigerated",
    "carrier": "Orange Isle Express",
}  # fmt: skip


def vehicles() -> list[Row]:
    """Give trucks by night and day, own vans and tricycles in two shifts, and the backup vans."""
    trucks = enumerate((NIGHT, NIGHT, DAY), start=1)
    rows = [TRUCK | {"id": f"T{number}", "home": "C1"} | _shift(shift) for number, shift in trucks]
    for grid in GRIDS:
        for number, shift in enumerate((EARLY, LATE), start=1):
            rows.append(VAN | {"id": f"{grid}-V{number}", "home": grid} | _shift(shift))
        shifts = (EARLY, EARLY, LATE, LATE) if grid in LANES else (EARLY, LATE)
        for number, shift in enumerate(shifts, start=1):
            rows.append(TRICYCLE | {"id": f"{grid}-B{number}", "home": grid} | _shift(shift))
    for grid, live in BACKUP_AT.items():
        van = BACKUP | {"id": f"{grid}-X1", "home": grid, "live_temperature": live}
        rows.append(van | _shift((EARLY[0], LATE[1])))
    return rows


def _shift(hours: tuple[str, str]) -> Row:
    return dict(zip(("shift_start", "shift_end"), hours, strict=True))
