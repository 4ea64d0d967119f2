"""Packages: files of many parts in a ZIP archive, as those of word processors and e-books are.

A *part* is a file in it, a *relation* what leads from one to another. Nothing is unpacked but into memory, and of that
no more than the limits allow, whatever the archive says of itself.
"""

from __future__ import annotations

import io
import lzma
import posixpath
import zipfile
import zlib
from typing import Final
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from searchlib.documents.seed import Seed
from searchlib.documents.xmltrees import attribute, children, local, parse
from searchlib.errors import SeedError
from searchlib.guards.limits import how_to_raise

OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""What files of older programs begin with, and encrypted ones of newer."""
DAMAGED: Final = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, NotImplementedError)
_CHUNK: Final = 1 << 20


class Package:
    """A package, open."""

    def __init__(self, seed: Seed, what: str) -> None:
        """``what`` it should be, for messages. Raises SeedError if it is none."""
        self.seed = seed
        self._what = what
        data = seed.read()
        self._size = len(data)
        self._unpacked = 0
        self.is_over = False
        """Whether it unpacks to more than the limits allow."""
        if data.startswith(OLE):
            said = f"encrypted, or of an older program than {what} is of: save it without a password as {what}"
            raise SeedError(said, seed.name)
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except DAMAGED as error:
            raise self._damage(error) from None
        self._infos = {info.filename.lstrip("/"): info for info in self._archive.infolist()}
        self._by_case: dict[str, str] = {}
        for name in self._infos:
            self._by_case.setdefault(name.lower(), name)

    def _damage(self, error: Exception) -> SeedError:
        said = (
            f"no {self._what}, or a damaged one ({error}): open it with its program, have it mended, and save it anew"
        )
        return SeedError(said, self.seed.name)

    def __contains__(self, part: str) -> bool:
        return part in self._infos or part.lower() in self._by_case

    def infos(self) -> list[zipfile.ZipInfo]:
        """What the archive says of each of its files, in its order."""
        return list(self._infos.values())

    def names(self) -> list[str]:
        """The parts, in the order of the archive."""
        return list(self._infos)

    def read(self, part: str) -> bytes:
        """The bytes of a part, b"" if there is none. Raises SeedError if it is damaged, encrypted or too large."""
        info = self._infos.get(part.lstrip("/")) or self._infos.get(self._by_case.get(part.lower(), ""))
        if info is None:
            return b""
        limits = self.seed.limits
        if info.flag_bits & 1:
            raise SeedError("encrypted: save it without a password", self.seed.name)
        blocks = []
        try:
            with self._archive.open(info) as stream:
                while block := stream.read(_CHUNK):
                    blocks.append(block)
                    self._unpacked += len(block)
                    if self._unpacked > limits.file_bytes:
                        self.is_over = True
                        told = f"unpacks to more than {limits.file_bytes:,} bytes; {how_to_raise('file_bytes')}"
                        raise SeedError(told, self.seed.name)
                    if self._unpacked > max(limits.unpacked_small, limits.unpacked_ratio * self._size):
                        self.is_over = True
                        told = f"unpacks to more than {limits.unpacked_ratio} times its size"
                        raise SeedError(f"{told}; {how_to_raise('unpacked_ratio')}", self.seed.name)
        except DAMAGED as error:
            raise self._damage(error) from None
        return blocks[0] if len(blocks) == 1 else b"".join(blocks)

    def tree(self, part: str) -> Element | None:
        """The root of a part that is XML; None if there is no such part."""
        data = self.read(part)
        return parse(data, self.seed.name) if data else None

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """What a part leads to, by id: the end of the relation's type, and the other part; none outside the package."""
        folder, _, base = part.rpartition("/")
        root = self.tree(f"{folder}/_rels/{base}.rels".lstrip("/"))
        found = {}
        for one in children(root):
            target = attribute(one, "Target")
            if local(one) == "Relationship" and target and attribute(one, "TargetMode") != "External":
                found[attribute(one, "Id")] = attribute(one, "Type").rpartition("/")[2], resolved(folder, target)
        return found

    def related(self, part: str, kind: str) -> list[str]:
        """The parts that a part leads to by relations whose type ends so."""
        return [target for found, target in self.relations(part).values() if found == kind]


def resolved(folder: str, target: str) -> str:
    """The part that a target means, seen from a folder: never one above the package."""
    path = unquote(target.partition("#")[0])
    return posixpath.normpath("/" + (path if path.startswith("/") else f"{folder}/{path}")).lstrip("/")
