"""Where the service keeps what must survive a restart.

``tables`` says what there is, ``database`` gives transactions, and one module per subject holds
the functions that read and write it; each takes the transaction first, so that a service decides
what happens together. The only room that knows SQLAlchemy and Alembic. Reads nothing above it.
"""
