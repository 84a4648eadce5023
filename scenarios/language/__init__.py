"""What scenario files are made of: values that know their line and column, and say their faults.

Reading order: ``nodes`` (values with places), ``kinds`` (what a value may be), ``shapes`` (records
of values, from which reader, schema and documentation follow). Must not import anything else of
``scenarios`` but its error table.
"""
