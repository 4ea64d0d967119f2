"""The figures of an index in a cluster are those of all of its shards."""

from __future__ import annotations

from pathlib import Path

import searchlib
from searchlib import Document


def test_bytes_are_those_of_all_shards(location: str, other: str, tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    found = {}
    for shards, where in ((1, location), (4, other)):
        with searchlib.build(tmp_path / "seeds", where, tuning={"shards": shards}) as index:
            with index.writer() as w:
                for number in range(200):
                    w.add(Document(f"d{number}", "\n\n".join(f"harbour {number} {one} ships" for one in range(4))))
            found[shards] = index.stats()
    assert found[1].paragraphs == found[4].paragraphs == 800
    assert found[1].bytes > 100_000 and found[4].segments >= 4 > found[1].segments
    assert found[1].bytes < found[4].bytes < 2 * found[1].bytes, "as much text, and what each shard has of its own"
