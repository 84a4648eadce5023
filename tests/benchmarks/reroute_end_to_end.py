"""How long from a temperature to a new plan: ``python -m tests.benchmarks.reroute_end_to_end``.

A compartment fails on the road. Measured, over a real broker and real sockets, is the time from
publishing the first sample above the limit until the case is seen on the stream, until the best
proposal is accepted and the new version is there, and until the device and the pickup points were
told. The delay of the alarm's rule has passed by the times that the samples bear; a person who
thinks is not in it, and the process that computes has computed before, unless ``--cold`` is given:
then it is just starting. Given are the median and the longest of some runs, each with everything
begun anew. Exit status 1 says that the new plan took more than 10 s.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from api.observe.logs import configure_logging
from tests.whole_chain import chain, wait_until

MOST_S = 10.0


def run(folder: Path, *, warm: bool) -> dict[str, float]:
    """Let a compartment fail once, and give how long everything took."""
    with chain(folder, warm=warm) as running:
        running.let_fail()
        case = running.heard.wait_for("opened", "V1")
        seen_s = running.since_s()
        taken = {"proposal": running.first_diversion(case["id"])}
        answer = running.post(f"/v1/reroutes/{case['id']}/accept", taken)
        accepted_s = running.since_s()
        assert answer.status_code == 200, answer.text
        running.device.wait_for(1)
        device_s = running.since_s()
        path = f"/v1/reroutes/{case['id']}/news"
        wait_until(lambda: bool(running.get(path)["items"]), "nobody is told")
        points = [one for one in running.get(path)["items"] if one["kind"] == "eta"]
        wait_until(lambda: len(running.points.got) >= len(points), "points are not told")
        told_s = running.since_s()
    return {"case_s": seen_s, "plan_s": accepted_s, "device_s": device_s, "points_s": told_s}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 1 where it takes too long."""
    parser = argparse.ArgumentParser(prog="reroute_end_to_end", description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--cold", action="store_true")
    asked = parser.parse_args(arguments)
    configure_logging("text")
    found = []
    for _ in range(asked.runs):
        with tempfile.TemporaryDirectory(prefix="coldgrid-reroute-") as folder:
            found.append(run(Path(folder), warm=not asked.cold))
    figures = {
        name: {
            "median": round(median(one[name] for one in found), 2),
            "most": round(max(one[name] for one in found), 2),
        }
        for name in found[0]
    }
    sys.stdout.write(json.dumps(figures, indent=2) + "\n")
    return 1 if figures["plan_s"]["median"] > MOST_S else 0


if __name__ == "__main__":
    sys.exit(main())
