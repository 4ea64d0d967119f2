"""The types of arrays, for annotations, without ``numpy.typing``, whose import takes an eighth of a cold query."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import DTypeLike, NDArray
else:

    class NDArray:
        """Stands for ``numpy.typing.NDArray`` where nobody checks types."""

        def __class_getitem__(cls, item: Any) -> type:
            return cls

    DTypeLike = Any

__all__ = ["DTypeLike", "NDArray"]
