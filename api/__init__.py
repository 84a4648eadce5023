"""Serves people: today the command line, which wires files, travel, planning and the checker.

Reading order: ``cli.app`` (the commands), then the module of each command.
The top floor: it may import ``optimizer``; nothing imports it.
"""
