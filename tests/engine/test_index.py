"""An index: built, brought up to date, searched; whole or not at all."""

import json
import os
import shutil
from pathlib import Path

import pytest

import searchlib
from searchlib import Document, IndexCorrupt, IndexIncompatible, IndexLocked, IndexMissing, ParagraphNotFound, SeedError
from searchlib.documents import Content, SeedFile
from searchlib.engines.whoosh.building.portions import Portions
from searchlib.engines.whoosh.manifest import FORMAT
from searchlib.errors import IndexProblem, QueryError, SettingsError
from searchlib.model.records import paragraph_id
from searchlib.update.comparing import is_stale

NOTES = "Notes\n\nThe harbour is closed in winter.\n\nShips wait outside the harbour until spring.\n"
LETTER = "A letter\n\nErdogan wrote to the harbour office.\n\nErdoğan wrote again.\n"


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    folder = tmp_path / "seeds"
    folder.mkdir()
    (folder / "notes.txt").write_text(NOTES, encoding="utf-8")
    (folder / "letter.txt").write_text(LETTER, encoding="utf-8")
    return folder


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "index"


def found(index: searchlib.Index, query: str) -> list[tuple[str, int]]:
    return [(hit.document.path, hit.paragraph.number) for hit in index.search(query, limit=100)]


def test_a_query_finds_the_paragraph_and_says_where_it_stands(seeds: Path, path: Path) -> None:
    index = searchlib.build(seeds, path)
    (hit,) = index.search("spring")
    assert hit.text == "Ships wait outside the harbour until spring."
    assert hit.document.path == "seeds/notes.txt"
    assert NOTES[hit.paragraph.start : hit.paragraph.end] == hit.text
    assert NOTES.split("\n")[hit.paragraph.line - 1] == hit.text
    assert [hit.text[start:end] for start, end in hit.spans] == ["spring"]
    assert str(hit.citation) == "Notes, ¶ 2 (seeds/notes.txt, line 5)"


def test_the_exact_form_ranks_before_other_accents_and_both_are_found(seeds: Path, path: Path) -> None:
    index = searchlib.build(seeds, path)
    assert index.search("Erdoğan")[0].text == "Erdoğan wrote again."
    plain = [hit.text for hit in index.search("text:Erdogan")]
    assert plain[0] == "Erdogan wrote to the harbour office."
    assert len(plain) == 2


def test_more_matching_words_rank_first(seeds: Path, path: Path) -> None:
    index = searchlib.build(seeds, path)
    assert index.search("harbour winter")[0].text == "The harbour is closed in winter."
    assert index.search("harbour winter").total == 3


def test_title_words_find_every_paragraph_of_the_document(seeds: Path, path: Path) -> None:
    index = searchlib.build(seeds, path)
    assert found(index, "title:notes") == [("seeds/notes.txt", 1), ("seeds/notes.txt", 2)]


