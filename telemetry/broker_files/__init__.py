"""A broker's own files: what is unsafe in those of mosquitto, and safe ones for a registry.

Reading order: ``directives`` (what a file says), ``weaknesses`` (what is wrong with it),
``rights`` (who may write what), ``writing`` (files for the devices of a registry).
"""
