"""What can happen to the folder of an index: accidents, and strangers who know the format.

A *damage* is a function of a folder and a `random.Random`, which decides everything: Hypothesis and atheris give one
that they draw. It returns words for what it did.

* An *accident* (`ACCIDENTS`) knows nothing of checksums: bits flip, files are cut, mixed up, replaced.
* A *forgery* (`FORGERIES`) leaves all checksums right: those of pages and directories, and, where asked (`restamp`),
  sizes and digests in the manifest. It can change what the index says; no reader can know that it was not meant.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from searchlib.engines.whoosh.compat.streams import read_stored, write_stored
from searchlib.engines.whoosh.format.container import Container, ContainerWriter
from searchlib.engines.whoosh.manifest import MANIFEST, describe_file, digest_of, is_file_name

Damage: TypeAlias = Callable[[Path, random.Random], str]

KINDS = {".trm": b"TERM", ".pst": b"POST", ".sto": b"STOR", ".col": b"COLS", ".del": b"DELS", ".voc": b"VOCA"}
NUMBERS = (
    0,
    1,
    2,
    7,
    127,
    128,
    255,
    256,
    65535,
    65536,
    2**31 - 1,
    2**31,
    2**32 - 1,
    2**32,
    2**53,
    2**63 - 1,
    2**64 - 1,
)
VALUES: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        -1,
        0,
        1,
        2**53,
        2**64,
        10**400,
        1.5,
        1e308,
        float("nan"),
        float("inf"),
        "",
        "a",
        "\ud800",
        "../x",
    ),
    *([], {}, [[]], {"": ""}, [None], {"id": 1}, "/etc/passwd", "..", ".", "a/b", "MAIN_../x", "MAIN_x\0", "9" * 5000),
)


def files_of(folder: Path) -> list[Path]:
    """The files of an index that are read, in the order of their names."""
    own = (path for path in folder.iterdir() if path.name == MANIFEST or is_file_name(path.name))
    return sorted(path for path in own if path.suffix != ".toc")


def _pick(folder: Path, chance: random.Random) -> Path:
    return chance.choice(files_of(folder))


# -- accidents


def flip(folder: Path, chance: random.Random) -> str:
    """Flip a few bits."""
    path = _pick(folder, chance)
    data = bytearray(path.read_bytes())
    places = [chance.randrange(len(data)) for _ in range(chance.choice((1, 1, 1, 4)))]
    for place in places:
        data[place] ^= 1 << chance.randrange(8)
    path.write_bytes(data)
    return f"flip bits of bytes {places} of {path.name}"


def overwrite(folder: Path, chance: random.Random) -> str:
    """Fill a range with one byte or with noise, as a disk does that loses a sector."""
    path = _pick(folder, chance)
    data = bytearray(path.read_bytes())
    start = chance.randrange(len(data))
    stop = min(len(data), start + chance.choice((1, 4, 8, 512, 4096)))
    data[start:stop] = bytes(stop - start) if chance.random() < 0.5 else chance.randbytes(stop - start)
    path.write_bytes(data)
    return f"overwrite bytes {start} to {stop} of {path.name}"


def truncate(folder: Path, chance: random.Random) -> str:
    """Cut a file."""
    path = _pick(folder, chance)
    size = path.stat().st_size
    kept = chance.choice((0, 1, size // 2, size - 1, chance.randrange(size)))
    os.truncate(path, kept)
    return f"truncate {path.name} to {kept}"


def extend(folder: Path, chance: random.Random) -> str:
    """Append to a file."""
    path = _pick(folder, chance)
    data = path.read_bytes()
    more = chance.choice((b"\0", b"\0" * 4096, b" ", b"\n", data, data[-36:], b"x" * 10))
    path.write_bytes(data + more)
    return f"append {len(more)} bytes to {path.name}"


def swap(folder: Path, chance: random.Random) -> str:
    """Give two files each other's name."""
    one, other = _pick(folder, chance), _pick(folder, chance)
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)
    return f"swap {one.name} and {other.name}"


