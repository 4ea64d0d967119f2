"""The seeds of several indexes that are searched as one: what each index remembers, asked by the path of a document.

A path that is in several of them is of a seed of each: it is stale if one of these changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from searchlib.engine.locations import JointLocation, Location
from searchlib.errors import SeedError
from searchlib.files.roots import StrPath
from searchlib.guards.limits import LIMITS, Limits
from searchlib.update.remembered import Now, RememberedSeeds

if TYPE_CHECKING:
    from pathlib import Path

    from searchlib.documents import Seed
    from searchlib.model.records import Document


class SeveralSeeds:
    """What `RememberedSeeds` says, of each of several indexes."""

    def __init__(self, each: Sequence[RememberedSeeds]) -> None:
        self.each = each

    def seed(self, path: str) -> Seed:
        """The seed that the document at ``path`` is of. Raises SeedError, as that of the index which knows it."""
        known = next((one for one in self.each if one.seed_of(path) is not None), None)
        if known is None:
            raise SeedError("there is no seed of this document to be seen", path)
        return known.seed(path)

    def file(self, path: str) -> Path:
        """The file of the seed that the document at ``path`` is of. Raises SeedError if none is to be seen."""
        known = next((one for one in self.each if one.seed_of(path) is not None), self.each[0])
        return known.file(path)

    def is_stale(self, path: str) -> bool | None:
        """Whether the document at ``path`` changed since it was indexed or is gone; None if nobody can say."""
        found = [one.is_stale(path) for one in self.each]
        return True if True in found else None if None in found else False


class SeveralNow:
    """What `Now` says, of each of several indexes."""

    def __init__(self, each: Sequence[Now]) -> None:
        self._each = each

    @property
    def documents(self) -> Iterator[Document]:
        """Those of seeds that are not as indexed."""
        return chain.from_iterable(one.documents for one in self._each)

    @property
    def changed(self) -> int:
        """How many seeds are known not to be as indexed; grows."""
        return sum(one.changed for one in self._each)

    @property
    def whole(self) -> bool:
        """Whether all seeds that the indexes remember can be seen."""
        return all(one.whole for one in self._each)

    def is_as_indexed(self, path: str) -> bool:
        """Whether what the indexes say of the document at ``path`` is so, or all that can be said."""
        return all(one.is_as_indexed(path) for one in self._each)

    def unseen(self, path: str) -> bool:
        """Whether nobody can say what the document at ``path`` is now."""
        return any(one.unseen(path) for one in self._each)


def remembered_seeds(
    index: Location, candidates: Iterable[StrPath] = (), limits: Limits = LIMITS
) -> RememberedSeeds | SeveralSeeds:
    """What an index, or several, remember of their seeds. Raises what `RememberedSeeds` raises."""
    if not isinstance(index, JointLocation):
        return RememberedSeeds(index, candidates, limits)
    given = list(candidates)
    return SeveralSeeds([RememberedSeeds(one, given, limits) for one in index])


def seeds_now(remembered: RememberedSeeds | SeveralSeeds) -> Now | SeveralNow:
    """The seeds as they are now."""
    if isinstance(remembered, RememberedSeeds):
        return Now(remembered)
    return SeveralNow([Now(one) for one in remembered.each])
