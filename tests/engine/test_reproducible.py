"""The same seeds and settings make the same bytes, whoever builds the index, where and when."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

import searchlib

from .corpus import write_corpus
from .folders import contents

PROGRAM = """
import sys
import searchlib
from searchlib.engines.whoosh.building.portions import Portions
tuning = Portions(batch=int(sys.argv[1]), alone=int(sys.argv[2]))
index = searchlib.build(sys.argv[3], sys.argv[4], processes=int(sys.argv[5]), memory=int(sys.argv[6]), tuning=tuning)
print(index.digest)
"""

MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What a plain build makes."""
    folder = tmp_path_factory.mktemp("plain")
    write_seeds(folder / "seeds")
    searchlib.build(folder / "seeds", folder / "index", processes=1)
    found = contents(folder / "index")
    assert any(b"dictionary:stored:records" in data for data in found.values()), "there is text enough for one"
    return found


def write_seeds(folder: Path, backwards: bool = False) -> None:
    """The corpus, and a hundred kilobytes of prose."""
    write_corpus(folder, backwards=backwards)
    chance = random.Random(1)
    words = ["".join(chance.choices("abcdefghijklmnop", k=chance.randint(2, 9))) for _ in range(400)]
    lines = [" ".join(chance.choices(words, k=20)) + "." for _ in range(800)]
    (folder / "prose.txt").write_text("\n\n".join(lines), encoding="utf-8")


@pytest.mark.parametrize(
    ("batch", "processes", "memory", "environment"),
    [
        (8 * MEGABYTE, 1, 512 * MEGABYTE, {"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo", "LC_ALL": "C", "LANG": "C"}),
        (8_000, 2, 512 * MEGABYTE, {"PYTHONHASHSEED": "2", "TZ": "America/Lima", "LC_ALL": "C.UTF-8"}),
        (12_000, 3, MEGABYTE, {"PYTHONHASHSEED": "3", "PYTHONUTF8": "1", "LC_ALL": "tr_TR.UTF-8"}),
        (8_000, 1, 400_000, {"PYTHONHASHSEED": "random", "PYTHONOPTIMIZE": "1"}),
    ],
    ids=["hash seed, clock, locale", "two processes", "three processes, little memory", "runs put aside"],
)
def test_another_build_makes_the_same_bytes(
    plain: dict[str, bytes], tmp_path: Path, batch: int, processes: int, memory: int, environment: dict[str, str]
) -> None:
    """Its seeds were written in another order, at other times, and lie elsewhere; so does the index."""
    project = tmp_path / "another" / "place"
    write_seeds(project / "seeds", backwards=True)
    for number, path in enumerate(sorted((project / "seeds").rglob("*"))):
        os.utime(path, (10_000_000 * number, 10_000_000 * number))
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(batch), "200", "seeds", "in/here", str(processes), str(memory)],
        cwd=project,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    made = contents(project / "in" / "here")
    assert sorted(made) == sorted(plain)
    assert [name for name in plain if made[name] != plain[name]] == []
    assert done.stdout.strip() == searchlib.open(project / "in" / "here").digest


def test_the_digest_tells_indexes_apart_by_content_and_settings(tmp_path: Path) -> None:
    write_corpus(tmp_path / "seeds")
    one = searchlib.build(tmp_path / "seeds", tmp_path / "one")
    assert one.digest == one.stats().digest
    assert len(one.digest) == 32
    digests = {
        one.digest,
        searchlib.build(tmp_path / "seeds", tmp_path / "german", language="de").digest,
        searchlib.build(tmp_path / "seeds", tmp_path / "less", exclude=["*.html"]).digest,
    }
    (tmp_path / "seeds" / "notes.txt").write_text("Other notes.\n", encoding="utf-8")
    digests.add(searchlib.build(tmp_path / "seeds", tmp_path / "other").digest)
    assert len(digests) == 4


def test_no_file_says_where_or_when_it_was_made(tmp_path: Path) -> None:
    write_corpus(tmp_path / "seeds")
    searchlib.build(tmp_path / "seeds", tmp_path / "index")
    for name, data in contents(tmp_path / "index").items():
        assert os.fsencode(tmp_path) not in data, name


def test_the_table_of_contents_for_whoosh_is_made_of_calls_with_text(tmp_path: Path) -> None:
    """So its bytes do not depend on how a version of Python pickles objects."""
    import pickletools

    write_corpus(tmp_path / "seeds")
    searchlib.build(tmp_path / "seeds", tmp_path / "index")
    (toc,) = (tmp_path / "index").glob("_MAIN_*.toc")
    data = toc.read_bytes()
    called = set()
    at = data.find(b"\x80\x04")
    while at >= 0:
        operations = list(pickletools.genops(data[at:]))
        called |= {value for code, value, _ in operations if isinstance(value, str) and value.startswith("toc_")}
        assert {code.name for code, _, _ in operations} <= {
            "PROTO", "FRAME", "SHORT_BINUNICODE", "BINUNICODE", "MEMOIZE", "STACK_GLOBAL", "SHORT_BINBYTES", "BINBYTES",
            "TUPLE1", "TUPLE2", "TUPLE3", "MARK", "TUPLE", "REDUCE", "STOP",
        }  # fmt: skip
        at = data.find(b"\x80\x04", at + (operations[-1][2] or 0))
    assert called == {"toc_schema", "toc_segments"}
