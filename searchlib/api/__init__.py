"""The Python API: build an index, open it, search it, compare two of them.

``build``, ``open`` and ``copy`` (``entrance``) return an `Index`; all else is a method of it, but ``diff``
(``comparable``). What these do is in a module for each subject: ``searchable``, ``readable``, ``citable``,
``maintainable``, which stand on ``opened``. `AsyncIndex` and ``aopen`` are the same for programs with an event loop.
See README.md for a tour.
"""

from searchlib.api.asynchronous import AsyncIndex, aopen
from searchlib.api.comparable import diff
from searchlib.api.entrance import DEFAULT_INDEX, DEFAULT_SEEDS, Index, build, copy, open

__all__ = ["DEFAULT_INDEX", "DEFAULT_SEEDS", "AsyncIndex", "Index", "aopen", "build", "copy", "diff", "open"]
