"""Results and hits in a notebook, as rows of a table, in a line, and without their index."""

from __future__ import annotations

import csv
import inspect
import io
import json
import pickle
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

import searchlib
from searchlib import Document, Locator
from searchlib.model.records import Block

HOSTILE = "<script>alert('x')</script> & \"harbour\" \u202e\x1b[31m"
DOCUMENTS = (
    Document(
        "a/ports.txt",
        "The harbour is closed in winter.\n\nShips wait outside the harbour until spring.",
        "Ports of the north",
        metadata={"year": 1999, "tag": ("sea", "ice"), "title": "Its own"},
    ),
    Document("b.pdf", "A harbour.", blocks=(Block(0, 10, line=0, locators=(Locator("page", 12),)),)),
    Document("c.txt", f"{HOSTILE} harbour", HOSTILE, metadata={"by": HOSTILE, "page": "a page of its own"}),
)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[searchlib.Index]:
    (tmp_path / "seeds").mkdir()
    with searchlib.build(tmp_path / "seeds", tmp_path / "index", processes=1) as index:
        with index.writer(processes=1) as w:
            for document in DOCUMENTS:
                w.add(document)
        yield index


class Page(HTMLParser):
    """What a piece of HTML is made of: tags, attributes, texts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.texts: list[tuple[str, str]] = []
        self.feed(html)
        self.close()
        assert not self.opened

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        self.opened.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.opened.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append((self.opened[-1], data))


def test_results_are_a_list_in_a_notebook(index: searchlib.Index) -> None:
    page = Page(index.search("harbour title:north", facets=("year", "tag"))._repr_html_())
    text = "".join(data for tag, data in page.texts if tag != "style")
    assert "harbour title:north — 4 paragraphs in 3 documents" in text
    assert ("mark", "harbour") in page.texts and ("mark", "north") in page.texts
    assert "a/ports.txt, line 1, ¶ 1" in text and "b.pdf, page 12, ¶ 1" in text
    assert "year: 1999 (2)" in text and "tag: ice (2), sea (2)" in text
    assert index.search("harbour")[0].id in text


def test_what_a_notebook_shows_is_escaped_and_fetches_nothing(index: searchlib.Index) -> None:
    results = index.search(f"harbour {HOSTILE}", facets="by")
    for html in (results._repr_html_(), next(hit for hit in results if hit.document.path == "c.txt")._repr_html_()):
        page = Page(html)
        assert page.tags <= {"div", "style", "p", "ol", "li", "article", "b", "mark", "small", "code"}
        assert page.attributes <= {"class", "dir"}
        assert "\u202e" not in html and "\x1b" not in html
        assert not any(word in html for word in ("url(", "@import", "http", "src="))
        assert any("alert" in data for tag, data in page.texts if tag != "script")


def test_a_notebook_is_as_readable_dark_as_light(index: searchlib.Index) -> None:
    """Text has the colour of what is around it, and nothing has a colour that hides it."""
    style = "".join(data for tag, data in Page(index.search("harbour")._repr_html_()).texts if tag == "style")
    rules = re.findall(r"([\w-]+):([^;}]+)", style)
    assert {value for name, value in rules if name == "color"} == {"inherit"}
    assert all(value.startswith(("none", "rgba(")) for name, value in rules if name == "background")


def test_a_notebook_shows_some_of_many_and_says_what_was_meant(index: searchlib.Index) -> None:
    with index.writer(processes=1) as w:
        w.add(Document("many", "\n\n".join(f"A lighthouse, number {n}." for n in range(30))))
    html = index.search("lighthouse", 30)._repr_html_()
    assert html.count("<li>") == 20 and "10 more hits, not shown" in html
    assert "Did you mean: lighthouse" in index.search("lighthuose")._repr_html_()
    empty = index.search('"never')._repr_html_()
    assert "0 paragraphs" in empty and "<ol>" not in empty and "quotation mark" in empty


def test_results_for_json_have_all_that_results_have(index: searchlib.Index) -> None:
    results = index.search("harbour", 2, offset=1, facets="year")
    told = results.as_dict()
    public = {name for name, _ in inspect.getmembers(type(results), lambda one: isinstance(one, property))}
    assert set(told) == public | {"took", "warnings", "hits"}
    assert (told["offset"], [hit["rank"] for hit in told["hits"]]) == (1, [2, 3])
    assert json.loads(json.dumps(told)) == told


def test_rows_have_the_same_columns_and_nothing_is_lost(index: searchlib.Index) -> None:
    results = index.search("harbour", sort="document")
    rows = results.to_dicts(length=20)
    assert len({tuple(row) for row in rows}) == 1
    first, _, pdf, hostile = rows
    assert list(first)[:6] == ["rank", "score", "id", "path", "title", "type"]
    assert (first["title"], first["metadata.title"], first["year"]) == ("Ports of the north", "Its own", 1999)
    assert (first["tag"], first["page"], pdf["tag"]) == (["sea", "ice"], None, None)
    assert (pdf["page"], hostile["page"], hostile["metadata.page"]) == (12, None, "a page of its own")
    assert [row["text"] for row in rows] == [hit.text for hit in results]
    assert first["citation"] == str(results[0].citation) and len(first["snippet"]) <= 21
    out = io.StringIO()
    table = csv.DictWriter(out, rows[0])
    table.writeheader()
    table.writerows(rows)
    assert [row["id"] for row in csv.DictReader(io.StringIO(out.getvalue()))] == [hit.id for hit in results]
    assert json.loads(json.dumps(rows)) == rows
    assert index.search("zebra").to_dicts() == []


def test_a_line_says_what_it_is(index: searchlib.Index) -> None:
    hit = index.search("winter")[0]
    assert repr(index.search("winter")) == "<Results 'winter': 1 hit>"
    assert repr(hit) == f"Hit(rank=1, score={hit.score!r}, id={hit.id!r})"
    assert repr(hit.record) == f"<Record {hit.id} 'a/ports.txt' ¶ 1: 'The harbour is closed in winter.'>"
    assert repr(hit.paragraph) == "<Paragraph 1, [0:32], line 1: 'The harbour is closed in winter.'>"
    assert repr(DOCUMENTS[1]) == "<Document 'b.pdf', 10 characters: 'A harbour.'>"
    long = "harbour " * 1000
    for value in (index.search(long), Document("a", long), hit.record.__class__(hit.id, hit.document, hit.paragraph)):
        assert len(repr(value)) < 150
    index.close()
    assert repr(index) == f"<Index {index.path}, closed>"


def everything(results: searchlib.Results) -> object:
    """All that there is to ask of results and their hits."""
    hits = [
        (
            *(hit, hit.text, hit.spans, hit.title_spans, hit.snippet("html"), hit.record, hit.copies, hit.index),
            *(hit.citation, hit.citation.prefix, hit.citation.suffix, hit.citation.text(), hit.explain()),
            *(hit._repr_html_(), hit.as_dict(explain=True)),
        )
        for hit in results
    ]
    return hits, results.as_dict(), results.to_dicts(), results._repr_html_(), repr(results)


@pytest.mark.parametrize("query", ["harbour", "harbuor", "zebra"])
def test_results_can_be_asked_everything_when_the_index_is_closed_and_gone(
    index: searchlib.Index, query: str, tmp_path: Path
) -> None:
    expected = everything(index.search(query, 3, facets="year", distinct=True))
    again = index.search(query, 3, facets="year", distinct=True)
    again.took = 0.0
    index.close()
    shutil.rmtree(tmp_path / "index")
    found = everything(again)
    took = {"took": 0.0}
    assert isinstance(expected, tuple) and isinstance(found, tuple)
    assert (found[0], {**found[1], **took}, *found[2:]) == (expected[0], {**expected[1], **took}, *expected[2:])
    unpickled = pickle.loads(pickle.dumps(again))
    assert everything(unpickled) == found
    assert [pickle.loads(pickle.dumps(hit)) for hit in again] == list(again)
