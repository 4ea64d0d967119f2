"""Deletions: a segment's files never change, so which of its documents are deleted stands beside them.

Each generation of deletions is a file of its own, ``<segment>.<generation>.del``, with one section ``deleted``: a
bit for each document, set if it is deleted, the first document in the lowest bit of the first byte. Its ``meta``
says the number of documents and how many are deleted.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from searchlib.engines.whoosh.format.access import map_file
from searchlib.engines.whoosh.format.container import Container, ContainerWriter
from searchlib.model.arrays import NDArray

KIND: Final = b"DELS"


def deletions_name(segment_id: str, generation: int) -> str:
    """The name of the file."""
    return f"{segment_id}.{generation}.del"


def write_deletions(
    folder: Path, segment_id: str, generation: int, deleted: NDArray[np.bool_], sync: bool = True
) -> Path:
    """Write which documents of a segment are deleted; returns the new file's path.

    Raises:
        FileExistsError: that generation exists.
    """
    path = folder / deletions_name(segment_id, generation)
    container = ContainerWriter(path.open("xb"), KIND)
    container.section("deleted", np.packbits(deleted, bitorder="little"))
    container.meta = {"documents": len(deleted), "deleted": int(deleted.sum())}
    container.close(sync)
    return path


def read_deletions(
    folder: Path, segment_id: str, generation: int, doc_count: int, directory: str = ""
) -> NDArray[np.bool_]:
    """Which of the ``doc_count`` documents of a segment are deleted. For ``directory`` see `Container.expect`.

    Raises:
        IndexCorrupt: the file is not what was written, or of another number of documents.
    """
    path = folder / deletions_name(segment_id, generation)
    container = Container(map_file(path), str(path), KIND)
    container.expect(directory)
    packed = container.section("deleted").array(np.uint8)
    if container.meta.get("documents") != doc_count or len(packed) != (doc_count + 7) // 8:
        container.damaged("it is about another number of documents")
    deleted = np.unpackbits(packed, count=doc_count, bitorder="little").view(bool)
    if container.meta.get("deleted") != int(deleted.sum()):
        container.damaged("its number of deletions is wrong")
    deleted.flags.writeable = False
    return deleted
