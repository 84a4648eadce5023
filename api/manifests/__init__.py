"""Paper: what loaders and drivers hold in hand, as HTML, PDF and CSV.

Read ``sheet`` (what a manifest says) and ``docks`` (who stands where) first; ``reading`` and
``load`` fill a sheet from a problem and a plan; ``html``, ``pdf`` and ``csv`` write it down.
Decides nothing about the plan, and knows neither HTTP nor the database.
"""
