"""The command line, one console script: ``coldgrid``.

Reading order: ``app`` (entry and commands), ``outcome`` (exit codes, one-line causes), then a
module per command: ``plan``, ``check``, ``convert``, ``schema``, ``benchmark``; ``*_view`` has
what a person sees of each. Solvers and pandas are imported inside the command that needs them, so
that ``coldgrid --help`` answers at once. Calls no solver itself: that is ``optimizer.solve``.
"""

from api.cli.app import main

__all__ = ["main"]
