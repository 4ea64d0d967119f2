"""Folders of seeds that nobody would make on purpose, and what must hold of an index of them.

* `fill`: names of all kinds, links in and out and around, FIFOs, sockets, hostile .gitignore files, empty folders.
* `check`: builds an index of such a folder, changes the folder, also while it is read, and builds again. Nothing
  outside or in the folder changes, nothing outside is indexed, every sound seed is in the index or accounted for, and
  an update is as a clean build.
"""

from __future__ import annotations

import os
import random
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import searchlib
from searchlib.cli.main import program
from searchlib.documents import SeedFile
from searchlib.errors import SeedError, SettingsError
from searchlib.guards import cleaning

from . import hostile
from .indexes import limited

SECONDS = 240.0  # nothing waits so long, but on a busy machine
SECRET = "unspeakable"
SOUND = "The harbour of {} is closed.\n"
PARTS: tuple[bytes, ...] = (
    *(
        b"a",
        b"B",
        b"a.b",
        b".a",
        b"-",
        b"--help",
        b"=",
        b"a=b",
        b"#",
        b"?",
        b"!",
        b"~",
        b"*",
        b"[a]",
        b"\\",
        b" ",
        b"a ",
    ),
    *(b"\n", b"\r", b"\t", b"\x1b[31m", b"\x07", b"\x7f", b"'", b'"', b"$(x)", b"%s", b"{}", b"\xff", b"\xed\xa0\x80"),
    *("é".encode(), "e\u0301".encode(), "東京".encode(), "\u202e".encode(), "\u2028".encode(), "\ufeff".encode()),
    *(b"x" * 120, b"node_modules", b"seeds", b"searchlib.json", b"CON", b"1", b"01", b"stdin", b"\\xff", b"MAIN_1"),
)
SUFFIXES = (*hostile.SUFFIXES, ".txt", ".txt", ".md", "", ".bin", ".tmp")
PATTERNS: tuple[bytes, ...] = (
    *(b"*", b"**", b"***", b"?", b"/", b"a", b"b", b"[ab]", b"[!a]", b"[", b"]", b"\\", b"!", b"#", b" ", b"\n", b"\r"),
    *(b"*.txt", b"!*.txt", b"!", b"***/\\", b"*a" * 30 + b"b", b"[[:alpha:]]", b"[z-a]", b"\xff", b"\0", b"sound/"),
)


def fill(folder: Path, outside: Path, chance: random.Random, *, ignoring: bool) -> list[str]:
    """Make a folder of seeds; the names of sound ones."""
    folders = [folder]
    for _ in range(chance.randrange(4)):
        below = chance.choice(folders) / _name(chance, "")
        if len(os.fsencode(below)) < 2000 and not os.path.lexists(below):
            below.mkdir()
            folders.append(below)
    for _ in range(chance.randrange(1, 12)):
        put(chance.choice(folders) / _name(chance, chance.choice(SUFFIXES)), outside, chance)
    if ignoring:
        for _ in range(chance.randrange(1, 3)):
            path = chance.choice(folders) / ".gitignore"
            if not os.path.lexists(path):
                put_gitignore(path, outside, chance)
    sound = []
    for number in range(chance.randrange(1, 4)):
        (folder / f"sound{number}.txt").write_text(SOUND.format(number), "utf-8")
        sound.append(f"{folder.name}/sound{number}.txt")
    return sound


def _name(chance: random.Random, suffix: str) -> str:
    parts = b"".join(chance.choice(PARTS) for _ in range(chance.randrange(1, 4)))[: 240 - len(suffix)] + suffix.encode()
    return "_" if parts in (b".", b"..") else os.fsdecode(parts)


def put(path: Path, outside: Path, chance: random.Random) -> str:
    """Have something stand at ``path``, in place of what may be there; what it is."""
    if path.is_dir() and not path.is_symlink():
        return "a folder"
    path.unlink(missing_ok=True)
    kind = chance.choice(("seed", "seed", "seed", "sound", "link", "link", "fifo", "socket", "folder"))
    if kind == "seed":
        path.write_bytes(hostile.draw(chance))
    elif kind == "sound":
        path.write_text(SOUND.format("winter"), "utf-8")
    elif kind == "link":
        path.symlink_to(_target(path, outside, chance))
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        bind(path)
    return kind


def _target(path: Path, outside: Path, chance: random.Random) -> Path | str:
    beside = sorted(path.parent.iterdir())
    targets = (outside / "secret.txt", outside, "/dev/zero", "/etc", "/proc/self", path.name, "nowhere", ".", "..", "/")
    return chance.choice((*targets, *beside))


def put_gitignore(path: Path, outside: Path, chance: random.Random) -> None:
    """A .gitignore of patterns that hurt, or something else of that name."""
    how = chance.randrange(8)
    if how == 0:
        os.mkfifo(path)
    elif how == 1:
        path.symlink_to(chance.choice(("/dev/zero", outside / "secret.txt", ".gitignore")))
    elif how == 2:
        path.mkdir()
    elif how == 3:
        path.write_bytes(chance.choice((b"*" * 300_000, b"*a" * 100_000 + b"b", b"[" * 1000, b"a\n" * 3_000)))
    else:
        path.write_bytes(b"".join(chance.choice(PATTERNS) for _ in range(chance.randrange(1, 12))) + b"\n")


def bind(path: Path) -> None:
    """A socket."""
    here = Path.cwd()
    os.chdir(path.parent)  # the address of a socket must be short
    try:
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(os.fsencode(path.name))
    except OSError:  # even its name is too long
        path.touch()
    finally:
        os.chdir(here)


