"""What a query is corrected to: its misspelt words, and nothing else of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import searchlib
from searchlib import Document
from searchlib.spelling import suggestion as spelling
from searchlib.spelling.variants import skeleton

TEXTS = [
    "The defense industry grew in winter.",
    "The defence of the harbour, an industry of its own.",
    "Ships wait in the harbour for winter: the state of the art.",
    "President Erdoğan wrote of the harbour and the industry.",
    "A narrow street, the narrow strait of Bosporus.",
    "Street lights in winter.",
    "NATO met in the harbour of Ankara, in a street near the strait. RFC2119 says so.",
    "東京大学は東京にある。",
    *["winter in the harbour"] * 200,
    "wintre came",
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> searchlib.Index:
    folder = tmp_path_factory.mktemp("suggestions")
    (folder / "seeds").mkdir()
    index = searchlib.build(folder / "seeds", folder / "index", processes=1, language="en")
    with index.writer() as writer:
        for number, text in enumerate(TEXTS):
            metadata = {"by": "Jane Smith"}
            writer.add(
                Document(
                    f"d{number}", text, title="Trade in peace" if number == 0 else "", language="en", metadata=metadata
                )
            )
    return index


@pytest.mark.parametrize(
    ("query", "suggestion"),
    [
        ("indutsry", "industry"),
        ("Indutsry", "Industry"),
        ("HARBUOR", "HARBOUR"),
        ("defense indutsry", "defense industry"),
        ("defnse AND indutsry", "defense AND industry"),
        ('"defense indutsry"~2', '"defense industry"~2'),
        ("text:indutsry^2 winter", "text:industry^2 winter"),
        ("title:peece", "title:peace"),
        ("title:(tarde peece)", "title:(trade peace)"),
        ("+indutsry -shps", "+industry -shps"),
        ("(harbuor OR indutsry) AND winter", "(harbour OR industry) AND winter"),
        ("harbuor NEAR/3 winter", "harbour NEAR/3 winter"),
        ("state-of-teh-art", "state-of-the-art"),
        ("erdogn", "erdoğan"),
        ("Erdogn wrtoe", "Erdoğan wrote"),
        ("  indutsry   grew ", "  industry   grew "),
        ("defenseindustry", "defense industry"),
        ("winter in dustry", "winter industry"),
        ("wintre ANDMAYBE indutsry", "wintre ANDMAYBE industry"),
        ("indutsry by:jane", "industry by:jane"),
        ("naot", "nato"),
    ],
)
def test_only_what_is_misspelt_is_replaced(index: searchlib.Index, query: str, suggestion: str) -> None:
    assert index.search(query).suggestion == suggestion
    assert index.search(suggestion).total


@pytest.mark.parametrize(
    "query",
    [
        "industry",
        "industries",  # does not occur, but its stem does
        "INDUSTRY winter",
        "erdogan",
        "indutsr*",
        "indutsr?y",
        "indutsry~",
        "by:jnae",
        "by:smiht winter",
        "language:em",
        "[indutsrx TO indutsry]",
        "winter -indutsry",
        "winter NOT indutsry",
        "rfc2191",
        "r2d2x",
        "京東",
        "xq",
        "qqqqqqqq",
        "",
        "*",
        '"',
        "AND",
        "winterharbour",  # the two never stand side by side
        "a" * 5000,
    ],
)
def test_nothing_is_offered_where_nothing_is_wrong_or_nothing_is_known(index: searchlib.Index, query: str) -> None:
    assert index.search(query).suggestion is None


def test_of_several_corrections_one_that_stands_beside_the_other_words_is_preferred(index: searchlib.Index) -> None:
    # One edit makes a street or a strait of it.
    assert index.search("streit").suggestion == "street"
    assert index.search("+streit +lights").suggestion == "+street +lights"
    assert index.search("streit bosporus narrow").suggestion == "street bosporus narrow"
    assert index.search("+strat +bosporus").suggestion == "+strait +bosporus"


def test_what_has_no_hits_under_the_filter_is_not_offered(index: searchlib.Index) -> None:
    assert index.search("indutsry", filter="document:d0").suggestion == "industry"
    assert index.search("indutsry", filter="document:d5").suggestion is None


def test_a_word_that_occurs_is_doubted_only_where_hits_are_few_and_another_is_far_commoner(
    index: searchlib.Index,
) -> None:
    assert index.search("wintre").total == 1
    assert index.search("wintre").suggestion == "winter"
    assert index.search('"wintre harbour"').suggestion is None, "the two do not stand together"
    assert index.search('"wintre in"').suggestion == '"winter in"'
    assert index.search("defence").suggestion is None, "defense is not far commoner"
    assert index.search("wintre harbour").suggestion is None, "there are many hits"


def test_a_query_tree_has_no_suggestion(index: searchlib.Index) -> None:
    from whoosh.query import Term

    assert index.search(Term("text", "indutsry")).suggestion is None


def test_a_long_query_of_many_mistakes_takes_no_longer_than_a_few(
    index: searchlib.Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched = []
    plain = spelling.Suggester._has_hits
    monkeypatch.setattr(spelling.Suggester, "_has_hits", lambda self, tree: searched.append(tree) or plain(self, tree))
    found = index.search(" ".join(["indutsry", "harbuor", "wintrr", "strete", "defnse"] * 40)).suggestion
    assert found is not None and found.startswith("industry harbour winter")
    assert (
        found.split()[spelling.MOST_WORDS :]
        == (["indutsry", "harbuor", "wintrr", "strete", "defnse"] * 40)[spelling.MOST_WORDS :]
    )
    assert len(searched) <= 4 * spelling.MOST_TRIED


# Names that are spelt otherwise elsewhere


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Iterator[searchlib.Index]:
    texts = [f"President Zelenskyy met envoy number {number} in Kyiv." for number in range(12)]
    texts += [f"Mr. Zelensky spoke to delegate {number}." for number in range(3)]
    texts += ["Colonel Qaddafi came.", "Colonel Qadhafi went.", "Colonel Qadhafi returned."]
    texts += ["A physicist of phases.", "The fases, it says, and fases again.", "A quaint cuaint and a Cuaint."]
    with searchlib.build([], tmp_path_factory.mktemp("named") / "index") as empty, empty.writer() as writer:
        for number, text in enumerate(texts):
            writer.add(searchlib.Document(f"{number:02}", text, language="en"))
    with searchlib.open(empty.path) as index:
        yield index


@pytest.mark.parametrize(
    ("query", "suggestion"),
    [
        ("Zelensky", "Zelenskyy"),
        ("zelensky", "zelenskyy"),
        ('"Mr. Zelensky"', None),  # nobody says that of the other
        ("Zelensky Kyiv", "Zelenskyy Kyiv"),
        ("-Zelensky Kyiv", None),
        ("Qaddafi", "Qadhafi"),
        ("Qadhafi", None),  # which is the commoner
        ("Zelenskyy", None),
        ("phases", None),  # no name
        ("quaint", None),
    ],
)
def test_a_name_that_is_spelt_otherwise_is_offered_where_there_are_hits(
    named: searchlib.Index, query: str, suggestion: str | None
) -> None:
    assert named.search(query).total > 0
    assert named.search(query).suggestion == suggestion


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Zelensky", "Zelenskiy", True),
        ("Mohammed", "Mohamed", True),
        ("Shevchenko", "Schevtschenko", True),
        ("Gaddafi", "Gadhafi", True),
        ("Steven", "Stefen", False),
        ("Messen", "Massen", False),
        ("Johnson", "Johnston", False),
    ],
)
def test_spelt_alike_are_those_that_write_a_sound_otherwise(one: str, other: str, alike: bool) -> None:
    assert (skeleton(one) == skeleton(other)) is alike
