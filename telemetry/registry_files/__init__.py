"""Reads and writes a registry: a folder with points.csv, sensors.csv and a few YAML files.

Read ``reading`` first, then ``cells`` (what a cell may say) and ``writing``.
Knows tables and text, and nothing of brokers, stores or people.
"""

from telemetry.registry_files.reading import RegistryFiles, read_registry
from telemetry.registry_files.writing import write_registry

__all__ = ["RegistryFiles", "read_registry", "write_registry"]
