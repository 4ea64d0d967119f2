"""Which seeds there are: files, folders and what is in them, in an order that depends on nothing but names.

A *root* is a path that was given. A seed's *name* in the index is the root's own name and the path below it, with
``/``; a single file's is its file name, standard input's is ``stdin``. Names are unique: two roots that would give
one name twice are a SettingsError, unless it is the same file.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from searchlib.documents import ignore, registry
from searchlib.documents.load import Report
from searchlib.documents.seed import SeedFile, reason_of
from searchlib.errors import SeedError, SettingsError
from searchlib.freshness import changed_at

STDIN = "stdin"

_KINDS = (
    (stat.S_ISFIFO, "a FIFO, not a file"),
    (stat.S_ISSOCK, "a socket, not a file"),
    (stat.S_ISCHR, "a device, not a file"),
    (stat.S_ISBLK, "a device, not a file"),
)


def walk(
    paths: Iterable[str | os.PathLike[str]],
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    report: Report | None = None,
    *,
    gitignore: bool = True,
    known_only: bool = True,
    strict: bool = False,
) -> Iterator[SeedFile]:
    """The seeds at ``paths``: files, folders (recursively, sorted by the bytes of the names) and "-".

    ``include`` and ``exclude`` are gitignore patterns, relative to each root; with ``include`` only files that match
    are taken. A file named in ``paths`` is always taken. ``known_only`` leaves out, in folders, what has a suffix
    that no loader is known for, unless ``include`` has it. What is not a file, or cannot be read, goes to ``report``
    (or raises SeedError if ``strict``). Raises SettingsError for a path that does not exist or a name found twice.
    """
    walker = _Walker(include, exclude, report if report is not None else Report(), gitignore, known_only, strict)
    taken: dict[str, Path | None] = {}
    for given in paths:
        for seed_file in walker.root(given):
            if seed_file.name in taken:
                if taken[seed_file.name] == seed_file.path:
                    continue
                raise SettingsError(
                    f"{seed_file.path} and {taken[seed_file.name]} would both be called {seed_file.name}; "
                    "index a folder that has both"
                )
            taken[seed_file.name] = seed_file.path
            yield seed_file


class _Walker:
    def __init__(
        self,
        include: Sequence[str],
        exclude: Sequence[str],
        report: Report,
        gitignore: bool,
        known_only: bool,
        strict: bool,
    ) -> None:
        self.included = ignore.matcher(include) if include else None
        self.excluded = ignore.matcher(exclude) if exclude else None
        self.report = report
        self.gitignore = gitignore
        self.known_only = known_only
        self.strict = strict

    def root(self, given: str | os.PathLike[str]) -> Iterator[SeedFile]:
        """The seeds of one root."""
        if os.fspath(given) == "-":
            yield SeedFile(None, STDIN)
            return
        path = Path(given)
        try:
            status = path.stat()
        except OSError as error:
            raise SettingsError(f"cannot read {given}: {reason_of(error)}") from error
        resolved = path.resolve()
        if stat.S_ISDIR(status.st_mode):
            yield from self._folder(resolved, escaped(resolved.name))
        else:
            name = escaped(Path(os.path.abspath(path)).name)  # noqa: PTH100 - a link keeps its own name
            yield from self._file(resolved, name, status)

    def _file(self, path: Path, name: str, status: os.stat_result) -> Iterator[SeedFile]:
        for is_kind, reason in _KINDS:
            if is_kind(status.st_mode):
                self._skip(name, reason)
                return
        yield SeedFile(path, name, status.st_size, changed_at(status))

    def _folder(self, root: Path, root_name: str) -> Iterator[SeedFile]:
        """All below ``root``: a stack of folders still to be listed, so that any depth will do."""
        rules: list[tuple[str, Callable[[str], bool | None]]] = []
        pending: list[tuple[str, int]] = [("", 0)]
        prefix = root_name + "/" if root_name else ""
        while pending:
            below, depth = pending.pop()
            if below and not below.endswith("/"):  # a file, waiting for its turn in the order
                path = root / below
                name = self._named(prefix + below)
                try:
                    yield from self._file(path, name, path.stat())
                except OSError as error:
                    self._skip(name, reason_of(error))
                continue
            rules = [rule for rule in rules if below.startswith(rule[0])]
            if self.gitignore and (found := ignore.gitignore(root / below)) is not None:
                rules.append((below, found))
            pending.extend(reversed([(entry, depth + 1) for entry in self._entries(root, below, prefix, rules)]))

    def _entries(
        self, root: Path, below: str, prefix: str, rules: list[tuple[str, Callable[[str], bool | None]]]
    ) -> list[str]:
        """What is to be taken of one folder, sorted: files, and folders with a ``/`` at the end."""
        taken: list[tuple[bytes, str]] = []
        try:
            with os.scandir(root / below) as entries:
                for entry in entries:
                    relative = below + entry.name
                    folder = entry.is_dir(follow_symlinks=False)
                    if entry.is_symlink() and not self._inside(root, entry, prefix + relative):
                        continue
                    if self._wanted(relative, prefix + relative, folder, rules):
                        relative += "/" if folder else ""
                        taken.append((os.fsencode(entry.name + ("/" if folder else "")), relative))
        except OSError as error:
            self._skip(prefix + (escaped(below) or "."), reason_of(error))
        return [relative for _, relative in sorted(taken)]

    def _inside(self, root: Path, entry: os.DirEntry[str], name: str) -> bool:
        """Whether a link is to a file under ``root``. Folders are taken where they are, not where links to them are."""
        if ignore.ignored_by_default(entry.name, folder=False):
            return False
        try:
            target = Path(entry.path).resolve(strict=True)
        except (OSError, RuntimeError) as error:
            self._skip(escaped(name), "a broken link" if isinstance(error, FileNotFoundError) else "a link in a loop")
            return False
        if not target.is_relative_to(root):
            self._skip(escaped(name), "a link out of the folder")
            return False
        if target.is_dir():
            self._skip(escaped(name), "a link to a folder")
            return False
        return True

    def _wanted(
        self, relative: str, full: str, folder: bool, rules: list[tuple[str, Callable[[str], bool | None]]]
    ) -> bool:
        path = relative + ("/" if folder else "")
        name = relative.rpartition("/")[2]
        if self.excluded is not None and self.excluded(path):
            return False
        if not folder and self.included is not None:
            return self.included(path)
        if ignore.ignored_by_default(name, folder):
            return False
        for below, verdict in reversed(rules):
            said = verdict(path[len(below) :])
            if said is not None:
                if said:
                    return False
                break
        return folder or not self.known_only or self._known(full)

    def _known(self, name: str) -> bool:
        try:
            registry.find(registry.suffix_of(name), name)
        except SeedError as error:
            self._skip(escaped(name), str(error))
            return False
        return True

    def _named(self, relative: str) -> str:
        name = escaped(relative)
        if name != relative:
            self.report.note(name, "its name is not UTF-8; indexed under this one")
        return name

    def _skip(self, name: str, reason: str) -> None:
        if self.strict:
            raise SeedError(f"{name}: {reason}", name)
        self.report.skip(name, reason)


def escaped(name: str) -> str:
    r"""``name`` with bytes that are not UTF-8 as ``\xff``, so that it can be printed and stored."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return os.fsencode(name).decode("utf-8", "backslashreplace")
    return name
