"""``python -m benchmarks.shards CORPUS``: one corpus in a cluster, in so many shards each time; docs/scaling.md has it.

The node is that of the tests (Java and Maven are needed), on this machine: so all shards share its cores, and what is
told is what sharding costs, and not what more machines gain. Processor time is that of the node and of this process.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import searchlib
from benchmarks.corpus import Corpus, prepare
from benchmarks.engines.ours import typed
from benchmarks.queries import Query, sample

KINDS = ("word", "or", "and", "phrase", "question")
COUNT, ROUNDS = 15, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure each number of shards, and print a table."""
    made = argparse.ArgumentParser(prog="python -m benchmarks.shards", description=__doc__)
    made.add_argument("corpus", help="a folder or a JSON Lines file")
    made.add_argument("--paragraphs", type=int, default=30_000, help="whole documents until there are that many")
    made.add_argument("--shards", default="1,2,4,8", help="numbers of them, with commas")
    given = made.parse_args(arguments)
    from tests.opensearch.node import running

    with tempfile.TemporaryDirectory(prefix="shards-") as folder, running(quick=False) as node:
        corpus = prepare(given.corpus, Path(folder), given.paragraphs)
        queries = sample(corpus, KINDS, COUNT, 1)
        print(f"{corpus.paragraphs:,} paragraphs, {corpus.text_bytes / 1e6:.1f} MB of text")
        print("| Shards | paragraphs/s | of processor | bytes a paragraph | " + " | ".join(KINDS) + " |")
        print("| --- " * (4 + len(KINDS)) + "|")
        _measured(corpus, f"{node.address}/warm", 1, queries, node.process.pid)  # so that what follows is compiled
        for shards in map(int, given.shards.split(",")):
            row = _measured(corpus, f"{node.address}/in{shards}", shards, queries, node.process.pid)
            print(f"| {shards} | {' | '.join(row)} |", flush=True)
    return 0


def _measured(corpus: Corpus, location: str, shards: int, queries: Sequence[Query], process: int) -> list[str]:
    """Rates of indexing, size, and ms of each kind of query: by the wall clock, and of the processor."""
    began, used = time.perf_counter(), _processor(process)
    with searchlib.build(corpus.documents_file, location, language="en", tuning={"shards": shards}) as index:
        seconds, taken = time.perf_counter() - began, _processor(process) - used
        found = [corpus.paragraphs / seconds, corpus.paragraphs / taken, index.stats().bytes / corpus.paragraphs]
        row = [f"{one:,.0f}" for one in found]
        of_kind = ([query for query in queries if query.kind == kind] for kind in KINDS)
        return [*row, *(_asked(index, some, process) for some in of_kind)]


def _asked(index: searchlib.Index, queries: Sequence[Query], process: int) -> str:
    walls: list[float] = []
    used = 0.0
    for turn in range(ROUNDS + 1):
        if turn == 1:
            used = _processor(process)
        for query in queries:
            began = time.perf_counter()
            for hit in index.search(typed(query) + " " * turn, 10):
                assert hit.id
            walls += [1000 * (time.perf_counter() - began)] if turn else []
    processor = 1000 * (_processor(process) - used) / len(walls)
    return f"{statistics.median(walls):.1f} ({processor:.1f})"


def _processor(process: int) -> float:
    """Seconds of the processor that a process and this one have used."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") + time.process_time()


if __name__ == "__main__":
    sys.exit(main())
