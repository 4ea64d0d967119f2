"""What is in a file as files of their own: attachments of a message, members of an archive.

Each is a *member*: a seed named ``file#member``, loaded by its own suffix, in a sandbox if its loader says so. So
damage costs it alone. A member may hold others, to a depth; how many there are, and how large together, is limited.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from searchlib.documents import registry
from searchlib.documents.sandboxing import is_sandboxed, load_in_sandbox
from searchlib.documents.seed import Budget, Seed
from searchlib.errors import SearchlibError, SeedError
from searchlib.guards.limits import how_to_raise
from searchlib.model.records import Document

MOST_NESTED: Final = 4
"""How many files a member may be in, one in the other."""


class Members:
    """The members of a seed, as they come."""

    def __init__(self, seed: Seed) -> None:
        self.seed = seed
        self._names: dict[str, int] = {}
        self._budget = seed.budget or Budget(seed.limits.members, seed.limits.file_bytes)
        self._unknown: dict[str, int] = {}

    def wants(self, name: str, path: str = "") -> bool:
        """Whether a member is to be loaded: not if it is excluded, or if there is no loader for it, which is counted.

        For ``path`` see `load`.
        """
        if self.seed.excludes(f"{path or self.seed.name}#{name}"):
            return False
        try:
            registry.find(registry.suffix_of(name), name)
        except SeedError:
            suffix = registry.suffix_of(name) or name
            self._unknown[suffix] = self._unknown.get(suffix, 0) + 1
            return False
        return True

    def load(self, name: str, data: bytes, path: str = "") -> Iterator[Document]:
        """The documents of a member. Raises SeedError only where there are too many, or they are too large together.

        ``path`` names what the member is in, if that is not the seed but a document of it.
        """
        limits = self.seed.limits
        self._budget.members -= 1
        self._budget.bytes -= len(data)
        if self._budget.members < 0:
            raise SeedError(f"has more than {limits.members:,} files in it; {how_to_raise('members')}", self.seed.name)
        if self._budget.bytes < 0:
            told = f"unpacks to more than {limits.file_bytes:,} bytes"
            raise SeedError(f"{told}; {how_to_raise('file_bytes')}", self.seed.name)
        whole = self._unique(f"{path or self.seed.name}#{name}")
        if self.seed.nested >= MOST_NESTED:
            self.seed.skips(0, f"{name}: a file in a file in a file, more than {MOST_NESTED} deep: unpack it")
            return
        member = replace(
            self.seed,
            name=whole,
            source=data,
            path=None,
            skips=lambda line, reason: self.seed.skips(0, _told(whole, self.seed.name, line, reason)),
            notes=lambda line, remark: self.seed.notes(0, _told(whole, self.seed.name, line, remark)),
            textless=lambda reason: self.seed.skips(0, _told(whole, self.seed.name, 0, reason)),
            passes=lambda size: None,
            holder=path or self.seed.name,
            nested=self.seed.nested + 1,
            budget=self._budget,
        )
        try:
            loader = registry.find(registry.suffix_of(name), whole)
            yield from load_in_sandbox(loader, member) if is_sandboxed(loader) else loader(member)
        except SearchlibError as error:
            self.seed.skips(0, _told(whole, self.seed.name, 0, str(error)))
        except (MemoryError, RecursionError) as error:
            self.seed.skips(0, _told(whole, self.seed.name, 0, f"too deeply nested ({type(error).__name__})"))

    def _unique(self, name: str) -> str:
        count = self._names[name] = self._names.get(name, 0) + 1
        if count == 1:
            return name
        stem, dot, suffix = name.rpartition(".")
        return self._unique(f"{stem}~{count}.{suffix}" if dot and "/" not in suffix else f"{name}~{count}")

    def tell(self) -> None:
        """Say what was left out."""
        if self._unknown:
            kinds = sorted(self._unknown.items(), key=lambda one: (-one[1], one[0]))
            shown = ", ".join(f"{suffix} ({count:,})" for suffix, count in kinds[:8])
            self.seed.notes(0, f"no loader for files in it: {shown}{' and others' if len(kinds) > 8 else ''}")


def _told(name: str, within: str, line: int, remark: str) -> str:
    return f"{name.removeprefix(within + '#')}{f':{line}' if line else ''}: {remark}"
