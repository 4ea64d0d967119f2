"""Properties that are computed when they are first asked for, and kept: `functools.cached_property` as of Python 3.12.

That of 3.11 has a lock that all instances share. Threads wait for each other there, and a child that was forked while
another thread had it waits for ever. What two threads compute at once is the same.
"""

# ruff: noqa: N801 - named and documented as what it stands for

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

__all__ = ["cached_property"]

if TYPE_CHECKING or sys.version_info >= (3, 12):
    from functools import cached_property
else:

    class cached_property:
        """A property that is computed once for each instance."""

        def __init__(self, function: Any) -> None:
            self._function = function
            self.__doc__ = function.__doc__

        def __set_name__(self, owner: type, name: str) -> None:
            self._name = name

        def __get__(self, instance: Any, owner: type | None = None) -> Any:
            if instance is None:
                return self
            return instance.__dict__.setdefault(self._name, self._function(instance))
