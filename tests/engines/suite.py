"""What every engine is put through: cases as data, a class for each capability, inherited by the tests of each engine.

A subclass gives ``location``: a fixture with where an index may be made. Expectations are by hand; where a case is a
row, it is (query, paragraphs), and a paragraph is its document and number, as ``ports 2``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from engine.corpus import write_corpus

import searchlib
from searchlib import Block, Document, IndexMissing, IndexProblem, Locator, ParagraphNotFound, SettingsError
from searchlib.search.filtering import AnyOf, NoneOf

DOCUMENTS = (
    Document(
        "ports",
        "The harbour is closed in winter.\n\nShips wait outside the harbour until spring.\n\nA ship sank.",
        "Ports of the north",
        metadata={"by": "Ann", "year": 1999, "tag": ("sea", "ice")},
    ),
    Document("fleet2", "The fleet sails.\n\nHarbours are full of ships.", metadata={"by": "Bo", "year": 2001}),
    Document("fleet10", "A winter harbour.\n\nThe fleet stays.", metadata={"by": "ann", "year": "2000", "tag": "sea"}),
    Document(
        "erdoğan", "Erdoğan praised the harbour.\n\nErdogan left.", language="en", metadata={"year": "2020-05-17"}
    ),
    Document("brief.md", "Nothing of note, but snow.", "Snow", "markdown", metadata={"by": "Cleo", "year": 7.5}),
    Document("häfen", "Der Hafen ist im Winter geschlossen.\n\nDie Schiffe warten.", language="de"),
    Document("tokyo", "東京都の港は冬に閉まる。", language="ja"),
)

REPORT = """\
Report on the regions

Contents

1 Housing .... 4

2 Poverty .... 12

3 Schools .... 20

2 Poverty

Poverty fell in the north while the towns of the coast grew, and the harbour was rebuilt with the money of the fund
that was set up for it in the year before.

What is meant by poverty here is an income of less than half of the median; by that measure poverty is found in one
household of nine, mostly in the valleys of the south.

3 Schools

The schools of the valleys are far from most villages, and few of their pupils go on to one of the three colleges of
the coast, whatever their parents earn or hope.

