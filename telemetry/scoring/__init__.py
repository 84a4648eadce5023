"""Scores who watches: traces and injected failures in, recall, precision and lead time out.

Read ``injection`` first. What is injected is made by formulas of its own, not by those of
``estimate``.
"""
