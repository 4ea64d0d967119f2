"""Which seeds there are: files, folders and what is in them, in an order that depends on nothing but names.

A *root* is a path that was given. A seed's *name* in the index is the root's own name and the path below it, with
``/``; a single file's is its file name, standard input's is ``stdin``. Names are unique: two roots that would give
one name twice are a SettingsError, unless it is the same file.

What is *left out* is what nobody means to index (hidden, generated, an index), what a .gitignore has, and what
``exclude`` and ``include`` say: it is counted. What is *skipped* was meant, but cannot be: it is named with the reason.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from searchlib.documents import ignore, registry
from searchlib.documents.load import Report
from searchlib.documents.seed import SeedFile, reason_of
from searchlib.errors import SeedError, SettingsError
from searchlib.files.freshness import changed_at
from searchlib.files.names import MANIFEST, WHOOSH_FILES
from searchlib.files.opening import kind_of
from searchlib.files.roots import STDIN, Root, StrPath, escaped, name_of

HIDDEN, GENERATED, INDEX, IGNORED, EXCLUDED = "hidden", "generated", "indexes", "ignored by .gitignore", "excluded"
"""Why something was left out."""


def walk(
    paths: Iterable[StrPath],
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    report: Report | None = None,
    *,
    gitignore: bool = True,
    strict: bool = False,
    readable: bool = True,
) -> Iterator[SeedFile]:
    """The seeds at ``paths``: files, folders (recursively, sorted by the bytes of the names) and "-".

    ``include`` and ``exclude`` are gitignore patterns, relative to each root or with its name before them, as the
    index has it; with ``include`` only files that match are taken. A file named in ``paths`` is always taken.
    Left out, in folders, is what has a suffix that no loader is known for, unless ``include`` has it, or if all that is
    wanted are files, ``readable`` or not.
    What is not a file, or cannot be read, goes to ``report`` (or raises SeedError if ``strict``). Raises SettingsError
    for a path that does not exist or a name found twice.
    """
    walker = _Walker(include, exclude, report if report is not None else Report(), gitignore, strict, readable)
    taken: dict[str, tuple[Path | None, StrPath]] = {}
    for given in paths:
        for seed_file in walker.root(given):
            before = taken.get(seed_file.name)
            if before is None:
                taken[seed_file.name] = seed_file.path, given
                yield seed_file
            elif before[1] is given and before[0] != seed_file.path:
                # Names that are not UTF-8 can be escaped alike. Where they differ, one that stands there as it is
                # comes first.
                walker.skip(seed_file.name, "another file has this name once it is escaped; rename one of them")
            elif before[0] != seed_file.path:
                raise SettingsError(
                    f"{os.fspath(given)} and {os.fspath(before[1])} both have a {seed_file.name}: "
                    "give them names of their own, as in one=PATH another=PATH"
                )


class _Walker:
    def __init__(
        self,
        include: Sequence[str],
        exclude: Sequence[str],
        report: Report,
        gitignore: bool,
        strict: bool,
        readable: bool,
    ) -> None:
        self.included = ignore.Patterns(include) if include else None
        self.exclude = tuple(exclude)
        self.excluded = ignore.Patterns(exclude) if exclude else None
        self.report = report
        self.gitignore = gitignore
        self.strict = strict
        self.readable = readable

    def root(self, given: StrPath) -> Iterator[SeedFile]:
        """The seeds of one root."""
        name = name_of(given)
        if os.fspath(given) == "-":
            yield SeedFile(None, f"{name}/{STDIN}" if isinstance(given, Root) else name, exclude=self.exclude)
            return
        path = Path(given)
        try:
            status = path.stat()
            resolved = path.resolve()
        except (OSError, RuntimeError) as error:
            reason = reason_of(error) if isinstance(error, OSError) else "a link in a loop"
            raise SettingsError(f"cannot read {os.fspath(given)}: {reason}") from error
        if not stat.S_ISDIR(status.st_mode):
            own = escaped(Path(os.path.abspath(path)).name)  # noqa: PTH100 - a link keeps its own name
            yield from self.file(
                resolved, resolved.parent, given.named(own) if isinstance(given, Root) else own, status
            )
        elif self.excluded is not None and name and self.excluded.verdict(name + "/"):
            self.report.leave_out(EXCLUDED)
        else:
            yield from _Folder(self, resolved, name + "/" if name else "").seeds()

    def skip(self, name: str, reason: str) -> None:
        if self.strict:
            raise SeedError(f"{name}: {reason}", name)
        self.report.skip(name, reason)

    def file(self, path: Path, root: Path, name: str, status: os.stat_result) -> Iterator[SeedFile]:
        what = kind_of(status.st_mode)
        if what:
            self.skip(name, what)
            return
        yield SeedFile(path, name, status.st_size, changed_at(status), root, self.exclude)


class _Folder:
    """A root that is a folder, and all below it. Paths are relative to it; a folder's ends in ``/``."""

    def __init__(self, walker: _Walker, root: Path, prefix: str) -> None:
        self.walker = walker
        self.root = root
        self.prefix = prefix
        self.rules: list[tuple[str, ignore.Patterns]] = []

    def seeds(self) -> Iterator[SeedFile]:
        """All seeds: a stack of folders still to be listed, so that any depth will do."""
        pending = [""]
        while pending:
            below = pending.pop()
            if below and not below.endswith("/"):  # a file, waiting for its turn in the order
                yield from self._seed(below)
                continue
            entries = self._entries(below)
            if any(name == MANIFEST for name, _ in entries) and any(
                name.startswith(WHOOSH_FILES) for name, _ in entries
            ):
                if not below:
                    raise SettingsError(f"{self.root} is an index: give the files and folders that are to be indexed")
                self.walker.report.leave_out(INDEX)
                continue
            self.rules = [rule for rule in self.rules if below.startswith(rule[0])]
            if self.walker.gitignore:
                self.rules += self._rules(below)
            taken = sorted(
                (os.fsencode(name + "/" * folder), below + name + "/" * folder)
                for name, folder in entries
                if self._wanted(below + name + "/" * folder)
            )
            pending.extend(path for _, path in reversed(taken))

    def _entries(self, below: str) -> list[tuple[str, bool]]:
        """What is in a folder: names, and whether they are folders."""
        try:
            with os.scandir(self.root / below) as entries:
                return [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
        except OSError as error:
            self.walker.skip(self.prefix + (escaped(below) or "."), reason_of(error))
            return []

    def _rules(self, below: str) -> list[tuple[str, ignore.Patterns]]:
        try:
            found = ignore.gitignore(self.root, below)
        except OSError as error:
            self.walker.skip(escaped(self.prefix + below + ignore.GITIGNORE), f"{reason_of(error)}; not heeded")
            return []
        return [(below, found)] if found is not None else []

    def _seed(self, below: str) -> Iterator[SeedFile]:
        path = self.root / below
        name = escaped(self.prefix + below)
        try:
            status = path.lstat()
            if stat.S_ISLNK(status.st_mode):
                target = self._target(below)
                if isinstance(target, str):
                    self.walker.skip(name, target)
                    return
                path, status = target, target.lstat()
        except OSError as error:
            self.walker.skip(name, reason_of(error))
            return
        if name != self.prefix + below:
            self.walker.report.note(name, "its name is not UTF-8; indexed under this one")
        yield from self.walker.file(path, self.root, name, status)

    def _target(self, below: str) -> Path | str:
        """The file below the root that a link leads to, if it would be taken there; otherwise why not.

        So a link brings in nothing that is not in the folder, or that its owner keeps out. Folders are taken where
        they are, not where links to them are.
        """
        try:
            target = (self.root / below).resolve(strict=True)
        except (OSError, RuntimeError) as error:
            return "a broken link" if isinstance(error, FileNotFoundError) else "a link in a loop"
        if not target.is_relative_to(self.root):
            return "a link out of the folder"
        if target.is_dir():
            return "a link to a folder"
        relative = target.relative_to(self.root).as_posix()
        rules = self.rules
        parts = relative.split("/")
        if self.walker.gitignore:
            self.rules = [rule for n in range(len(parts)) for rule in self._rules("".join(p + "/" for p in parts[:n]))]
        try:
            above = ["/".join(parts[:n]) + "/" for n in range(1, len(parts))]
            if any(self._left_out(path) for path in (*above, relative)):
                return "a link to what is left out"
        finally:
            self.rules = rules
        return target

    def _wanted(self, path: str) -> bool:
        why = self._left_out(path)
        if why:
            self.walker.report.leave_out(why)
            return False
        if path.endswith("/") or self.walker.included is not None or not self.walker.readable:
            return True
        try:
            registry.find(registry.suffix_of(path), path)
        except SeedError as error:
            self.walker.skip(escaped(self.prefix + path), str(error))
            return False
        return True

    def _left_out(self, path: str) -> str:
        """Why a file or folder is left out; "" if it is not."""
        folder = path.endswith("/")
        names = (path, self.prefix + path)
        if self.walker.excluded is not None and self.walker.excluded.verdict(*names):
            return EXCLUDED
        if not folder and self.walker.included is not None:
            return "" if self.walker.included.covers(*names) else EXCLUDED
        name = path.removesuffix("/").rpartition("/")[2]
        if name.startswith("."):
            return HIDDEN
        if ignore.ignored_by_default(name, folder):
            return GENERATED
        for below, patterns in reversed(self.rules):
            said = patterns.verdict(path[len(below) :])
            if said is not None:
                return IGNORED if said else ""
        return ""
