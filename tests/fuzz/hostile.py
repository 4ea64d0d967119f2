"""Seeds that nobody would write on purpose, and what must hold of whatever is made of them.

* `draw`: bytes of a seed: noise, or pieces of formats, or a well-formed seed with damage.
* `check`: loads such a seed and checks what came of it; says in a word what did.
* `large`: the ones too large for the ordinary run.
"""

from __future__ import annotations

import gzip
import json
import random
import sys
import tempfile
import time
import zlib
from collections.abc import Callable
from pathlib import Path

from searchlib.documents import LoadOptions, Seed, registry
from searchlib.errors import SeedError
from searchlib.model.records import Document
from searchlib.paragraphs import split

SUFFIXES = (*registry.suffixes(), ".TXT", ".txt.gz", ".jsonl.gz", ".csv.gz", ".md.gz", ".html.gz")

PIECES: tuple[bytes, ...] = (
    *(
        b"\0",
        b"\xff",
        b"\xfe\xff",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\xff\xfe\0\0",
        b"\xed\xa0\x80",
        b"\xc3",
        b"\x80",
        b"\r",
    ),
    *(
        b"\n",
        b"\r\n",
        b"\n\n",
        b"\x0c",
        b"\x1b[31m",
        b"\x85",
        b"\xe2\x80\xa8",
        b" ",
        b"\t",
        b"\\",
        b'"',
        b"'",
        b",",
        b";",
    ),
    *(
        b"word ",
        b"The harbour. ",
        "çğü ".encode(),
        "東京大学".encode(),
        "ภาษาไทย".encode(),
        "👩\u200d👩\u200d👧".encode(),
    ),
    *(
        "e\u0301".encode(),
        "\u202eabc\u202c".encode(),
        "caf\xe9 ".encode("latin-1"),
        "привет ".encode("cp1251"),
        b"# ",
        b"> ",
    ),
    *(
        b"- ",
        b"1. ",
        b"|a|b|\n|-|-|\n",
        b"```\n",
        b"~~~",
        b"---\n",
        b"+++\n",
        b"title: x\n",
        b"a: &a [*a]\n",
        b"[x](y)",
    ),
    *(b"![", b"**", b"__", b"`", b"<!--", b"-->", b"<", b">", b"</", b"<p>", b"<div>", b"</div>", b"<table><tr><td>"),
    *(
        b"<script>",
        b"</script>",
        b"<title>t</title>",
        b"<pre>",
        b"<h1>",
        b"<li>",
        b"<a href='x",
        b"&",
        b"&#0;",
        b"&#xd800;",
    ),
    *(
        b"&#99999999999;",
        b"<meta charset=utf-16>",
        b"<meta charset=idna>",
        b"<meta charset=hex>",
        b"<![CDATA[",
        b"<?xml",
    ),
    *(
        b"{",
        b"}",
        b"[",
        b"]",
        b'{"text": "',
        b'"}',
        b'{"text": "\\ud800"}\n',
        b'{"id": 1e999, "text": "x"}\n',
        b"NaN",
        b"1e400",
    ),
    *(
        b'{"text": {"a": [1]}}\n',
        b'{"text": null, "title": "t"}\n',
        b'{"": "", "text": "a"}\n',
        b"-" * 30,
        b"9" * 4500,
        b"id,text\n",
    ),
    *(
        b'"a""b",',
        b"sep=;\n",
        b"a\tb\n",
        b"text\n",
        b'{"id": "\\u0000", "text": "\\u0000"}\n',
        b'{"language": "\\ud83d", "text": "x y"}\n',
    ),
)

_WHOLE: tuple[bytes, ...] = (
    b'id,title,text\n1,One,The harbour is closed.\n2,Two,"Ships\nwait"\n',
    b'{"id": "a", "title": "One", "text": "The harbour is closed.", "year": 1995}\n{"text": ["a", "b"]}\n',
    b'[{"text": "a"}, {"text": "b", "tags": ["x"]}]',
    b"---\ntitle: One\ndate: 2020-01-01\n---\n# One\n\nThe *harbour* is [closed](x).\n\n- a\n- b\n"
    b"\n| a | b |\n|---|---|\n| 1 | 2 |\n",
    b"<html lang=en><title>One</title><body><nav>x</nav><main><h1>One</h1>"
    b"<p>The harbour<br>is closed.<ul><li>a</ul></main>",
    "One\n\nThe harbour is closed.\n\n  Kış geldi; 東京大学は東京にある。\n".encode(),
)


