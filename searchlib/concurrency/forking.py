"""What a forked child does with locks: another thread may have held them, and is not in the child to release them."""

from __future__ import annotations

import os
import threading
import weakref
from typing import Protocol, runtime_checkable


class Locked(Protocol):
    """Something whose lock guards what may be taken up by a child as it stands."""

    _lock: threading.Lock


@runtime_checkable
class Forked(Protocol):
    """Something that a child takes up otherwise than it stands."""

    def forked(self) -> None:
        """Begin anew."""


_OWNERS: weakref.WeakSet[Locked] = weakref.WeakSet()


def lock_for(owner: Locked) -> threading.Lock:
    """A lock to be the ``_lock`` of ``owner``, which has a new one in every child.

    A child calls ``forked`` of an owner that has it.
    """
    _OWNERS.add(owner)
    return threading.Lock()


def _renew() -> None:
    for owner in list(_OWNERS):
        owner._lock = threading.Lock()
        if isinstance(owner, Forked):
            owner.forked()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew)
