"""Keeps readings and alarms in SQLite or PostgreSQL: plays the roles of ``ports``."""
