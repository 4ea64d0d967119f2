"""What docs/api.md says before the names of each section: what they are for, with examples.

The examples of a page are one program, which a test runs where `seeds/` of the repository is; what they print follows
them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

OPENING: Final = """\
# The Python API

Written by `python -m searchlib.cli.reference --write` from docstrings and signatures; a test checks that it is current,
and runs the examples, which are one program.

What is not here is not public: names may change that are reached otherwise. `import searchlib` costs nothing much; what
a call needs is imported by it. Values (hits, records, citations, documents) are frozen, typed and hashable, and have
`as_dict()`, ready for JSON, which is not said again for each. All offsets are code points:
`document.text[paragraph.start:paragraph.end] == paragraph.text`. An argument that cannot be is a `SettingsError`, whose
sentence says what to give instead.
"""

GUIDE: Final[Mapping[str, str]] = {
    "Making and opening": """\
`build` makes an index of files and folders, or brings it up to date with them; `open` opens one that is there, or
several as one. Both give an `Index`, which is a context manager, safe between threads, and stays at the generation that
it was opened at, while others commit, until `refresh()`; with `refresh="auto"` every call sees the newest.

```python
import searchlib

with searchlib.build("seeds/", "indexes/default") as index:
    print(index.changes.added, "documents,", index.stats().paragraphs, "paragraphs")
```

```text
1 documents, 6 paragraphs
```
""",
    "What is found": """\
`index.search` takes what people type ([query-language.md](query-language.md)) and gives `Results`: a sequence of
`Hit`s, with counts, facets and a cursor ([searching.md](searching.md)). All of it is read when it is looked at, also
after the index was closed; a pickle or copy has all of it in it. In a notebook results and hits show themselves.

```python
index = searchlib.open("indexes/default")
results = index.search('"defense industry"', limit=3, facets=["type"])
print(results.total, [(one.value, one.count) for one in results.facets["type"]])
for hit in results:
    print(hit.rank, hit.id, hit.document.title, hit.paragraph.number)
    print(hit.snippet("markdown", length=60))
print(index.search("defnse industry").suggestion)
print([one.word for one in index.complete("ukr")])
rows = results.to_dicts()  # pandas.DataFrame(rows)
print(rows[0]["path"], rows[0]["line"])
```

```text
1 [('text', 1)]
1 70d6ndac4095q2qa Ukraine, Turkey Discuss Security Ties and Peace Initiatives in Istanbul Meeting 3
…discussions with Turkish **defense** **industry** representatives.…
defense industry
['ukraine', 'ukrainian']
seeds/000_f866135ebe9f29a8.txt 4
```
""",
    "Filters, nodes and synonyms": """\
A filter limits the hits and leaves their scores alone. It may be text in the query language, a dictionary, a list of
filters that all have to match, or these joined otherwise; a query and a filter may be trees of nodes as well. Words and
phrases, whose forms are looked up in the index, are best given as text.

```python
from searchlib.query.nodes import And, Value
from searchlib.search.filtering import AnyOf, NoneOf

print(index.search("security", filter={"type": "text", "number": (1, 3)}).total)
print(index.search("security", filter=AnyOf(({"number": 1}, "turkish"))).total)
print(index.search("security", filter=NoneOf(({"type": ["pdf", "html"]},))).total)
print(index.search(And((Value("text", "type"), Value("en", "language")))).total)
```

```text
3
4
6
6
```
""",
    "Documents and paragraphs": """\
`index.documents()` and `index.document(path)` read the index; a hit has its `record`, which is a paragraph with
what is known of its document.

```python
for info in index.documents():
    print(info.path, info.language, len(index.document(info.path)))
record = index.paragraph("70d6")  # the beginning of an id is enough
print(record.document.title, record.paragraph.number)
print([one.paragraph.number for one in index.context(record.id, before=1, after=1)])
```

