"""Every error code of the system with its cause and what a person does about it.

CG-1xxx input, CG-2xxx travel, CG-3xxx planning and engines, CG-4xxx plans and checks,
CG-5xxx benchmark files.
"""

from __future__ import annotations

from optimizer.domain.errors import ErrorEntry

ERRORS: dict[str, ErrorEntry] = {
    "CG-3001": ErrorEntry(
        title="engine failed",
        cause="A routing solver broke or gave an answer that does not keep the rules.",
        action="Report it with the problem file; meanwhile try another --engine.",
    ),
    "CG-4001": ErrorEntry(
        title="plan of another problem",
        cause="The plan's problem digest is not the digest of the problem given.",
        action="Check the plan against the problem it was made for, or plan this problem anew.",
    ),
}
