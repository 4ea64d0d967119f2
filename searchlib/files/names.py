"""Names of files that more than one layer knows."""

from __future__ import annotations

MANIFEST = "searchlib.json"
"""The manifest of an index, which makes a folder one."""
WHOOSH_FILES = ("MAIN_", "_MAIN_")
"""What the names of Whoosh's own files in an index begin with."""