def snapshot(folder: Path) -> dict[str, Any]:
    """All that stands in a folder, links as such."""
    found: dict[str, Any] = {}
    for path in folder.rglob("*"):
        status = path.lstat()
        is_file = path.is_file() and not path.is_symlink()
        said = path.readlink() if path.is_symlink() else path.read_bytes() if is_file else b""
        found[path.relative_to(folder).as_posix()] = (status.st_mode, status.st_ino, said)
    return found


def check(work: Path, chance: random.Random) -> str:
    """Fill, build, change, build; what became of it in a word. A promise that is broken is a failure."""
    place = work / "place"
    shutil.rmtree(place, ignore_errors=True)
    (place / "outside").mkdir(parents=True)
    (place / "outside" / "secret.txt").write_text(f"This is {SECRET}.\n", "utf-8")
    (place / "seeds").mkdir()
    ignoring = chance.random() < 0.4
    sound = fill(place / "seeds", place / "outside", chance, ignoring=ignoring)
    outcome = _build(place, sound, ignoring)
    _ask_from_a_terminal(place)
    for _ in range(chance.randrange(1, 4)):
        _change(place, chance)
        if chance.random() < 0.4:
            with _swapping(place, chance):
                _build(place, [], ignoring, swapped=True)
        sound = [name for name in sound if _is_sound(place / name)]
        outcome = _build(place, sound, ignoring)
    _as_a_clean_build(place)
    return outcome


def _build(place: Path, sound: list[str], ignoring: bool, *, swapped: bool = False) -> str:
    before, outside = snapshot(place / "seeds"), snapshot(place / "outside")
    outcome = "built"
    try:
        with limited(SECONDS), searchlib.build(place / "seeds", place / "index", processes=1) as index:
            assert index.verify() == []
            assert index.search(SECRET).total == 0, "what is outside is indexed"
            changes = index.changes
            assert changes is not None and all(name and why for name, why in changes.skipped)
            assert index._opened is not None
            paths = [state.path for state in index._opened.documents()]
            if not ignoring:
                lost = set(sound) - set(paths)
                assert not lost, f"sound seeds are lost: {lost}, of {paths}; skipped: {changes.skipped}"
            assert len(set(paths)) == len(paths)
    except (SeedError, SettingsError) as error:  # most would be removed, or the folder is an index
        outcome = "refused"
        assert "would be removed" in str(error) or "is an index" in str(error), repr(error)
    assert snapshot(place / "outside") == outside, "something outside was touched"
    assert swapped or snapshot(place / "seeds") == before, "a seed was touched"
    return outcome


def _change(place: Path, chance: random.Random) -> None:
    """Somebody changes the folder."""
    seeds = place / "seeds"
    for _ in range(chance.randrange(1, 5)):
        paths = sorted(path for path in seeds.rglob("*") if not path.is_dir() or path.is_symlink())
        how = chance.choice(("put", "put", "remove", "rename", "empty", "new", "append"))
        if how == "new" or not paths:
            put(seeds / _name(chance, ".txt"), place / "outside", chance)
            continue
        path = chance.choice(paths)
        if how == "put" and path.name != ".gitignore":
            put(path, place / "outside", chance)
        elif how == "remove":
            path.unlink()
        elif how == "rename":
            target = seeds / _name(chance, ".txt")
            if not os.path.lexists(target):
                path.rename(target)
        elif how == "append" and path.is_file() and not path.is_symlink():
            path.write_bytes(path.read_bytes() + b"\n\nMore of the harbour.\n")
        elif how == "empty":
            for one in sorted(path.parent.iterdir()):
                if not one.is_dir() or one.is_symlink():
                    one.unlink()


def _is_sound(path: Path) -> bool:
    """Whether a seed is a file still, that begins as it did."""
    sound = SOUND.format(path.stem.removeprefix("sound")).encode()
    return path.is_file() and not path.is_symlink() and path.read_bytes().startswith(sound)


@contextmanager
def _swapping(place: Path, chance: random.Random) -> Iterator[None]:
    """Seeds, and folders of seeds, are swapped for links out while they are read."""
    read = SeedFile.read

    def swap_and_read(seed: SeedFile, *arguments: Any, **options: Any) -> Any:
        if seed.path is not None and chance.random() < 0.5:
            below = seed.path.relative_to(place / "seeds")
            path = place / "seeds" / chance.choice([below, *list(below.parents)[:-1]])
            if path.is_dir() and not path.is_symlink():
                path.rename(place / f"away{chance.getrandbits(64)}")
                path.symlink_to(place / "outside")
            elif os.path.lexists(path):
                path.unlink()
                path.symlink_to(place / "outside" / "secret.txt")
        return read(seed, *arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SeedFile, "read", swap_and_read)
        yield


def _ask_from_a_terminal(place: Path) -> None:
    index = str(place / "index")
    for arguments in (["index", str(place / "seeds"), "--check"], ["query", "harbour"], ["verify"]):
        with limited(SECONDS):
            done = CliRunner().invoke(program, [*arguments, "--index", index], prog_name="searchlib")
        assert done.exception is None or isinstance(done.exception, SystemExit), repr(done.exception)
        assert "fault in searchlib" not in done.output, done.output
        assert cleaning.escape(done.output) == done.output, "something unsafe is printed"


def _as_a_clean_build(place: Path) -> None:
    try:
        updated = searchlib.build(place / "seeds", place / "index", processes=1, compact=True, allow_removal=True)
        clean = searchlib.build(place / "seeds", place / "clean", processes=1)
    except SettingsError as error:
        assert "is an index" in str(error), repr(error)
        return
    assert updated.digest == clean.digest, "an update is not as a clean build"
