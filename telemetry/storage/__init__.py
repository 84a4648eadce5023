"""Keeps readings and alarms in SQLite or PostgreSQL: plays the roles of ``ports``.

``store.open_store`` opens a store. ``tables`` says what there is besides the raw readings, which
``days`` sorts into one table per day, ``shelf`` finds by the name of their sensor, and
``housekeeping`` turns into buckets. The only room of telemetry that knows SQLAlchemy and Alembic.
"""
