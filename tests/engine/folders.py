"""Comparing the folders of indexes."""

from __future__ import annotations

from pathlib import Path


def contents(index: Path) -> dict[str, bytes]:
    """Every file of an index folder, hidden ones too."""
    return {path.relative_to(index).as_posix(): path.read_bytes() for path in index.rglob("*") if path.is_file()}
