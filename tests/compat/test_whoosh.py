"""Whoosh's own writer, readers and searcher on the codec."""

import pickle
import random
import threading
from datetime import datetime
from pathlib import Path

import pytest
from whoosh import columns, fields, formats, index, query, scoring, sorting
from whoosh.analysis import StandardAnalyzer
from whoosh.filedb.filestore import RamStorage
from whoosh.matching import NullMatcher, ReadTooFar
from whoosh.reading import TermNotFound
from whoosh.util.numeric import length_to_byte

from searchlib.engines.whoosh.compat.codec import ColumnarCodec, ColumnarSegment
from searchlib.engines.whoosh.format.segment import SegmentColumns
from searchlib.errors import IndexCorrupt

WORDS = ["alfa", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliet"]


def sentences(count, seed=0, longest=30):
    chance = random.Random(seed)
    weights = [1 / (rank + 1) for rank in range(len(WORDS))]
    return [" ".join(chance.choices(WORDS, weights, k=chance.randrange(1, longest))) for _ in range(count)]


SCHEMA = fields.Schema(
    key=fields.ID(stored=True, unique=True),
    text=fields.TEXT(stored=True),
    number=fields.NUMERIC(stored=True, sortable=True),
    when=fields.DATETIME(stored=True, sortable=True),
    tags=fields.KEYWORD(stored=True, sortable=True, scorable=True),
    flag=fields.BOOLEAN(stored=True),
)


def document(number, text):
    return {
        "key": f"k{number}",
        "text": text,
        "number": number * 7 % 31,
        "when": datetime(2000 + number % 20, 1, 2),
        "tags": WORDS[number % 3],
        "flag": number % 2 == 0,
    }


def fill(ix, texts, first=0, codec=None, **commit):
    writer = ix.writer(codec=codec or ColumnarCodec())
    for number, text in enumerate(texts, first):
        writer.add_document(**document(number, text))
    writer.commit(**commit)


@pytest.fixture
def ix(tmp_path):
    return index.create_in(tmp_path, SCHEMA)


@pytest.fixture
def stock():
    return RamStorage().create_index(SCHEMA)


QUERIES = [
    query.Term("text", "alfa"),
    query.And([query.Term("text", "alfa"), query.Term("text", "golf")]),
    query.Or([query.Term("text", "india"), query.Term("text", "juliet")]),
    query.Phrase("text", ["bravo", "alfa", "charlie"]),
    query.Prefix("text", "f"),
    query.Not(query.Term("text", "alfa")),
    query.FuzzyTerm("text", "brovo"),
    query.NumericRange("number", 5, 9),
    query.Term("flag", True),
    query.Every(),
]


def test_searches_find_and_score_what_stock_segments_give(ix, stock):
    texts = sentences(700)
    fill(ix, texts, codec=ColumnarCodec(rounded_lengths=True))
    writer = stock.writer()
    for number, text in enumerate(texts):
        writer.add_document(**document(number, text))
    writer.commit()
    with ix.searcher() as ours, stock.searcher() as theirs:
        for wanted in QUERIES:
            found = [(hit["key"], round(hit.score, 6)) for hit in ours.search(wanted, limit=None)]
            assert found == [(hit["key"], round(hit.score, 6)) for hit in theirs.search(wanted, limit=None)]
            assert [hit["key"] for hit in ours.search(wanted, limit=5)] == [key for key, _ in found[:5]]
        for facet in ("number", "when", "tags"):
            a = ours.search(query.Every(), sortedby=facet, limit=None, groupedby="tags")
            b = theirs.search(query.Every(), sortedby=facet, limit=None, groupedby="tags")
            assert [hit.fields() for hit in a] == [hit.fields() for hit in b]
            assert a.groups() == b.groups()
        assert list(ours.reader().terms_within("text", "brovo", 2)) == list(
            theirs.reader().terms_within("text", "brovo", 2)
        )
        assert list(ours.reader().all_terms()) == list(theirs.reader().all_terms())


def test_lengths_are_exact_unless_rounding_is_asked_for(tmp_path):
    long = " ".join(["alfa"] * 100_003)
    for name, options, length in (("a", {}, 100_003), ("b", {"rounded_lengths": True}, None)):
        (tmp_path / name).mkdir()
        ix = index.create_in(tmp_path / name, fields.Schema(text=fields.TEXT))
        writer = ix.writer(codec=ColumnarCodec(**options))
        writer.add_document(text=long)
        writer.commit()
        with ix.reader() as reader:
            told = reader.doc_field_length(0, "text")
            assert told == length if length else length_to_byte(told) == length_to_byte(100_003) and told != 100_003
            assert reader.term_info("text", "alfa").max_length() == told
            assert reader.field_length("text") == 100_003


def test_deleting_updating_merging_and_optimizing(ix):
    texts = sentences(300)
    fill(ix, texts[:100])
    fill(ix, texts[100:200], 100, merge=False)
    fill(ix, texts[200:], 200, merge=False)
    writer = ix.writer(codec=ColumnarCodec())
    writer.delete_by_term("key", "k5")
    writer.update_document(**document(7, "zulu zulu alfa"))
    writer.commit(merge=False)
    kept = {f"k{number}": text for number, text in enumerate(texts) if number != 5} | {"k7": "zulu zulu alfa"}

    def check():
        with index.open_dir(ix.storage.folder).searcher() as searcher:
            assert {hit["key"]: hit["text"] for hit in searcher.search(query.Every(), limit=None)} == kept
            for word in [*WORDS, "zulu"]:
                found = {hit["key"] for hit in searcher.search(query.Term("text", word), limit=None)}
                assert found == {key for key, text in kept.items() if word in text.split()}
            found = {hit["key"] for hit in searcher.search(query.Phrase("text", ["alfa", "bravo"]), limit=None)}
            assert found == {key for key, text in kept.items() if "alfa bravo" in f"{text} "}

    check()
    before = len(ix._segments())
    ix.writer(codec=ColumnarCodec()).commit(optimize=True)
    assert before == 4
    assert [type(segment) for segment in ix._segments()] == [ColumnarSegment]
    check()


def test_segments_of_whooshs_own_codec_merge_into_columns_and_back(ix):
    texts = sentences(60)
    writer = ix.writer()
    for number, text in enumerate(texts):
        writer.add_document(**document(number, text))
    writer.commit()
    ix.writer(codec=ColumnarCodec()).commit(optimize=True)
    with ix.searcher() as searcher:
        first = [
            (hit["key"], hit["when"]) for hit in searcher.search(query.Phrase("text", ["alfa", "bravo"]), limit=None)
        ]
        assert isinstance(searcher.reader().codec(), ColumnarCodec)
    ix.writer().commit(optimize=True)
    with ix.searcher() as searcher:
        found = searcher.search(query.Phrase("text", ["alfa", "bravo"]), limit=None)
        assert sorted((hit["key"], hit["when"]) for hit in found) == sorted(first)
        assert first


class Unusual(formats.Format):
    """A format of a user: the length of the word, as text."""

    posting_size = -1

    def word_values(self, value, analyzer, **kwargs):
        return ((token.text, 1, 1.0, b"%d" % len(token.text)) for token in list(analyzer(value)) for _ in (0,))

    def decode_frequency(self, value):
        return int(value)


@pytest.mark.parametrize(
    "format_",
    [
        formats.Existence(),
        formats.Existence(field_boost=2.5),
        formats.Frequency(),
        formats.Frequency(field_boost=0.1),
        formats.Positions(),
        formats.Positions(field_boost=3.0),
        formats.Characters(),
        formats.PositionBoosts(),
        formats.CharacterBoosts(),
    ],
    ids=repr,
)
@pytest.mark.parametrize("where", ["postings", "vector"])
def test_every_format_keeps_weights_and_values(tmp_path, format_, where):
    analyzer = StandardAnalyzer(stoplist=None)
    kept = {}
    texts = sentences(150, longest=12)
    field = fields.FieldType(format_, analyzer, scorable=True, stored=True)
    if where == "vector":
        field.vector = format_
    ix = index.create_in(tmp_path, fields.Schema(text=field))
    writer = ix.writer(codec=ColumnarCodec())
    for number, text in enumerate(texts):
        writer.add_document(text=text)
        for word, _, weight, value in format_.word_values(text, analyzer, mode="index"):
            kept[number, word] = weight, value
    writer.commit()
    names = [
        name for name in ("frequency", "weight", "positions", "position_boosts", "characters") if format_.supports(name)
    ]
    with ix.reader() as reader:
        found = {}
        if where == "postings":
            walks = [(reader.postings("text", word), lambda m, word=word: (m.id(), word)) for word in WORDS]
        else:
            walks = [(reader.vector(n, "text"), lambda m, n=n: (n, m.id())) for n in range(len(texts))]
        for matcher, name in walks:
            while matcher.is_active():
                found[name(matcher)] = pytest.approx(matcher.weight()), matcher.value()
                for astype in names:
                    assert matcher.value_as(astype) == format_.decode_as(astype, matcher.value())
                matcher.next()
    assert {key: (weight, value) for key, (weight, value) in found.items()} == kept


def test_values_of_a_format_of_the_users_are_kept_as_they_are(tmp_path):
    field = fields.FieldType(Unusual(), StandardAnalyzer(stoplist=None), scorable=False)
    ix = index.create_in(tmp_path, fields.Schema(text=field))
    writer = ix.writer(codec=ColumnarCodec())
    writer.add_document(text="alfa juliet")
    writer.commit()
    with ix.reader() as reader:
        assert reader.postings("text", "juliet").value() == b"6"
        assert reader.postings("text", "juliet").value_as("frequency") == 6


def test_nothing_in_the_files_is_a_pickle(ix, monkeypatch):
    fill(ix, sentences(50))
    segment = ix._segments()[0]

    def refuse(*_, **__):
        raise AssertionError("unpickled")

    for module in ("whoosh.formats", "whoosh.columns", "whoosh.filedb.structfile"):
        for name in ("loads", "load_pickle"):
            monkeypatch.setattr(f"{module}.{name}", refuse, raising=False)
    monkeypatch.setattr(pickle, "loads", refuse)
    codec = ColumnarCodec()
    terms, documents = codec.terms_reader(ix.storage, segment), codec.per_document_reader(ix.storage, segment)
    for field, key in terms.terms():
        matcher = terms.matcher(field, key, SCHEMA[field].format)
        while matcher.is_active():
            assert matcher.weight()
            if matcher.supports("positions"):
                assert matcher.value_as("positions")
            matcher.next()
    for number in range(50):
        assert documents.stored_fields(number)["key"] == f"k{number}"
    for name in ("number", "when", "tags"):
        assert len(list(documents.column_reader(name, SCHEMA[name].column_type))) == 50
    for name in segment.list_files(ix.storage):
        assert b"cwhoosh" not in (Path(ix.storage.folder) / name).read_bytes()


def test_a_value_that_only_a_pickle_could_read_is_not_unpickled(tmp_path):
    ix = index.create_in(tmp_path, fields.Schema(text=fields.TEXT))
    codec, segment = ColumnarCodec(), ColumnarSegment("MAIN")
    writer = codec.field_writer(ix.storage, segment)
    writer.start_field("text", fields.TEXT())
    writer.start_term(b"alfa")
    writer.add(0, 1.0, b"\0\0\0\1" + pickle.dumps(print), 1)
    writer.finish_term()
    writer.finish_field()
    writer.close()
    matcher = codec.terms_reader(ix.storage, segment).matcher("text", b"alfa", formats.Positions())
    assert matcher.value().endswith(pickle.dumps(print))
    with pytest.raises(ValueError, match="positions"):
        matcher.value_as("positions")


def test_what_cannot_be_stored_is_refused_and_named(ix):
    writer = ix.writer(codec=ColumnarCodec())
    with pytest.raises(TypeError, match="cannot be stored"):
        writer.add_document(key="k", _stored_text=object(), text="alfa")
    writer.cancel()


def test_nothing_is_kept_of_a_document_that_could_not_be_added():
    storage, codec = RamStorage(), ColumnarCodec()
    segment = codec.new_segment(storage, "x")
    writer = codec.per_document_writer(storage, segment)
    text, number = fields.TEXT(stored=True, vector=True), columns.NumericColumn("i")
    for docnum, (value, cancelled) in enumerate([("a", True), ("b", False)], -1):
        writer.start_doc(max(docnum, 0))
        writer.add_field("text", text, value, 3 if cancelled else 4)
        writer.add_column_value("number", number, ord(value))
        writer.add_vector_items("text", text, [(value.encode(), 1.0, b"")])
        if cancelled:
            writer.cancel_doc()
        else:
            writer.finish_doc()
    writer.close()
    reader = codec.per_document_reader(storage, segment)
    assert reader.doc_count_all() == 1
    assert reader.stored_fields(0) == {"text": "b"}
    assert reader.doc_field_length(0, "text") == 4
    assert list(reader.column_reader("number", number)) == [ord("b")]
    assert list(reader.vector(0, "text", formats.Frequency()).all_ids()) == [b"b"]


class Upper(columns.FixedBytesColumn):
    """A column class of a user, with bytes of its own."""

    def __init__(self):
        super().__init__(3)

    class Writer(columns.FixedBytesColumn.Writer):
        def add(self, docnum, v):
            super().add(docnum, v.upper())


def test_columns_of_every_class_read_back(tmp_path):
    kinds = {
        "var": (columns.VarBytesColumn(), [b"b", b"", b"a" * 300]),
        "fixed": (columns.FixedBytesColumn(3), [b"abc", b"xyz"]),
        "ref": (columns.RefBytesColumn(), [b"b", b"a"]),
        "integer": (columns.NumericColumn("q", default=-1), [5, -(1 << 62)]),
        "double": (columns.NumericColumn("d"), [0.1, -2.5]),
        "bit": (columns.BitColumn(), [True, False]),
        "compressed": (columns.CompressedBytesColumn(), [b"a" * 100]),
        "block": (columns.CompressedBlockColumn(), [b"a", b"b"]),
        "struct": (columns.StructColumn("ifH", (0, 0.0, 0)), [(1, 2.5, 3)]),
        "any": (columns.PickleColumn(columns.VarBytesColumn()), [{"a": [1, (2, None)]}, None]),
        "list": (columns.VarBytesListColumn(), [[b"a", b"b"], []]),
        "users": (Upper(), [b"abc", b"xyz"]),
    }
    storage, segment, codec = RamStorage(), ColumnarSegment("MAIN"), ColumnarCodec()
    writer = codec.per_document_writer(storage, segment)
    wanted = {name: {} for name in kinds}
    for number in range(40):
        writer.start_doc(number)
        for name, (column, values) in kinds.items():
            if number % 3 != len(name) % 3:
                wanted[name][number] = values[number % len(values)]
                writer.add_column_value(name, column, wanted[name][number])
        writer.finish_doc()
    writer.close()
    reader = codec.per_document_reader(storage, segment)
    assert sorted(reader.list_columns()) == sorted(kinds)
    for name, (column, _) in kinds.items():
        assert reader.has_column(name)
        found = reader.column_reader(name, column)
        for number, value in wanted[name].items():
            expected = value.upper() if name == "users" else value
            assert found[number] == expected
            assert list(found)[number] == expected
        missing = next(number for number in range(40) if number not in wanted[name])
        if name in ("var", "ref", "integer", "double", "bit", "struct"):
            assert found[missing] == column.default_value()
    with pytest.raises(KeyError):
        reader.column_reader("nothing", columns.VarBytesColumn())


def test_a_column_added_to_a_finished_segment_is_found(ix):
    fill(ix, sentences(30))
    with ix.writer(codec=ColumnarCodec()) as writer:
        sorting.add_sortable(writer, "key", sorting.StoredFieldFacet("key"))
    with index.open_dir(ix.storage.folder).searcher() as searcher:
        keys = [hit["key"] for hit in searcher.search(query.Every(), sortedby="key", limit=None)]
        assert keys == sorted(f"k{number}" for number in range(30))


def test_a_compound_segment_is_one_file_of_our_own(ix):
    texts = sentences(80)
    fill(ix, texts, codec=ColumnarCodec(compound=True))
    names = [name for name in ix.storage.list() if name.startswith("MAIN_") and not name.endswith("LOCK")]
    assert [name.rpartition(".")[2] for name in names] == ["seg"]
    with ix.searcher() as searcher:
        assert searcher.doc_count() == 80
        assert [fields["text"] for fields in searcher.reader().all_stored_fields()] == texts
        assert searcher.search(query.Phrase("text", ["alfa", "bravo"]), limit=None)
    fill(ix, texts, 80, codec=ColumnarCodec(), optimize=True)
    with ix.searcher() as searcher:
        assert searcher.doc_count() == 160


def test_the_executor_and_whoosh_read_the_same_segment(ix, tmp_path):
    texts = sentences(300)
    fill(ix, texts)
    segment = SegmentColumns(tmp_path, ix._segments()[0].segment_id())
    with ix.reader() as reader:
        for word in WORDS:
            entry = segment.term("text", word.encode())
            assert segment.docs(entry).tolist() == list(reader.postings("text", word).all_ids())
            assert segment.positions(entry)[0].tolist() == [
                place for _, where in reader.postings("text", word).items_as("positions") for place in where
            ]
    number_field = SCHEMA["number"]
    assert segment.column("number").tolist() == [number_field.to_column_value(n * 7 % 31) for n in range(300)]
    assert list(segment.stored_values("text")) == texts


def test_a_matcher_walks_skips_and_copies(ix):
    texts = sentences(1000)
    fill(ix, texts)
    having = [number for number, text in enumerate(texts) if "alfa" in text.split()]
    with ix.searcher(weighting=scoring.BM25F()) as searcher:
        matcher = searcher.postings("text", "alfa")
        assert having[0] == matcher.id()
        matcher.skip_to(having[200])
        assert matcher.id() == having[200]
        matcher.skip_to(3)
        assert matcher.id() == having[200]
        copy = matcher.copy()
        copy.next()
        assert (matcher.id(), copy.id()) == (having[200], having[201])
        assert matcher.block_min_id() <= matcher.id() <= matcher.block_max_id()
        matcher.skip_to(having[-1] + 1)
        assert not matcher.is_active()
        with pytest.raises(ReadTooFar):
            matcher.skip_to(5)
        assert isinstance(matcher.replace(), type(NullMatcher()))
        matcher.reset()
        boundaries = [step for step in range(1, len(having) + 1) if matcher.next()]
        assert boundaries == [*range(128, len(having), 128), len(having)]


def test_no_document_of_a_block_scores_above_its_quality(ix):
    fill(ix, sentences(2000, longest=200))
    with ix.searcher(weighting=scoring.BM25F()) as searcher:
        for word in WORDS:
            matcher = query.Term("text", word).matcher(searcher)
            assert matcher.supports_block_quality()
            while matcher.is_active():
                assert matcher.score() <= matcher.block_quality() + 1e-9
                assert matcher.block_quality() <= matcher.max_quality() + 1e-9
                assert matcher.block_min_length() <= searcher.reader().doc_field_length(matcher.id(), "text")
                assert matcher.block_max_length() >= searcher.reader().doc_field_length(matcher.id(), "text")
                matcher.next()


def test_missing_terms_are_not_found_as_whoosh_expects(ix):
    fill(ix, sentences(5))
    with ix.reader() as reader:
        assert reader.frequency("text", "zulu") == reader.doc_frequency("text", "zulu") == 0
        assert ("text", "zulu") not in reader
        for ask in (reader.term_info, reader.postings):
            with pytest.raises(TermNotFound):
                ask("text", "zulu")


def test_a_cursor_finds_its_place(ix):
    fill(ix, sentences(50))
    with ix.reader() as reader:
        cursor = reader.cursor("text")
        assert cursor.text() == "alfa"
        assert cursor.find("c") == "charlie"
        assert cursor.next() == "delta"
        assert cursor.term_info().doc_frequency() == reader.doc_frequency("text", "delta")
        assert cursor.find(b"zulu") is None
        assert not cursor.is_valid()
        assert cursor.first() == "alfa"


def test_single_posting_lists_can_be_kept_in_a_users_file():
    from whoosh.reading import TermInfo

    storage, codec = RamStorage(), ColumnarCodec()
    with storage.create_file("lists") as file:
        writer = codec.postings_writer(file)
        infos = []
        for start in (0, 5):
            writer.start_postings(formats.Positions(), TermInfo())
            for number in range(start, start + 3):
                writer.add_posting(number, 1.0, formats.Positions().encode([number, number + 2]))
            infos.append(writer.finish_postings())
    file = storage.open_file("lists")
    matcher = codec.postings_reader(file, infos[1], formats.Positions())
    assert infos[1].doc_frequency() == 3
    assert list(matcher.items_as("positions")) == [(number, [number, number + 2]) for number in (5, 6, 7)]


def test_one_reader_serves_many_threads(ix):
    texts = sentences(400)
    fill(ix, texts)
    wanted = {word: sum(word in text.split() for text in texts) for word in WORDS}
    problems = []
    with ix.searcher() as searcher:

        def ask():
            for word in WORDS * 3:
                hits = searcher.search(query.Term("text", word), limit=None)
                if len(hits) != wanted[word] or any(word not in hit["text"].split() for hit in hits):
                    problems.append(word)

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert problems == []


def test_damage_is_index_corrupt_through_whoosh_too(ix):
    fill(ix, sentences(300))
    path = next(name for name in ix.storage.list() if name.endswith(".pst"))
    file = Path(ix.storage.folder) / path
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    with ix.searcher() as searcher, pytest.raises(IndexCorrupt) as caught:
        searcher.search(query.Term("text", "alfa"))
    assert caught.value.path.endswith(path)


def test_the_segment_class_is_pickled_by_the_path_that_the_format_names():
    segment = ColumnarSegment("MAIN", 3, "abc", [1])
    data = pickle.dumps(segment, 2)
    assert b"csearchlib.engines.whoosh.compat.codec\nColumnarSegment" in data
    again = pickle.loads(data)
    assert (again.segment_id(), again.doc_count(), list(again.deleted_docs())) == ("MAIN_abc", 2, [1])
