"""How the tables came to be, in steps that Alembic applies in order."""
