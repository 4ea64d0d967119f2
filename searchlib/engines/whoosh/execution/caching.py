"""What is kept between queries: the last things used, up to a number of them or a number of bytes.

Both are safe between threads. What they keep is made of files that never change, so two threads that race make the
same.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar, cast

from searchlib.concurrency.forking import lock_for

DECODED_BYTES = 320 << 20
_OVERHEAD = 200  # bytes of an entry, about
_Value = TypeVar("_Value")


class Cache(Generic[_Value]):
    """The values of the last ``size`` keys, made when missing. None is a value too."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[Hashable, _Value] = OrderedDict()
        self._lock = lock_for(self)

    def get(self, key: Hashable, make: Callable[[], _Value]) -> _Value:
        """The value of ``key``; ``make`` runs outside the lock, perhaps in two threads at once."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        value = make()
        with self._lock:
            self._values[key] = value
            if len(self._values) > self._size:
                self._values.popitem(last=False)
        return value


class Decoded:
    """What was decoded or computed from posting lists: the last used of it, up to ``limit`` bytes.

    Nobody may change what is kept.
    """

    def __init__(self, limit: int = DECODED_BYTES) -> None:
        self._limit = limit
        self.size = 0
        """Bytes that are kept."""
        self._kept: OrderedDict[Hashable, tuple[object, int]] = OrderedDict()
        self._lock = lock_for(self)

    def get(self, key: Hashable, kind: type[_Value]) -> _Value | None:
        """What was kept under this key, which is of this type."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
            return cast(_Value, found[0])

    def put(self, key: Hashable, value: object, size: int) -> None:
        """Keep a value that takes ``size`` bytes, in the place of what was kept under this key."""
        size += _OVERHEAD
        with self._lock:
            if key in self._kept:
                self.size -= self._kept.pop(key)[1]
            if size > self._limit:
                return
            self._kept[key] = value, size
            self.size += size
            while self.size > self._limit:
                self.size -= self._kept.popitem(last=False)[1][1]
