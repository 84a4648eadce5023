"""How long from a break to ranked proposals: ``python -m tests.benchmarks.reroute_speed``.

Days with 30 open stops and 10 stations, drawn from seeds; a break at a random moment of the first
third of a tour. Figures are CPU seconds of one process, as other work on the machine counts not.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from random import Random
from time import process_time

from optimizer.domain.temperature import Zone
from optimizer.reroute import Disruption, RerouteRefused, respond
from tests.broken_days import ROADS, random_day

STATIONS = 10


def main() -> None:
    """Print one JSON document."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--days", type=int, default=40)
    words.add_argument("--stops", type=int, default=15, help="Stops of each of two tours.")
    given = words.parse_args()
    seconds: list[float] = []
    kinds: Counter[str] = Counter()
    for seed in range(given.days):
        problem, plan = random_day(seed, stops=given.stops, stations=STATIONS, heaviest_kg=12)
        draw = Random(seed)
        route = plan.routes[draw.randint(0, 1)]
        at = route.departs + int(draw.uniform(0.0, 0.3) * (route.returns - route.departs))
        zone = draw.choice(list(Zone))
        told = Disruption(
            vehicle=route.vehicle,
            zone=zone,
            at=at,
            product_c=problem.policies[zone].loading_c + draw.uniform(0.0, 1.5),
        )
        begun = process_time()
        try:
            answer = respond(problem, plan, told, travel=ROADS)
        except RerouteRefused:
            continue
        seconds.append(process_time() - begun)
        kinds[answer.proposals[0].kind.value] += 1
    seconds.sort()
    found = {
        "breaks": len(seconds),
        "open_stops": 2 * given.stops,
        "stations": STATIONS,
        "p50_s": round(seconds[len(seconds) // 2], 3),
        "p95_s": round(seconds[int(0.95 * (len(seconds) - 1))], 3),
        "most_s": round(seconds[-1], 3),
        "best": dict(kinds),
    }
    sys.stdout.write(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
