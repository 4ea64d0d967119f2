"""Make the folder of the current index format, unless it is there: see README.md."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import searchlib
from searchlib.engines.whoosh.manifest import FORMAT

HERE = Path(__file__).parent
SEEDS = HERE / "1" / "seeds"
QUERIES = (
    "harbour", '"the harbour"', "harb*", "erdogan", "by:ann", "keeper:bo", "港", "title:row", "-harbour +note",
    "year:1912",
)  # fmt: skip


def answers(index: searchlib.Index) -> dict[str, list[str]]:
    """The ids of the hits of each query, in order."""
    return {query: [hit.id for hit in index.search(query, limit=100)] for query in QUERIES}


def make(folder: Path) -> None:
    """Seeds, index with an update in it, and answers."""
    if not (folder / "seeds").exists():
        shutil.copytree(SEEDS, folder / "seeds")
    searchlib.build(folder / "seeds", folder / "index", exclude=["minato.txt"], processes=1)
    # A second segment, and deletions in the first.
    index = searchlib.build(folder / "seeds", folder / "index", processes=1)
    with index.writer() as writer:
        writer.remove("seeds/rows.jsonl#b")
    (folder / "index" / ".lock").unlink()
    with (folder / "answers.json").open("w", encoding="utf-8") as file:
        json.dump(answers(index), file, ensure_ascii=False, indent=1, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    place = HERE / str(FORMAT)
    if (place / "index").exists():
        sys.exit(f"{place} is there: it stays as it is")
    make(place)
