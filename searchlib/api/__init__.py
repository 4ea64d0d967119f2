"""The Python API: build an index, open it, search it.

``build`` and ``open`` (``entrance``) return an `Index`; everything else is a method of it. What these do is in a module
for each subject: ``searchable``, ``readable``, ``citable``, ``maintainable``, which stand on ``opened``. See README.md
for a tour.
"""

from searchlib.api.entrance import DEFAULT_INDEX, DEFAULT_SEEDS, Index, build, open

__all__ = ["DEFAULT_INDEX", "DEFAULT_SEEDS", "Index", "build", "open"]
