"""Scores who watches: traces and injected failures in, recall, precision and lead time out.

Read ``scoring`` first, then ``injection`` (what is made to fail, and the truth of it), ``watchers``
(who is judged) and ``figures`` (by what). Failures are made by formulas of their own, not by those
of ``estimate``. Pure: files are read by whoever asks.
"""

from telemetry.scoring.figures import Figures, Share
from telemetry.scoring.injection import Episode, Injection, Kind
from telemetry.scoring.limits import fitted
from telemetry.scoring.scoring import Group, Report, judged, score
from telemetry.scoring.trace_trial import Subject
from telemetry.scoring.verdicts import Verdict

__all__ = [
    "Episode",
    "Figures",
    "Group",
    "Injection",
    "Kind",
    "Report",
    "Share",
    "Subject",
    "Verdict",
    "fitted",
    "judged",
    "score",
]
