"""Whatever the OpenAPI document allows or forbids, the service answers without a fault of its own.

``python -m tests.benchmarks.openapi_fuzz`` asks more.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.fuzzing import NOBODY, findings, stage
from tests.serving import served

EXAMPLES = 1


@pytest.mark.slow
def test_no_question_of_anybody_breaks_the_service(tmp_path: Path) -> None:
    with served(tmp_path, running_jobs=1) as (client, wiring), capture_logs():
        ready = stage(client, wiring)
        assert {"plan", "stop", "user", "key"} <= ready.ids.keys()
        assert len(ready.callers) == 7
        assert NOBODY in ready.callers
        found = [str(finding) for finding in findings(ready, examples=EXAMPLES)]
    assert not found, "\n".join(found)