def test_ties_are_in_order_of_document_and_paragraph(tmp_path: Path, path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for name in ("c10", "c9", "c1"):
        (folder / f"{name}.txt").write_text("Title\n\nsame words\n\nsame words\n", encoding="utf-8")
    index = searchlib.build(folder, path)
    assert found(index, "text:same") == [(f"many/{name}.txt", n) for name in ("c1", "c9", "c10") for n in (1, 2)]


def test_building_again_touches_nothing_that_did_not_change(seeds: Path, path: Path) -> None:
    searchlib.build(seeds, path)
    before = {file.name: file.stat().st_mtime_ns for file in path.iterdir()}
    changes = searchlib.build(seeds, path).changes
    assert changes is not None
    assert (changes.added, changes.changed, changes.removed, changes.unchanged) == (0, 0, 0, 2)
    assert {file.name: file.stat().st_mtime_ns for file in path.iterdir()} == before


def test_changed_documents_are_replaced_vanished_ones_removed_new_ones_added(seeds: Path, path: Path) -> None:
    searchlib.build(seeds, path)
    (seeds / "notes.txt").write_text(NOTES.replace("winter", "summer"), encoding="utf-8")
    (seeds / "letter.txt").unlink()
    (seeds / "new.txt").write_text("New\n\nA lighthouse.\n", encoding="utf-8")
    index = searchlib.build(seeds, path)
    changes = index.changes
    assert changes is not None
    assert (changes.added, changes.changed, changes.removed, changes.unchanged) == (1, 1, 1, 0)
    assert found(index, "winter") == []
    assert found(index, "summer") == [("seeds/notes.txt", 1)]
    assert found(index, "Erdogan") == []
    assert found(index, "lighthouse") == [("seeds/new.txt", 1)]


def test_an_update_answers_as_a_clean_build_does(seeds: Path, path: Path, tmp_path: Path) -> None:
    searchlib.build(seeds, path)
    (seeds / "notes.txt").write_text(NOTES.replace("winter", "summer") + "\nA harbour again.\n", encoding="utf-8")
    (seeds / "a.txt").write_text("A\n\nThe harbour of the island.\n", encoding="utf-8")
    updated, clean = searchlib.build(seeds, path), searchlib.build(seeds, tmp_path / "clean")
    for query in ("harbour", "the harbour", '"the harbour"', "harb*", "title:a harbour", "erdogan -again"):
        one, other = updated.search(query), clean.search(query)
        assert [(hit.id, hit.score) for hit in one] == [(hit.id, hit.score) for hit in other], query
        assert one.total == other.total


def test_rows_that_did_not_change_are_not_touched(tmp_path: Path, path: Path) -> None:
    rows = [{"id": f"r{n}", "text": f"The row number{n} of the table is here for all to see."} for n in range(5)]
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    searchlib.build(file, path)
    rows[2]["text"] += " It was changed."
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    index = searchlib.build(file, path)
    assert index.changes is not None
    assert (index.changes.changed, index.changes.unchanged) == (1, 4)
    assert found(index, "changed") == [("rows.jsonl#r2", 1)]
    assert index.search("number2").total == 1


def test_another_language_builds_all_of_it_anew(seeds: Path, path: Path) -> None:
    searchlib.build(seeds, path)
    index = searchlib.build(seeds, path, language="de")
    assert index.changes is not None and index.changes.added == 2
    assert index.stats().languages == {"de": 2}


def test_the_number_of_processes_and_the_memory_do_not_show(tmp_path: Path) -> None:
    folder = tmp_path / "seeds"
    folder.mkdir()
    for n in range(40):
        text = "".join(f"Paragraph {n} {m} of wörds.\n\n" for m in range(n + 1))
        (folder / f"{n}.txt").write_text(f"T {n}\n\n{text}", encoding="utf-8")
    for name, options in {
        "one": {"processes": 1},
        "two": {"processes": 2},
        "spilled": {"processes": 1, "memory": 100_000},
    }.items():
        searchlib.build(folder, tmp_path / name, **options, tuning=Portions(batch=2_000, alone=4_000))
    files = sorted(file.name for file in (tmp_path / "one").iterdir())
    for other in ("two", "spilled"):
        assert sorted(file.name for file in (tmp_path / other).iterdir()) == files
        for name in files:
            assert (tmp_path / other / name).read_bytes() == (tmp_path / "one" / name).read_bytes(), name


def test_a_writer_adds_and_removes_documents(path: Path, seeds: Path) -> None:
    index = searchlib.build(seeds, path)
    with index.writer() as writer:
        writer.add(Document("memo/1", "Buy rope.\n\nBuy tar.", title="Memo", metadata={"year": 1912, "by": "Ann Lee"}))
        writer.remove("seeds/letter.txt")
    assert found(index, "rope") == [("memo/1", 1)]
    assert found(index, "by:lee year:[1900 TO 1920]")
    assert found(index, "Erdogan") == []
    assert searchlib.build(seeds, path).search("rope").total == 1, "it belongs to no seed, so it stays"


def test_a_document_added_twice_is_there_once(path: Path, seeds: Path) -> None:
    index = searchlib.build(seeds, path)
    with index.writer() as writer:
        writer.add(Document("memo", "Buy rope."))
        writer.add(Document("memo", "Buy tar."))
        writer.add(Document("gone", "Buy tar."))
        writer.remove("gone")
    assert index.search("rope").total == 0
    assert found(index, "tar") == [("memo", 1)]


def test_a_writer_that_fails_changes_nothing(path: Path, seeds: Path) -> None:
    index = searchlib.build(seeds, path)
    before = sorted(file.name for file in path.iterdir())
    with pytest.raises(RuntimeError), index.writer() as writer:
        writer.add(Document("memo", "Buy rope."))
        raise RuntimeError
    assert sorted(file.name for file in path.iterdir()) == before
    assert searchlib.open(path).search("rope").total == 0


def test_an_open_index_keeps_its_generation_until_it_is_refreshed(path: Path, seeds: Path) -> None:
    reading = searchlib.build(seeds, path)
    (seeds / "notes.txt").unlink()
    searchlib.build(seeds, path)
    assert reading.search("spring").total == 1
    assert reading.search("spring")[0].text
    assert reading.refresh()
    assert reading.search("spring").total == 0
    assert not reading.refresh()


def test_a_second_writer_is_told_who_is_in_the_way(path: Path, seeds: Path) -> None:
    index = searchlib.build(seeds, path)
    with index.writer(), pytest.raises(IndexLocked, match=f"process {os.getpid()} on .* is writing"):
        searchlib.build(seeds, path)
    searchlib.build(seeds, path)


def test_many_commits_do_not_leave_many_segments(path: Path, seeds: Path) -> None:
    index = searchlib.build(seeds, path)
    for n in range(30):
        with index.writer() as writer:
            writer.add(Document(f"memo{n}", f"Buy rope {n}."))
    assert index.stats().segments <= 8
    assert index.search("rope").total == 30
    compact = searchlib.build(seeds, path, compact=True)
    assert compact.stats().segments == 1
    assert compact.search("rope").total == 30


def test_paragraph_ids_survive_edits_elsewhere(path: Path, seeds: Path) -> None:
    id = searchlib.build(seeds, path).search("spring")[0].id
    (seeds / "notes.txt").write_text(
        "Notes\n\nAn insertion.\n\n" + NOTES[7:].replace("winter", "May"), encoding="utf-8"
    )
    index = searchlib.build(seeds, path)
    assert index.paragraph(id).paragraph.text == "Ships wait outside the harbour until spring."
    assert index.paragraph(id).paragraph.number == 3


def test_duplicate_paragraphs_have_ids_of_their_own(tmp_path: Path, path: Path) -> None:
    (tmp_path / "twice.txt").write_text("Twice\n\nThe same.\n\nOther.\n\nThe same.\n", encoding="utf-8")
    index = searchlib.build(tmp_path / "twice.txt", path)
    ids = [hit.id for hit in index.search("same")]
    assert ids == [paragraph_id("twice.txt", "The same.", n) for n in (0, 1)]
    assert [index.paragraph(id).paragraph.number for id in ids] == [1, 3]


def test_an_id_may_be_shortened_as_long_as_it_is_unique(path: Path, seeds: Path) -> None:
    index = searchlib.build(seeds, path)
    hits = index.search("*", limit=100)
    for hit in hits:
        for length in range(1, 17):
            alike = [other for other in hits if other.id.startswith(hit.id[:length])]
            if len(alike) == 1:
                assert index.paragraph(hit.id[:length]).id == hit.id
            else:
                with pytest.raises(ParagraphNotFound, match="several paragraphs"):
                    index.paragraph(hit.id[:length])


@pytest.mark.parametrize("id", ["", "zzzzzzzzzzzzzzzz", "not-an-id", "i" * 16, "0" * 40])
def test_an_id_of_no_paragraph_is_an_error(path: Path, seeds: Path, id: str) -> None:
    with pytest.raises(ParagraphNotFound):
        searchlib.build(seeds, path).paragraph(id)


def test_the_context_of_a_paragraph_ends_with_its_document(path: Path, seeds: Path) -> None:
    index = searchlib.build(seeds, path)
    id = index.search("winter")[0].id
    assert [record.paragraph.number for record in index.context(id, 5, 5)] == [1, 2]
    assert [record.paragraph.number for record in index.context(id, 0, 0)] == [1]


def test_where_there_is_no_index_the_error_says_how_to_build_one(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="build one with: searchlib index"):
        searchlib.open(tmp_path / "none")


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff", b'{"format": %d}' % FORMAT, b"[" * 100_000])
def test_a_manifest_that_is_none_is_corrupt_and_names_the_file(path: Path, seeds: Path, content: bytes) -> None:
    searchlib.build(seeds, path)
    (path / "searchlib.json").write_bytes(content)
    with pytest.raises(IndexCorrupt, match=r"searchlib\.json"):
        searchlib.open(path)
    assert searchlib.build(seeds, path).search("spring").total == 1, "what is damaged is built again"


def test_an_index_of_another_format_is_not_read(path: Path, seeds: Path) -> None:
    searchlib.build(seeds, path)
    (path / "searchlib.json").write_text('{"format": 99}', encoding="utf-8")
    with pytest.raises(IndexIncompatible, match="format 99"):
        searchlib.open(path)


def test_names_in_a_manifest_cannot_leave_the_index(path: Path, seeds: Path) -> None:
    searchlib.build(seeds, path)
    manifest = json.loads((path / "searchlib.json").read_text())
    manifest["files"] = {"../../etc/passwd": {"size": 1, "digest": "0" * 32}}
    (path / "searchlib.json").write_text(json.dumps(manifest))
    with pytest.raises(IndexCorrupt, match="passwd"):
        searchlib.open(path)


def test_verify_names_files_that_are_not_what_was_written(path: Path, seeds: Path) -> None:
    index = searchlib.build(seeds, path)
    assert index.verify() == []
    victim = next(path.glob("*.sto"))
    data = bytearray(victim.read_bytes())
    data[len(data) // 2] ^= 1
    victim.write_bytes(data)
    assert [problem.file for problem in index.verify()] == [victim.name]


def test_a_missing_or_shortened_file_is_corrupt(path: Path, seeds: Path, tmp_path: Path) -> None:
    searchlib.build(seeds, path)
    for suffix in ("trm", "pst", "sto", "col"):
        copy = tmp_path / suffix
        shutil.copytree(path, copy)
        victim = next(copy.glob(f"*.{suffix}"))
        victim.write_bytes(victim.read_bytes()[:-1])
        with pytest.raises(IndexCorrupt, match=victim.name):
            searchlib.open(copy)
        victim.unlink()
        with pytest.raises(IndexCorrupt, match=victim.name):
            searchlib.open(copy)


def test_an_empty_folder_makes_an_empty_index(tmp_path: Path, path: Path) -> None:
    (tmp_path / "empty").mkdir()
    index = searchlib.build(tmp_path / "empty", path)
    assert index.search("anything").total == 0
    assert len(index.search("*")) == 0
    assert index.stats().documents == 0


def test_whoosh_itself_opens_the_index_and_finds_the_same(path: Path, seeds: Path) -> None:
    from whoosh.index import open_dir
    from whoosh.qparser import QueryParser

    index = searchlib.build(seeds, path)
    (seeds / "letter.txt").unlink()
    searchlib.build(seeds, path)
    index.refresh()
    for opened in (open_dir(str(path)), index.whoosh):
        with opened.searcher() as searcher:
            for text in ("harbour", "erdogan", "ships AND wait", '"the harbour"', "harb*"):
                query = QueryParser("text", opened.schema).parse(text)
                hits = searcher.search(query, limit=None)
                mine = index.search(query, limit=100)
                assert sorted((hit["document"], hit["text"]) for hit in hits) == sorted(
                    (hit.document.path, hit.text) for hit in mine
                ), text


def test_a_writer_of_whoosh_keeps_the_codec(path: Path, seeds: Path) -> None:
    index = searchlib.build(seeds, path)
    opened = index.whoosh
    with opened.writer() as writer:
        writer.add_document(text="A paragraph of Whoosh", document="w", title="W")
    with opened.searcher() as searcher:
        assert len(searcher.search(__import__("whoosh.query").query.Term("text", "paragraph"))) == 1
    assert {file.suffix for file in path.glob("MAIN_*")} >= {".trm", ".pst"}
    assert not list(path.glob("*.seg")) and not list(path.glob("*.pst.tmp"))
    assert searchlib.build(seeds, path).search("spring").total == 1


def test_queries_of_whooshs_classes_are_searched_as_they_are_meant(path: Path, seeds: Path) -> None:
    from whoosh import query as wq

    class Shout(wq.Term):
        def __init__(self, fieldname: str, text: str, boost: float = 1.0) -> None:
            super().__init__(fieldname, text.lower(), boost)

    index = searchlib.build(seeds, path)
    assert index.search(Shout("text", "SPRING"))[0].text == "Ships wait outside the harbour until spring."
    for ships, harbour in (("ships", "harbours"), ("ship", "harbour")):
        near = wq.SpanNear(wq.Term("text", ships), wq.Term("text", harbour), slop=4)
        (hit,) = index.search(near)
        assert [hit.text[start:end] for start, end in hit.spans] == ["Ships", "harbour"]
    with pytest.raises(searchlib.QueryError, match="SpanFirst looks at where words stand"):
        index.search(wq.SpanFirst(wq.Term("text", "harbour")))
    with pytest.raises(searchlib.QueryError, match="SpanFirst"):
        index.search("harbour", filter=wq.SpanFirst(wq.Term("text", "harbour")))


def test_paragraphs_are_found_by_their_number_and_line(path: Path, seeds: Path) -> None:
    index = searchlib.build(seeds, path)
    assert found(index, "number:2") == [("seeds/letter.txt", 2), ("seeds/notes.txt", 2)]
    assert found(index, "number:[2 TO 9] AND ships") == [("seeds/notes.txt", 2)]


def test_what_was_skipped_is_told_each_time_and_is_fatal_each_time_if_strict(tmp_path: Path, path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text('{"id": 1, "text": "good"}\nbad\n', encoding="utf-8")
    for _ in range(2):
        changes = searchlib.build(file, path).changes
        assert changes is not None
        assert [name for name, _ in changes.skipped] == ["rows.jsonl:2"]
        assert not is_stale([file], path)
    assert (changes.unchanged, changes.changed) == (1, 0)
    with pytest.raises(SeedError, match=r"rows\.jsonl:2"):
        searchlib.build(file, path, strict=True)


def test_a_seed_that_cannot_be_read_makes_no_index_stale(
    seeds: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = SeedFile.read

    def refuse(seed: SeedFile, *arguments: object) -> Content:
        if seed.name.endswith("letter.txt"):
            raise SeedError("permission denied", seed.name)
        return read(seed)

    monkeypatch.setattr(SeedFile, "read", refuse)
    changes = searchlib.build(seeds, path).changes
    assert changes is not None
    assert changes.skipped == [("seeds/letter.txt", "permission denied")]
    os.utime(seeds / "letter.txt", ns=(2**62, 2**62))
    assert not is_stale([seeds], path)
    with pytest.raises(SeedError, match=r"seeds/letter\.txt: permission denied"):
        searchlib.build(seeds, path, strict=True)
    monkeypatch.undo()
    assert is_stale([seeds], path)
    assert searchlib.build(seeds, path).search("erdogan").total == 2


def test_numbers_written_as_text_are_in_ranges(tmp_path: Path, path: Path) -> None:
    table = "id,text,year\n1,first,1997\n2,second,800\n3,third,2012\n"
    (tmp_path / "t.csv").write_text(table, encoding="utf-8")
    index = searchlib.build(tmp_path / "t.csv", path)
    assert [hit.text for hit in index.search("year:[1990 TO 2000]")] == ["first"]
    assert [hit.text for hit in index.search("year:[* TO 2000]")] == ["first", "second"]
    assert [hit.text for hit in index.search("year:>1997")] == ["third"]


def test_a_common_term_is_found_by_stock_whoosh_too(tmp_path: Path, path: Path) -> None:
    from whoosh.query import Or, Term

    text = "\n\n".join(f"The war number {n} and war{n % 7} peace." for n in range(1000))
    (tmp_path / "long.txt").write_text(text, encoding="utf-8")
    index = searchlib.build(tmp_path / "long.txt", path)
    with index.whoosh.searcher() as searcher:
        assert len(searcher.search(Term("text", "peace"), limit=10)) == 1000
        assert len(searcher.search(Or([Term("text", "war"), Term("text", "peace")]), limit=None)) == 1000


def test_a_closed_index_says_so(seeds: Path, path: Path) -> None:
    index = searchlib.build(seeds, path)
    index.close()
    index.close()
    with pytest.raises(searchlib.IndexProblem, match=r"was closed; open it again"):
        index.search("spring")


@pytest.mark.parametrize("how", ["renamed", "copied", "linked"])
def test_a_seed_in_whose_place_an_older_file_was_put_makes_the_index_stale(
    seeds: Path, path: Path, tmp_path: Path, how: str
) -> None:
    import shutil

    from searchlib.engines.whoosh import published_at
    from searchlib.files.freshness import touched_since

    older, seed = tmp_path / "older.txt", seeds / "letter.txt"
    older.write_text("A letter\n\nOf another day.\n", encoding="utf-8")
    os.utime(older, (10**9, 10**9))
    built = searchlib.build(seeds, path)
    assert built.changes is not None and not touched_since([seeds], published_at(path))
    if how == "renamed":
        older.replace(seed)
    elif how == "copied":
        shutil.copy2(older, seed)
    else:
        seed.unlink()
        os.link(older, seed)
    assert seed.stat().st_mtime == 10**9
    assert touched_since([seeds], published_at(path))
    assert is_stale([seeds], path)


def test_a_document_without_a_paragraph_is_counted_as_none(tmp_path: Path, path: Path) -> None:
    seeds = tmp_path / "own"
    seeds.mkdir()
    (seeds / "a.txt").write_text("The harbour.\n", encoding="utf-8")
    (seeds / "empty.txt").write_text("* * *\n", encoding="utf-8")
    (seeds / "rows.jsonl").write_text('{"id": "x", "text": "..."}\n{"id": "y", "text": "A ship."}\n', encoding="utf-8")

    def counts() -> tuple[int, ...]:
        index = searchlib.build(seeds, path)
        changes = index.changes
        assert changes is not None and changes.documents == index.stats().documents
        return changes.added, changes.changed, changes.removed, changes.unchanged

    assert counts() == (2, 0, 0, 0)
    assert counts() == (0, 0, 0, 2)
    (seeds / "a.txt").write_text("!\n", encoding="utf-8")
    (seeds / "empty.txt").write_text("Words.\n", encoding="utf-8")
    assert counts() == (1, 0, 1, 1)


def test_hits_and_records_can_be_put_into_sets(seeds: Path, path: Path) -> None:
    index = searchlib.build(seeds, path)
    hits = list(index.search("harbour"))
    assert len({*hits, *index.search("harbour")}) == len(hits) > 0
    assert len({hit.record for hit in hits} | {hit.document for hit in hits}) > 0


def test_results_go_on_when_the_index_was_closed(tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "a.txt").write_text("The harbour is deep.\n\nThe harbour is wide.\n")
    with searchlib.build(tmp_path / "seeds", tmp_path / "index") as index:
        results = index.search("harbour", facets=["type"])
        everything = index.all("harbour")
    assert [hit.snippet() for hit in results] == ["The harbour is deep.", "The harbour is wide."]
    assert results.facets["type"].values[0].count == 2
    assert len(list(everything)) == 2
    with pytest.raises(IndexProblem, match="was closed"):
        index.search("harbour")


def test_a_writer_takes_nothing_after_its_commit(tmp_path: Path) -> None:
    with searchlib.build((), tmp_path / "index") as index:
        with index.writer() as writer:
            writer.add(Document("a", "One paragraph."))
        with pytest.raises(SettingsError, match="has committed"):
            writer.add(Document("b", "Another."))


def test_verify_is_about_the_newest_generation(tmp_path: Path) -> None:
    index = searchlib.build((), tmp_path / "index")
    with index.writer() as writer:
        writer.add(Document("a", "One paragraph."))
    old = searchlib.open(tmp_path / "index")
    with index.writer() as writer:
        writer.remove("a")
        writer.add(Document("b", "Another paragraph."))
    assert old.verify() == []


def test_all_hits_come_with_the_warnings_about_the_query(tmp_path: Path) -> None:
    index = searchlib.build((), tmp_path / "index")
    with index.writer() as writer:
        writer.add(Document("a", "One paragraph."))
    everything = index.all('"paragraph')
    assert everything.warnings and [hit.id for hit in everything]
    with pytest.raises(QueryError):
        index.all('"paragraph', strict=True)
