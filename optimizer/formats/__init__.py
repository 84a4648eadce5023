"""Files in and files out: problems as tables, workbook or JSON; plans as JSON, GeoJSON, manifests.

Reading order: ``problem_reading``, ``raw``, ``cells``, ``clock``, the ``*_rows`` modules,
``settings``, ``assembly``; then ``problem_writing``, ``plan_json``, ``geojson``, ``manifest``.
Every input becomes raw rows with places, then typed rows, then a checked problem.
Imports ``optimizer.domain`` only: no solver, no travel provider, no checker and no HTTP.
"""
