"""Whether what is shown is still so: an index that is older than its seeds is not believed silently.

Asked of each document that is shown, which costs a look at one file, and told once, on stderr. That other seeds changed
is told too, where hits are searched for and not named.
"""

from __future__ import annotations

import os
import shlex
from functools import cached_property
from typing import TYPE_CHECKING

from searchlib.cli.output import say

if TYPE_CHECKING:
    from pathlib import Path

    from searchlib import Index
    from searchlib.cli.settings import Settings
    from searchlib.update.remembered import RememberedSeeds
    from searchlib.update.severalseeds import SeveralSeeds

NAMED = 5


class Staleness:
    """Which of the documents that are shown changed since they were indexed."""

    def __init__(self, settings: Settings, index: Index) -> None:
        self._settings = settings
        self._index = index
        self._last: tuple[str, bool | None] = ("", None)
        self._named: dict[str, None] = {}
        self._more = False

    def of(self, path: str) -> bool | None:
        """Whether the document at ``path`` did, or is gone; None if its seed cannot be seen."""
        if self._last[0] != path:
            self._last = path, self._seeds.is_stale(path)
            if self._last[1] and path not in self._named:
                if len(self._named) < NAMED:
                    self._named[path] = None
                else:
                    self._more = True
        return self._last[1]

    def file_of(self, path: str) -> Path:
        """The file of the document at ``path``. Raises SeedError if there is none, or it is none of the seeds'."""
        return self._seeds.file(path)

    @cached_property
    def _seeds(self) -> RememberedSeeds | SeveralSeeds:
        from searchlib.cli.obtaining import roots
        from searchlib.update.severalseeds import remembered_seeds

        return remembered_seeds(self._index.path, roots(self._settings), self._settings.limits)

    def tell(self) -> None:
        """Say which, and what to do."""
        if self._named:
            names = ", ".join(self._named) + (" and others" if self._more else "")
            built = " or ".join(self._settings.indexes)
            say(f"Changed since {built} was built: {names}. {self._advice()}")

    def tell_of_all(self) -> None:
        """Say which; or that other seeds of the index did."""
        self.tell()
        if not self._named and self._is_any():
            say(f"The seeds changed since {self._settings.index} was built. {self._advice()}")

    def _advice(self) -> str:
        if self._settings.also:
            return "Bring each up to date with: searchlib index --index PATH SEEDS..."
        flag = f" --index {shlex.quote(self._settings.index)}" if "index" in self._settings.origin else ""
        return f"Bring it up to date with: searchlib index{flag}"

    def _is_any(self) -> bool:
        """Whether any seed changed, if the index was built from those of the settings: only then do these tell.

        Of several indexes none was.
        """
        from searchlib.cli.obtaining import roots
        from searchlib.engine.locations import engine_at
        from searchlib.files.freshness import touched_since

        seeds, path = roots(self._settings), self._index.path
        if (
            isinstance(path, tuple)
            or self._index.changes is not None
            or not touched_since(seeds, engine_at(path).published_at(path))
        ):
            return False
        from searchlib.files.roots import name_of
        from searchlib.update.comparing import is_stale

        there = {name_of(seed) for seed in seeds if os.path.exists(seed)}  # noqa: PTH110 - never raises
        is_of = set(engine_at(path).remembered(path).sources.get("roots", ())) == there
        return is_of and is_stale(seeds, path, self._settings.limits)