def splice(folder: Path, chance: random.Random) -> str:
    """Copy a part of a file over a part of another, or of itself."""
    source, path = _pick(folder, chance).read_bytes(), _pick(folder, chance)
    data = bytearray(path.read_bytes())
    size = min(chance.choice((1, 8, 64, 1000, 16384)), len(source), len(data))
    take, put = chance.randrange(len(source) - size + 1), chance.randrange(len(data) - size + 1)
    data[put : put + size] = source[take : take + size]
    path.write_bytes(data)
    return f"splice {size} bytes at {put} of {path.name}"


def move(folder: Path, chance: random.Random) -> str:
    """Take bytes out of a file, or double some, so that what follows moves."""
    path = _pick(folder, chance)
    data = path.read_bytes()
    place = chance.randrange(len(data))
    size = chance.choice((1, 4, 8, 16, 100))
    data = data[:place] + data[place + size :] if chance.random() < 0.5 else data[: place + size] + data[place:]
    path.write_bytes(data)
    return f"move what follows byte {place} of {path.name}"


def replace(folder: Path, chance: random.Random) -> str:
    """Put something that is no file, or a link to one, in the place of a file."""
    path = _pick(folder, chance)
    kind = chance.choice(
        ("gone", "empty", "folder", "fifo", "link", "loop", "dangling", "device", "socket", "elsewhere")
    )
    kept = path.read_bytes()
    path.unlink()
    if kind == "empty":
        path.touch()
    elif kind == "folder":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "link":
        path.with_name(".kept").write_bytes(kept)
        path.symlink_to(".kept")
    elif kind == "loop":
        path.symlink_to(path.name)
    elif kind == "dangling":
        path.symlink_to("nowhere")
    elif kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "socket":
        _bind(path)
    elif kind == "elsewhere":
        path.symlink_to("/etc/passwd")
    return f"{path.name} is now {kind}"