def draw(chance: random.Random) -> bytes:
    """The bytes of a seed."""
    how = chance.randrange(4)
    if how == 0:
        return bytes(chance.getrandbits(8) for _ in range(chance.randrange(60)))
    if how == 1:
        return b"".join(chance.choice(PIECES) for _ in range(chance.randrange(1, 30)))
    if how == 2:
        return b"".join(
            chance.choice(PIECES) * chance.choice((1, 1, 2, 70, 700)) for _ in range(chance.randrange(1, 5))
        )
    data = bytearray(chance.choice(_WHOLE))
    for _ in range(chance.randrange(1, 6)):
        place = chance.randrange(len(data) + 1)
        piece = chance.choice(PIECES)
        data[place : place + chance.choice((0, 0, len(piece)))] = piece
    return bytes(data)


def check(suffix: str, data: bytes, options: LoadOptions | None = None) -> str:
    """Load the seed. Anything but a SeedError, or a document that breaks a promise, is a failure."""
    skipped: list[tuple[int, str]] = []
    if suffix.endswith(".gz") and data[:1] < b"\x80":
        data = gzip.compress(data, 1)
    seed = Seed("seed" + suffix, data, None, options or LoadOptions(), lambda line, why: skipped.append((line, why)))
    try:
        documents = list(registry.find(registry.suffix_of(seed.name), seed.name)(seed))
    except SeedError as error:
        assert str(error), "an error that says nothing"
        return "refused"
    assert all(line >= 0 and why for line, why in skipped)
    assert len({document.path for document in documents}) == len(documents), "two documents of one name"
    for document in documents:
        check_document(document)
    return "documents" if documents else "nothing"


def check_document(document: Document) -> None:
    """What a document promises: text that can be stored, and paragraphs that are slices of it, in order."""
    texts = [document.path, document.title, document.text, document.language, *document.metadata]
    texts += [value for value in document.metadata.values() if isinstance(value, str)]
    for text in texts:
        text.encode("utf-8")
        assert "\0" not in text
    json.dumps(dict(document.metadata), allow_nan=False)
    assert "\r" not in document.text
    end = 0
    for number, paragraph in enumerate(split(document), 1):
        assert paragraph.number == number and end <= paragraph.start < paragraph.end
        assert document.text[paragraph.start : paragraph.end] == paragraph.text == paragraph.text.strip()
        assert paragraph.line >= document.line >= 0 or not paragraph.line  # 0: the file has no lines
        end = paragraph.end


# -- too large for every day


def a_million_rows(path: Path) -> None:
    """A CSV of a million rows, of 60 MB."""
    with path.open("w", encoding="utf-8") as file:
        file.write("id,text,year\n")
        for number in range(1_000_000):
            file.write(f"{number},The harbour of {number % 977} is closed in winter,{1900 + number % 100}\n")


def bomb(path: Path, size: int) -> None:
    """A gzip file that unpacks to so many bytes."""
    pack = zlib.compressobj(9, zlib.DEFLATED, 31)
    with path.open("wb") as file:
        for _ in range(size >> 20):
            file.write(pack.compress(b"harbour " * (1 << 17)))
        file.write(pack.flush())


def large(work: Path, tell: Callable[[str], None]) -> None:
    """Build an index of a million rows, a line of 100 MB and bombs, in a process that has the limit of this one."""
    import subprocess

    seeds = Path(tempfile.mkdtemp(dir=work))
    a_million_rows(seeds / "rows.csv")
    bomb(seeds / "bomb.txt.gz", 1 << 29)
    bomb(seeds / "bomb.csv.gz", 1 << 29)
    with (seeds / "line.txt").open("wb") as file:
        for _ in range(100):
            file.write(b"some words and " * 66_667 + b". ")
    began = time.monotonic()
    code = (
        "import resource, sys, searchlib\n"
        "index = searchlib.build(sys.argv[1], sys.argv[2], processes=1, memory=256 << 20)\n"
        "print(index.changes.documents, index.changes.skipped)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10, 'MiB resident at most')\n"
        "assert index.changes.documents == 1_000_001, index.changes\n"
        "assert len(index.changes.skipped) == 2, index.changes.skipped\n"
        "assert index.search('harbour winter').total == 1_000_000\n"
    )
    command = [sys.executable, "-c", code, str(seeds), str(work / "large")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    tell(done.stdout.strip() + done.stderr)
    tell(f"{time.monotonic() - began:.0f} s")
    done.check_returncode()