```text
seeds/000_f866135ebe9f29a8.txt en 6
Ukraine, Turkey Discuss Security Ties and Peace Initiatives in Istanbul Meeting 3
[2, 3, 4]
```
""",
    "Citations": """\
A citation names words of a paragraph so that they can be found and checked again ([citations.md](citations.md)).
`hit.citation` is that of a hit; `index.citation` that of any paragraph, or of the part of it that says a quote.

```python
citation = index.citation("70d6", "explore joint defense projects")
print(citation.reference)
text = f"They may {citation.quote} (searchlib:{citation.id})."
print([check.status for check in index.check_citations(text)])
```

```text
searchlib:70d6ndac4095q2qa#char=139,169
['unchanged']
```
""",
    "Writing": """\
Documents need no file. A writer adds and removes them, and commits at the end of its `with`, whole or not at all; an
exception in it leaves the index as it was. An index begins empty as one of no seeds. What came by a writer, `build`
leaves alone.

```python
from searchlib import Document

notes = searchlib.build([], "indexes/notes")
with notes.writer() as writer:
    writer.add(Document("notes/1", "The harbour is closed.\\n\\nShips wait.", title="Harbour", metadata={"year": 2024}))
    writer.add(Document("notes/2", "The fleet sails."))
with notes.writer() as writer:
    writer.remove("notes/2")
print(notes.search("harbours", filter={"year": 2024}).total, notes.stats().documents)
```

```text
2 1
```
""",
    "Loaders": """\
A loader is a function from a seed (a file with its name and bytes) to documents; `register` has it read the files of a
suffix, in `build` and everywhere else, and an entry point of the group `searchlib.loaders` does so for all who install
a package. [formats.md](formats.md) says what is read without one.

```python
from pathlib import Path

from searchlib.documents import Seed, register
from searchlib.documents.builder import Builder


def load_songs(seed: Seed) -> list[Document]:
    builder = Builder()
    for line, verse in enumerate(seed.read().decode("utf-8").splitlines(), 1):
        builder.add(verse, line=line)
    return [Document(seed.name, builder.text, title=seed.stem, type="song", blocks=builder.blocks)]


register(".song", load_songs)
Path("songs").mkdir()
Path("songs/sea.song").write_text("Home from the sea\\nAnd the hunter home", encoding="utf-8")
songs = searchlib.build("songs", "indexes/songs")
print([(hit.document.type, hit.paragraph.line) for hit in songs.search("hunter")])
```

```text
[('song', 2)]
```
""",
    "Figures and comparing": """\
`index.stats()` has the figures of an index, `index.verify()` what is wrong with its files (mostly nothing), and `diff`
what changed between two of them.

```python
print(index.verify(), index.stats().languages)
print([(one.status, one.path) for one in searchlib.diff(index, songs).documents])
```

```text
[] {'en': 1}
[('gone', 'seeds/000_f866135ebe9f29a8.txt'), ('added', 'songs/sea.song')]
```
""",
    "With an event loop": """\
`AsyncIndex` does all that in a few threads of its own, so that the loop goes on; who is cancelled gives up the search.
[searching.md](searching.md#with-an-event-loop) says more.

```python
import asyncio


async def main() -> None:
    async with await searchlib.aopen("indexes/default", refresh="auto") as index:
        found = await asyncio.gather(*(index.search(query) for query in ("security", "peace")))
        print([results.total for results in found])


asyncio.run(main())
```

```text
[6, 6]
```
""",
    "Errors": """\
All that searchlib raises on purpose is a `SearchlibError`, whose message is one sentence that says what to do next.

```python
try:
    index.search('"never closed', strict=True)
except searchlib.QueryError as error:
    print(error)
try:
    searchlib.open("indexes/nowhere")
except searchlib.IndexMissing as error:
    print(error)
```

```text
This quotation mark is never closed.
    "never closed
    ^
Close the phrase: "like this"
no index at indexes/nowhere; build one with: searchlib index SEEDS... --index indexes/nowhere
```
""",
}