In most of the villages there is a teacher for all of the children, who is paid by the district and lives in the
house beside the school that the villagers built for her.
""" + "".join(
    f"\nThe figures of year {year} are those of the ministry, which counted the households of all districts by hand, "
    "and has since found no reason to count them again.\n"
    for year in range(1990, 2000)
)
MATCHING = (
    ("harbour", "erdoğan 1, fleet2 2, fleet10 1, ports 1, ports 2"),
    ("harbours", "erdoğan 1, fleet2 2, fleet10 1, ports 1, ports 2"),
    ("ship winter", "fleet2 2, fleet10 1, häfen 1, ports 1, ports 2, ports 3"),
    ("+ship +harbour", "fleet2 2, ports 2"),
    ("harbour -winter", "erdoğan 1, fleet2 2, ports 2"),
    ("harbour AND NOT ship", "erdoğan 1, fleet10 1, ports 1"),
    ('"winter harbour"', "fleet10 1"),
    ('"ships harbour"~4', "ports 2"),
    ("ships NEAR harbour", "fleet2 2, ports 2"),
    ("ship*", "fleet2 2, ports 2, ports 3"),
    ("w?nter", "fleet10 1, häfen 1, ports 1"),
    ("harbor~", "erdoğan 1, fleet10 1, ports 1, ports 2"),
    ("=harbour", "erdoğan 1, fleet10 1, ports 1, ports 2"),
    ('="the harbours"', ""),
    ("=harbours", "fleet2 2"),
    ("erdogan", "erdoğan 1, erdoğan 2"),
    ("title:snow", "brief.md 1"),
    ("by:ann", "fleet10 1, fleet10 2, ports 1, ports 2, ports 3"),
    ("year:[2000 TO 2001]", "fleet2 1, fleet2 2, fleet10 1, fleet10 2"),
    ("year:[2020-05 TO 2020-06]", "erdoğan 1, erdoğan 2"),
    ("lang:de", "häfen 1, häfen 2"),
    ("schiff", "häfen 2"),
    ("港", "tokyo 1"),
    ("東京", "tokyo 1"),
    ("number:3", "ports 3"),
    ("(ship OR fleet) -the", "fleet2 2"),
    ("zebra", ""),
    ("", ""),
)
FILTERS = (
    ({"by": "ANN"}, "fleet10 1, ports 1, ports 2"),
    ({"by": ["Bo", None]}, "erdoğan 1, fleet2 2"),
    ({"year": (2000, None)}, "erdoğan 1, fleet2 2, fleet10 1"),
    ({"document": "ports", "number": (2, 3)}, "ports 2"),
    ({"tag": "sea"}, "fleet10 1, ports 1, ports 2"),
    ("winter", "fleet10 1, ports 1"),
    (["winter", {"by": "Ann"}], "fleet10 1, ports 1"),
    (AnyOf(({"by": "Bo"}, ["winter", {"year": (2000, None)}])), "fleet2 2, fleet10 1"),
    (NoneOf(({"by": ["Ann", "Bo"]},)), "erdoğan 1"),
    (AnyOf(()), ""),
)
SORTS = (
    ("document", "brief.md, erdoğan, fleet2, fleet10, häfen, ports, tokyo"),
    ("-document", "tokyo, ports, häfen, fleet10, fleet2, erdoğan, brief.md"),
    ("year", "brief.md, ports, fleet10, fleet2, erdoğan, häfen, tokyo"),
    ("-year", "erdoğan, fleet2, fleet10, ports, brief.md, häfen, tokyo"),
    ("by", "fleet10, ports, fleet2, brief.md, erdoğan, häfen, tokyo"),
    (("-by", "-year"), "brief.md, fleet2, fleet10, ports, erdoğan, häfen, tokyo"),
    ("tag", "ports, fleet10, brief.md, erdoğan, fleet2, häfen, tokyo"),
    ("title", "ports, brief.md, erdoğan, fleet2, fleet10, häfen, tokyo"),
    ("language", "häfen, brief.md, erdoğan, fleet2, fleet10, ports, tokyo"),
)
FACETS = (
    ("by", [("ann", 5), ("Bo", 2), ("Cleo", 1)], 0, 5),
    ("year", [(1999, 3), ("2000", 2), (2001, 2), ("2020-05-17", 2), (7.5, 1)], 0, 3),
    ("tag", [("sea", 5), ("ice", 3)], 0, 8),
    ("type", [("text", 12), ("markdown", 1)], 0, 0),
    ("language", [("en", 10), ("de", 2), ("ja", 1)], 0, 0),
    ("document", [("ports", 3), ("erdoğan", 2), ("fleet2", 2), ("fleet10", 2), ("häfen", 2)], 2, 0),
)


def place(found: Any) -> str:
    """A hit or record, as cases name it."""
    return f"{found.document.path} {found.paragraph.number}"


def scored(results: searchlib.Results) -> list[tuple[str, float]]:
    return [(hit.id, hit.score) for hit in results]


def listed(text: str) -> list[str]:
    return [one for one in text.split(", ") if one]


class Suite:
    @pytest.fixture
    def index(self, location: Any, tmp_path: Any) -> Iterator[searchlib.Index]:
        """An index of `DOCUMENTS`, added in two commits."""
        (tmp_path / "seeds").mkdir()
        with searchlib.build(tmp_path / "seeds", location, processes=1) as index:
            for part in (DOCUMENTS[::2], DOCUMENTS[1::2]):
                with index.writer(processes=1) as w:
                    for document in part:
                        w.add(document)
            yield index


class Searching(Suite):
    def test_what_matches(self, index: searchlib.Index) -> None:
        for query, expected in MATCHING:
            hits = index.search(query, 100)
            assert sorted(map(place, hits)) == sorted(listed(expected)), query
            assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True), query

    def test_a_heading_or_a_line_of_contents_comes_behind_the_text_below_it(self, index: searchlib.Index) -> None:
        with index.writer() as w:
            w.add(Document("report", REPORT))
        for word, text in (("poverty", {8, 7}), ("schools", {10, 11})):
            found = [hit.paragraph.number for hit in index.search(word, filter={"document": "report"})]
            assert set(found[:2]) == text, word
            usual = index.search(word, filter={"document": "report"}, ranking={"short": 0})
            assert usual[0].paragraph.number in (4, 5, 6, 9), word

    def test_an_exact_form_is_better_and_ties_are_in_the_order_of_the_index(self, index: searchlib.Index) -> None:
        assert list(map(place, index.search("erdoğan"))) == ["erdoğan 1", "erdoğan 2"]
        assert list(map(place, index.search("erdogan"))) == ["erdoğan 2", "erdoğan 1"]
        assert [place(hit) for hit in index.search("number:1", 3)] == ["brief.md 1", "erdoğan 1", "fleet2 1"]

    def test_a_name_is_found_in_another_script(self, index: searchlib.Index) -> None:
        pytest.importorskip("anyascii", reason="names take the extra of that name")
        assert index.search("Эрдоган").total == 0
        found = index.search("Эрдоган", names=True)
        assert [place(hit) for hit in found] == ["erdoğan 2", "erdoğan 1"]
        assert [note.message for note in found.warnings] == ["Also by name, for Эрдоган: Erdogan, Erdoğan."]

    def test_a_tree_of_nodes_is_a_query(self, index: searchlib.Index) -> None:
        from searchlib.query.nodes import And, Everything, Not, Value

        tree = And((Everything(), Not(Value("ports", "document")), Value("en", "language")))
        assert index.search(tree).total == 7

    def test_a_paragraph_is_found_by_its_id_or_the_beginning_of_it(self, index: searchlib.Index) -> None:
        hit = index.search('"fleet sails"')[0]
        assert index.paragraph(hit.id) == index.paragraph(hit.id[:10]) == hit.record
        with pytest.raises(ParagraphNotFound):
            index.paragraph("zzzz")

    def test_a_context_is_of_one_document(self, index: searchlib.Index) -> None:
        id = index.search('"ship sank"')[0].id
        assert list(map(place, index.context(id, 1, 5))) == ["ports 2", "ports 3"]
        assert list(map(place, index.context(id, 9, 0))) == ["ports 1", "ports 2", "ports 3"]


class Filtering(Suite):
    def test_what_a_filter_leaves(self, index: searchlib.Index) -> None:
        for filter, expected in FILTERS:
            found = index.search("harbour", 100, filter=filter)
            scores = {place(hit): hit.score for hit in index.search("harbour", 100)}
            assert sorted(map(place, found)) == sorted(listed(expected)), filter
            assert all(hit.score == pytest.approx(scores[place(hit)]) for hit in found)

    def test_what_tells_no_language_has_none(self, index: searchlib.Index) -> None:
        with index.writer() as w:
            w.add(Document("label", "Harbour 7"))
        assert [place(hit) for hit in index.search("harbour", filter={"language": None})] == ["label 1"]
        assert [place(hit) for hit in index.search('language:"" AND harbour')] == ["label 1"]
        assert "label 1" not in map(place, index.search("language:* AND harbour", 100))
        assert index.search("harbour", facets=["language"]).facets["language"].missing == 1
        assert index.stats().languages[""] == 1


class Sorting(Suite):
    def test_orders(self, index: searchlib.Index) -> None:
        for sort, expected in SORTS:
            found = index.search("number:1", 100, sort=sort)
            assert [hit.document.path for hit in found] == listed(expected), sort

    def test_within_a_value_the_order_goes_on(self, index: searchlib.Index) -> None:
        found = index.search("*", 100, sort=("-number", "-document"))
        assert list(map(place, found))[:3] == ["ports 3", "ports 2", "häfen 2"]
        by_score = index.search("harbour", 100, sort=("by", "relevance"))
        assert [hit.document.path for hit in by_score][:3].count("ports") == 2

    def test_scores_are_there_in_any_order(self, index: searchlib.Index) -> None:
        scores = {place(hit): hit.score for hit in index.search("harbour", 100)}
        for hit in index.search("harbour", 100, sort="year"):
            assert hit.score == pytest.approx(scores[place(hit)])


class Counting(Suite):
    def test_facets(self, index: searchlib.Index) -> None:
        for name, values, others, missing in FACETS:
            facet = index.search("*", facets={name: 5}).facets[name]
            assert (list(map(tuple, facet)), facet.others, facet.missing) == (values, others, missing), name

    def test_facets_are_of_all_that_matches_and_leave_out_what_is_not_asked_for(self, index: searchlib.Index) -> None:
        results = index.search("harbour", 1, facets={"by": 1}, per_document=1)
        assert (list(map(tuple, results.facets["by"])), results.facets["by"].others) == ([("ann", 3)], 1)

    def test_totals(self, index: searchlib.Index) -> None:
        for query, expected in MATCHING:
            results = index.search(query, 1)
            paragraphs = listed(expected)
            assert results.total == len(paragraphs), query
            assert results.documents == len({one.split()[0] for one in paragraphs}), query

    def test_figures(self, index: searchlib.Index) -> None:
        stats = index.stats()
        assert (stats.documents, stats.paragraphs) == (7, 13)
        assert dict(stats.languages) == {"en": 5, "de": 1, "ja": 1}
        assert dict(stats.types) == {"text": 6, "markdown": 1}
        assert stats.as_dict()["documents"] == 7


class Paging(Suite):
    def test_pages_are_parts_of_the_whole(self, index: searchlib.Index) -> None:
        for sort in ((), "year", "-document", ("by", "relevance")):
            whole = list(map(place, index.search("harbour winter ship", 100, sort=sort)))
            offsets = [index.search("harbour winter ship", 2, offset=at, sort=sort) for at in range(0, 8, 2)]
            assert [place(hit) for page in offsets for hit in page] == whole
            cursor, found, ranks = None, [], []
            while True:
                page = index.search("harbour winter ship", 3, after=cursor, sort=sort)
                found += map(place, page)
                ranks += [hit.rank for hit in page]
                cursor = page.cursor
                if cursor is None:
                    break
            assert (found, ranks) == (whole, list(range(1, len(whole) + 1)))

    def test_a_cursor_survives_a_commit(self, index: searchlib.Index) -> None:
        first = index.search("number:1", 3, sort="document")
        with index.writer(processes=1) as w:
            w.remove("fleet2")
            w.add(Document("fleet3", "Newer."))
        following = index.search("number:1", 2, sort="document", after=first.cursor)
        assert [hit.document.path for hit in following] == ["fleet3", "fleet10"]

    def test_a_cursor_is_of_one_search(self, index: searchlib.Index) -> None:
        cursor = index.search("harbour", 1).cursor
        for query, given in (("ship", cursor), ("harbour", "no cursor")):
            with pytest.raises(SettingsError, match="cursor"):
                index.search(query, 1, after=given)

    def test_so_many_of_a_document(self, index: searchlib.Index) -> None:
        results = index.search("harbour ship", 100, per_document=1)
        paths = [hit.document.path for hit in results]
        assert sorted(paths) == ["erdoğan", "fleet10", "fleet2", "ports"]
        assert results.total == 6
        second = index.search("harbour ship", 2, offset=2, per_document=1)
        assert [hit.document.path for hit in second] == paths[2:4]

    def test_paragraphs_that_say_the_same_are_one_hit(self, index: searchlib.Index) -> None:
        with index.writer() as w:
            w.add(Document("copy", "The  harbour’s gate – “closed”…\n\nThe tide, in the  harbour."))
            w.add(Document("notes/copy.md", 'The harbour\'s gate - "closed"...\n\nOther.', title="Copies"))
            w.add(Document("shout", 'THE HARBOUR\'S GATE - "CLOSED"...'))
        every = index.search("gate", 100)
        assert {place(hit) for hit in every} == {"copy 1", "notes/copy.md 1", "shout 1"}
        assert all(hit.copies == () for hit in every)
        results = index.search("gate", 100, distinct=True)
        assert {hit.document.path: [one.document.path for one in hit.copies] for hit in results} in (
            {"copy": ["notes/copy.md"], "shout": []},
            {"notes/copy.md": ["copy"], "shout": []},
        )
        assert results.total == 3
        first = index.search("gate", 1, distinct=True)
        second = index.search("gate", 1, distinct=True, after=first.cursor)
        assert [place(hit) for hit in (*first, *second)] == [place(hit) for hit in results]
        assert not len(index.search("gate", 1, offset=2, distinct=True))
        (outside,) = index.search("gate -title:copies -document:shout", distinct=True)
        assert outside.copies == (), "one that does not match is not counted"
        assert first[0].as_dict().get("copies", []) == [
            {"id": one.id, "path": one.document.path, "line": 1} for one in first[0].copies
        ]

    def test_everything_is_streamed_in_the_order_of_the_index(self, index: searchlib.Index) -> None:
        stream = index.all("winter OR fleet", filter={"lang": "en"})
        assert [(hit.rank, place(hit)) for hit in stream] == [
            (1, "fleet2 1"), (2, "fleet10 1"), (3, "fleet10 2"), (4, "ports 1"),
        ]  # fmt: skip


class Finding(Suite):
    def test_what_is_similar(self, index: searchlib.Index) -> None:
        id = index.search('"wait outside"')[0].id
        assert place(index.similar(id)[0]) == "fleet2 2"
        within = index.similar(id, within_document=True, per_document=2)
        assert "ports 2" not in map(place, within) and "ports 1" in map(place, within)

    def test_words_are_completed(self, index: searchlib.Index) -> None:
        assert [(one.text, one.count) for one in index.complete("the h", 3)] == [
            ("the harbour", 4), ("the hafen", 1), ("the harbours", 1),
        ]  # fmt: skip
        assert [one.word for one in index.complete("erdog")] == ["erdogan", "erdoğan"]
        assert index.complete("x") == []

    def test_misspelt_words_are_corrected(self, index: searchlib.Index) -> None:
        for query, meant in (
            ("harbuor", "harbour"),
            ("+shps +harbuor", "+ships +harbour"),
            ("har bour", "harbour"),
            ("winterharbour", "winter harbour"),
            ("harbour", None),
            ("qqqqqqq", None),
        ):
            assert index.search(query).suggestion == meant, query


class Showing(Suite):
    def test_what_matched_is_highlighted(self, index: searchlib.Index) -> None:
        (hit,) = index.search('"winter harbour"')
        assert hit.snippet("markdown") == "A **winter** **harbour**."
        hit = index.search("title:north harbour")[0]
        assert [hit.document.title[start:end] for start, end in hit.title_spans] == ["north"]
        assert index.search("東京")[0].snippet("markdown").startswith("**東京**")

    def test_a_citation_has_its_neighbours(self, index: searchlib.Index) -> None:
        hit = index.search('"wait outside"')[0]
        assert str(hit.citation) == str(index.citation(hit.id))
        assert index.check_citations(index.citation(hit.id).markdown())[0].status == "unchanged"

    def test_a_score_is_explained(self, index: searchlib.Index) -> None:
        for query in ("harbour", "ship winter", '"winter harbour"', "ship*", "harbour^2 -winter", "by:ann"):
            for hit in index.search(query):
                found = hit.explain()
                assert found.score == pytest.approx(hit.score), query
                assert found.as_dict()["share"] == pytest.approx(hit.score, abs=1e-4)
                if found.parts:
                    assert sum(found.contributions()) == pytest.approx(hit.score)
                assert str(found).startswith(f"{hit.score:.4f}")

    def test_a_ranking_that_is_given_ranks_and_is_explained(self, index: searchlib.Index) -> None:
        flat = index.search("harbour", ranking={"b": 0, "k1": 0})
        assert len({round(hit.score, 9) for hit in flat}) == 1, "neither length nor repetition counts"
        usual, titled = (index.search("snow", ranking=one)[0] for one in (None, {"title": 30}))
        assert titled.score > usual.score
        for hit in (*flat, titled):
            assert hit.explain().score == pytest.approx(hit.score)

    def test_the_ranking_of_an_open_index_is_that_of_its_searches(self, index: searchlib.Index) -> None:
        with searchlib.open(index.path, ranking={"k1": 0.3, "title": 9}) as other:
            for query, more in (("snow", {}), ("harbour winter", {"b": 0.1})):
                expected = scored(index.search(query, ranking={"k1": 0.3, "title": 9, **more}))
                assert scored(other.search(query, ranking=more)) == expected
                assert scored(other.search_many([query], ranking=more)[0]) == expected

    def test_results_are_ready_for_json(self, index: searchlib.Index) -> None:
        results = index.search("harbour", 2, facets="by")
        found = results.as_dict()
        assert (found["total"], found["documents"], len(found["hits"])) == (5, 4, 2)
        assert found["hits"][0]["id"] == results[0].id
        assert found["facets"]["by"] == results.facets["by"].as_dict()


class Updating(Suite):
    def test_a_commit_is_seen_and_a_cancelled_one_is_not(self, index: searchlib.Index) -> None:
        with index.writer(processes=1) as w:
            w.add(Document("ports", "Rewritten."))
            w.add(Document("ports", "Rewritten twice."))
            w.remove("fleet2")
            w.remove("nowhere")
        assert [place(hit) for hit in index.search("rewritten")] == ["ports 1"]
        assert index.search("ports").total == 0
        assert index.search("document:fleet2").total == 0
        with pytest.raises(KeyError), index.writer(processes=1) as w:
            w.add(Document("lost", "Lost."))
            raise KeyError
        assert index.search("lost").total == 0

    def test_scores_are_those_of_a_clean_build(self, index: searchlib.Index, other: Any, tmp_path: Any) -> None:
        with index.writer(processes=1) as w:
            w.remove("ports")
            w.add(Document("fleet2", "A harbour, a ship, a winter."))
        with searchlib.build(tmp_path / "seeds", other, processes=1) as clean:
            with clean.writer(processes=1) as w:
                for document in (*DOCUMENTS[2:], Document("fleet2", "A harbour, a ship, a winter.")):
                    w.add(document)
            for query in ("harbour", "winter ship", "the"):
                found, wanted = index.search(query, 100), clean.search(query, 100)
                assert [(hit.id, pytest.approx(hit.score)) for hit in wanted] == [(h.id, h.score) for h in found]

    def test_seeds_are_compared_and_what_changed_is_told(self, location: Any, tmp_path: Any) -> None:
        seeds = tmp_path / "files"
        seeds.mkdir()
        for name in ("a.txt", "b.txt", "c.txt"):
            (seeds / name).write_text(f"Seed {name[0]} of the harbour.\n")
        first = searchlib.build(seeds, location, processes=1)
        assert first.changes is not None
        assert (first.changes.added, first.changes.paragraphs, bool(first.changes)) == (3, 3, True)
        (seeds / "a.txt").write_text("Another text.\n")
        (seeds / "b.txt").unlink()
        with first.writer(processes=1) as w:
            w.remove("files/c.txt")  # is looked at again
        again = searchlib.build(seeds, location, processes=1).changes
        assert again is not None
        assert (again.added, again.changed, again.removed, again.unchanged) == (1, 1, 1, 0)
        assert again.as_dict()["documents"] == 2
        nothing = searchlib.build(seeds, location, processes=1).changes
        assert nothing is not None and not nothing and nothing.unchanged == 2
        with first.writer(processes=1) as w:
            w.add(Document("by hand", "A harbour that no seed has."))
        rebuilt = searchlib.build(seeds, location, processes=1, language="de")
        assert rebuilt.changes is not None
        assert (rebuilt.changes.added, rebuilt.changes.rebuilt) == (2, "it was built with other settings")
        assert [hit.document.path for hit in rebuilt.search('"no seed"')] == ["by hand"]


class Copying(Suite):
    """Copied to a folder, from there to ``other``, and from there to a folder: nothing is lost on any of these ways."""

    @pytest.fixture
    def filled(self, location: Any, tmp_path: Any) -> searchlib.Index:
        """An index of seeds of every kind, and of documents that no seed has."""
        write_corpus(tmp_path / "seeds")
        index = searchlib.build(tmp_path / "seeds", location, processes=1, exclude=["none*"])
        self.added(index)
        return index

    def added(self, index: searchlib.Index) -> None:
        places = (Locator("page", 7), Locator("sheet", 1, "Häfen"))
        blocks = (Block(0, 5, headings=("A", "B"), locators=places), Block(905, 909, "quote", ("A",), 12))
        text = "Ships" + " " * 900 + "Ice."
        with index.writer(processes=1) as w:
            for document in DOCUMENTS:
                w.add(document)
            w.add(Document("blocks", text, metadata={"n": 7.0, "big": 1 << 70, "is": True}, blocks=blocks))

    def test_a_copy_is_what_a_clean_build_would_be(self, filled: searchlib.Index, other: Any, tmp_path: Any) -> None:
        folder, again, clean = (tmp_path / name for name in ("copy", "again", "clean"))
        there, back, once_more = (
            searchlib.copy(old, new, processes=1)
            for old, new in ((filled.path, folder), (folder, other), (other, again))
        )
        with searchlib.build(tmp_path / "seeds", clean, processes=1, exclude=["none*"]) as built:
            self.added(built)
        searchlib.build(tmp_path / "seeds", clean, processes=1, exclude=["none*"], compact=True)
        assert there.changes is not None
        assert (there.changes.added, there.changes.documents) == (filled.stats().documents,) * 2
        assert there.digest == once_more.digest == searchlib.open(clean).digest
        assert [hit.record for hit in back.all("*")] == [hit.record for hit in filled.all("*")]
        for query in ("harbour", "winter ship", "Erdoğan", "page:7", "port:P1"):
            wanted = [(hit.id, pytest.approx(hit.score)) for hit in filled.search(query)]
            assert wanted == scored(back.search(query)) and wanted

    def test_an_update_goes_on_from_a_copy(self, filled: searchlib.Index, other: Any, tmp_path: Any) -> None:
        searchlib.copy(filled.path, other)
        changes = searchlib.build(tmp_path / "seeds", other, processes=1, exclude=["none*"]).changes
        assert changes is not None and not changes and changes.unchanged == changes.documents and not changes.rebuilt

    def test_what_is_there_is_replaced_only_when_that_is_asked_for(
        self, index: searchlib.Index, other: Any, tmp_path: Any
    ) -> None:
        with searchlib.copy(index.path, other) as copied:
            with copied.writer(processes=1) as w:
                w.remove("tokyo")
                w.add(Document("fleet2", "Another."))
                w.add(Document("mine", "Of nobody else."))
            with pytest.raises(IndexProblem, match=r"there is an index at .*--replace"):
                searchlib.copy(index.path, other)
            assert copied.search("nobody").total == 1
        with searchlib.copy(index.path, other, replace=True) as copied:
            changes = copied.changes
            assert changes is not None
            told = (changes.added, changes.changed, changes.removed, changes.unchanged, changes.paragraphs)
            assert told == (1, 1, 1, 5, 13)
            assert [hit.record for hit in copied.all("*")] == [hit.record for hit in index.all("*")]
        with searchlib.build(tmp_path / "seeds", other, language="de", processes=1) as built, built.writer() as w:
            w.add(Document("mine", "Of nobody else."))
        with searchlib.copy(index.path, other, replace=True) as copied:
            assert copied.changes is not None and copied.changes.rebuilt == "it was built with other settings"
            assert [hit.record for hit in copied.all("*")] == [hit.record for hit in index.all("*")]

    def test_what_cannot_be_copied_is_said(self, index: searchlib.Index, location: Any, other: Any) -> None:
        with pytest.raises(SettingsError, match="onto itself"):
            searchlib.copy(location, location, replace=True)
        with pytest.raises(IndexMissing):
            searchlib.copy(other, location)
        assert index.search("harbour").total == 5


EVERY = (Searching, Filtering, Sorting, Counting, Paging, Finding, Showing, Updating, Copying)
