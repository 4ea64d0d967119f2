"""A disk that is not waited for: tests make thousands of commits, each with some ten syncs of several milliseconds.

What a sync is for is told by the disk of tests/crash, which loses what was not synced.
"""

from __future__ import annotations

from searchlib.engines.whoosh import disk


class UnwaitedDisk(disk.Disk):
    """Opens what is to be synced, and leaves it at that."""

    def force(self, descriptor: int) -> None:
        """Do not wait."""
