"""Serves people: the command line and the HTTP service.

Reading order: ``app`` (what a request passes), ``security.access``, ``storage.tables``,
``services.planning``; for the command line ``cli.app``.
The top floor: it may import ``optimizer``; nothing imports it.
"""
