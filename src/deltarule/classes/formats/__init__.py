"""Formats of other systems: one file each, and a table of them in `export_table.py`."""