def _bind(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # the address of a socket must be short
    try:
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(path.name)
    finally:
        os.chdir(here)


def edit_manifest(folder: Path, chance: random.Random) -> str:
    """Change the JSON of the manifest, and leave its digest as it is."""
    path = folder / MANIFEST
    value = json.loads(path.read_bytes())
    what = mutate_json(value, chance)
    path.write_text(json.dumps(value, indent=1, sort_keys=True, default=str) + "\n", "utf-8")
    return f"manifest: {what}"


def nest(folder: Path, chance: random.Random) -> str:
    """A manifest or list of seeds of brackets, far too deep."""
    path = folder / MANIFEST if chance.random() < 0.7 else next(folder.glob("*.seeds"))
    opening = chance.choice(("[", '{"a":', '{"format":', '{"segments":['))
    depth = chance.choice((500, 5000, 200_000))
    path.write_text(opening * depth, "utf-8")
    return f"{path.name} nests {depth} deep"


ACCIDENTS: tuple[Damage, ...] = (
    *(flip, flip, overwrite, truncate, extend, swap, splice, move, replace, replace, edit_manifest, nest),
)


# -- forgeries


def mutate_json(value: Any, chance: random.Random) -> str:
    """Change a value somewhere in ``value`` (a mapping or a list), remove it, or say it twice."""
    path: list[Any] = []
    here = value
    while True:
        keys = sorted(here) if isinstance(here, dict) else list(range(len(here)))
        if not keys:
            break
        key = chance.choice(keys)
        path.append(key)
        below = here[key]
        if not isinstance(below, (dict, list)) or not below or chance.random() < 0.25:
            break
        here = below
    if not path:
        return "nothing"
    how = chance.choice(("value", "value", "value", "number", "remove", "copy", "rename"))
    if how == "remove":
        del here[path[-1]]
    elif how == "copy" and isinstance(here, list):
        here.append(here[path[-1]])
    elif how == "rename" and isinstance(here, dict):
        here[str(chance.choice(("../x", "", "x", "/etc/passwd", "MAIN_..", "\ud800", "_id")))] = here.pop(path[-1])
    elif how == "number" and isinstance(here[path[-1]], int):
        here[path[-1]] = max(0, here[path[-1]] + chance.choice((-1, 1, -8, 8, 2**31, 2**53)))
    else:
        here[path[-1]] = chance.choice(VALUES)
    return f"{how} at {'/'.join(map(str, path))}"


def forge_file(path: Path, sections: Callable[[str, bytes], bytes | None], meta: Callable[[Any], Any]) -> None:
    """Rewrite a file of a segment with changed sections (None: without it) and meta, and right checksums."""
    kind = KINDS[path.suffix]
    container = Container(path.read_bytes(), str(path), kind)
    new = path.with_name(".forged")
    with new.open("wb") as file:
        writer = ContainerWriter(file, kind)
        for name in container.names():
            section = container.section(name)
            data = sections(name, section.slice(0, section.length).tobytes())
            if data is not None:
                writer.section(name, data)
        writer.meta = meta(container.meta)
        writer.close(sync=False)
    new.replace(path)


def restamp(folder: Path) -> None:
    """Write the sizes and digests that the files have now into the manifest, and its own digest."""
    path = folder / MANIFEST
    raw = json.loads(path.read_bytes())
    for files in (raw["files"], *(segment["files"] for segment in raw["segments"])):
        for name in files:
            entry = describe_file(folder / name)
            files[name] = entry.as_dict()
    seal(path, raw)


def seal(path: Path, raw: dict[str, Any]) -> None:
    """Write a manifest with its digest made anew."""
    raw.pop("digest", None)
    body = json.dumps(raw, ensure_ascii=True, indent=1, sort_keys=True) + "\n"
    raw["digest"] = digest_of(body.encode())
    path.write_text(json.dumps(raw, ensure_ascii=True, indent=1, sort_keys=True) + "\n", "utf-8")


def _segment_file(folder: Path, chance: random.Random) -> Path:
    return chance.choice([path for path in files_of(folder) if path.suffix in KINDS])


def forge_section(folder: Path, chance: random.Random) -> str:
    """Change bytes or numbers of one section."""
    path = _segment_file(folder, chance)
    names = Container(path.read_bytes(), str(path), KINDS[path.suffix]).names()
    chosen = chance.choice(names)
    what = ""

    def change(name: str, data: bytes) -> bytes:
        nonlocal what
        if name != chosen or not data:
            return data
        changed, what = mutate_bytes(data, chance)
        return changed

    forge_file(path, change, lambda meta: meta)
    restamp(folder)
    return f"section {chosen!r} of {path.name}: {what}"


def mutate_bytes(data: bytes, chance: random.Random) -> tuple[bytes, str]:
    """Change some bytes, or a number of 1, 2, 4 or 8 bytes, or the length."""
    new = bytearray(data)
    how = chance.choice(("byte", "byte", "bytes", "number", "number", "cut", "grow", "fill", "reverse"))
    place = chance.randrange(len(data))
    if how == "byte":
        new[place] = chance.randrange(256)
    elif how == "bytes":
        for _ in range(chance.randrange(2, 9)):
            new[chance.randrange(len(data))] = chance.randrange(256)
    elif how == "number":
        size = chance.choice((1, 2, 4, 8))
        place -= place % size
        number = chance.choice(NUMBERS) & ((1 << 8 * size) - 1)
        new[place : place + size] = number.to_bytes(size, "little")[: len(data) - place]
    elif how == "cut":
        del new[place:]
    elif how == "grow":
        new += chance.randbytes(chance.choice((1, 4, 8, 20)))
    elif how == "fill":
        new[place : place + 64] = bytes([chance.choice((0, 1, 127, 255))]) * len(new[place : place + 64])
    else:
        new[place : place + 32] = new[place : place + 32][::-1]
    return bytes(new), f"{how} at {place} of {len(data)}"


def forge_meta(folder: Path, chance: random.Random) -> str:
    """Change what a file says about itself."""
    path = _segment_file(folder, chance)
    what = ""

    def change(meta: Any) -> Any:
        nonlocal what
        what = mutate_json(meta, chance)
        return meta

    forge_file(path, lambda name, data: data, change)
    restamp(folder)
    return f"meta of {path.name}: {what}"


def forge_column(folder: Path, chance: random.Random) -> str:
    """Change a column everywhere: shift, fill, or shuffle its numbers."""
    path = chance.choice(sorted(folder.glob("*.col")))
    names = Container(path.read_bytes(), str(path), b"COLS").names()
    chosen = chance.choice(names)
    how = chance.choice(("zeros", "most", "shuffle", "add"))

    def change(name: str, data: bytes) -> bytes:
        if name != chosen:
            return data
        numbers = np.frombuffer(data, np.uint8).copy()
        if how == "shuffle":
            numbers = np.array(chance.sample(numbers.tolist(), len(numbers)), np.uint8)
        elif how == "add":
            numbers += np.uint8(1)
        else:
            numbers[:] = 0 if how == "zeros" else 255
        return numbers.tobytes()

    forge_file(path, change, lambda meta: meta)
    restamp(folder)
    return f"column {chosen!r} of {path.name}: {how}"


def forge_stored(folder: Path, chance: random.Random) -> str:
    """Put other values in the place of a stored field's."""
    path = chance.choice(sorted(folder.glob("*.sto")))
    container = Container(path.read_bytes(), str(path), b"STOR")
    streams = container.meta["streams"]
    stream = chance.choice(sorted(streams))
    field = chance.choice(streams[stream]["fields"])
    value = chance.choice(STORED_VALUES)
    new = stored_as(container, stream, lambda name, values: [value] * len(values) if name == field else values)
    forge_file(path, new.get, lambda meta: meta)
    restamp(folder)
    return f"values of {field!r} of {path.name}"


STORED_VALUES: tuple[Any, ...] = (
    *("", "x", "\ud800", "\0", "[1]", "{}", '{"a": 1}', '{"a": ', "null", "[" * 5000, "9" * 5000, "\n\n", "{" * 100),
    *(
        '{"url": []}',
        '{"a": {"b": 1}}',
        "a\nb",
        "é" * 300,
        b"bytes",
        None,
        1,
        -1,
        2**70,
        1.5,
        float("nan"),
        [],
        {},
        True,
    ),
)


class Kept(io.BytesIO):
    """A file whose contents outlive it."""

    contents = b""

    def close(self) -> None:
        self.contents = self.getvalue()
        super().close()


def stored_as(container: Container, stream: str, change: Callable[[str, list[Any]], list[Any]]) -> dict[str, bytes]:
    """The sections of a stream of stored fields, the values of each field changed."""
    known = read_stored(container).stream(stream)
    file = Kept()
    writer = write_stored(ContainerWriter(file, b"STOR"))
    writer.stream(stream, known.fields).add(*(change(name, list(known.values(name))) for name in known.fields))
    writer.close(known.count)
    written = Container(file.contents, "forged", b"STOR")
    sections = {name: written.section(name) for name in written.names() if name.endswith(":" + stream)}
    return {name: section.slice(0, section.length).tobytes() for name, section in sections.items()}


def forge_manifest(folder: Path, chance: random.Random) -> str:
    """Change the manifest, and make its digest anew."""
    path = folder / MANIFEST
    raw = json.loads(path.read_bytes())
    what = ", ".join(mutate_json(raw, chance) for _ in range(chance.choice((1, 1, 2))))
    seal(path, raw)
    return f"sealed manifest: {what}"


def forge_seeds(folder: Path, chance: random.Random) -> str:
    """Change the digests of seeds."""
    path = next(folder.glob("*.seeds"))
    value = json.loads(path.read_bytes())
    if chance.random() < 0.3:
        value = chance.choice(VALUES)
        what = "another value"
    else:
        what = mutate_json(value, chance)
    path.write_text(json.dumps(value, default=str), "utf-8")
    restamp(folder)
    return f"{path.name}: {what}"


def forge_mixture(folder: Path, chance: random.Random) -> str:
    """Give two files of segments each other's contents, digests and all."""
    what = swap(folder, chance)
    if not (folder / MANIFEST).read_bytes().startswith(b"{"):
        return what
    with contextlib.suppress(ValueError, TypeError, KeyError):
        restamp(folder)
    return f"{what}, and stamp them"


FORGERIES: tuple[Damage, ...] = (
    *(forge_section, forge_section, forge_section, forge_section, forge_meta, forge_column, forge_stored, forge_stored),
    *(forge_manifest, forge_seeds, forge_mixture),
)
