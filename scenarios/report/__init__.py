"""The answer to a scenario on one page that needs nothing else: no server, no script, no network.

Reading order: ``page`` (what stands where), ``variants`` (a variant in figures and words),
``strips``, ``waterfall``, ``maps`` (what is drawn), ``figures`` (how a number is shown), ``words``
(both languages). Knows ``results`` alone: a page is made of the document, never of a plan. The same
result gives the same bytes.
"""

from scenarios.report.page import page
from scenarios.report.words import LANGUAGES, Language, kpi_words

__all__ = ["LANGUAGES", "Language", "kpi_words", "page"]
