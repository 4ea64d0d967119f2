"""Dates and numbers in metadata, as filters, queries, facets and orders have them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import searchlib
from searchlib import Document


def index_of(tmp_path: Path, documents: Mapping[str, Any], name: str = "when") -> searchlib.Index:
    (tmp_path / "seeds").mkdir()
    index = searchlib.build(tmp_path / "seeds", tmp_path / "index", processes=1)
    with index.writer() as writer:
        for path, value in documents.items():
            writer.add(Document(path, f"The text of {path}.", metadata={name: value}))
    return index


def paths(index: searchlib.Index, query: str = "*", **options: Any) -> list[str]:
    return [hit.document.path for hit in index.search(query, limit=50, **options)]


TIMES = {
    "blank": "2020-01-02 03:04:05",
    "zone": "2020-01-02T10:00:00Z",
    "next": "2020-01-03",
    "late": "2020-01-03T00:10+02:00",
}
THAT_DAY = ["blank", "late", "zone"]


@pytest.mark.parametrize(
    "filter",
    [
        "when:2020-01-02",
        'when:"2020-01-02"',
        "when:[2020-01-02 TO 2020-01-02]",
        "when:<2020-01-03",
        {"when": "2020-01-02"},
        {"when": datetime.date(2020, 1, 2)},
        {"when": ("2020-01-02", "2020-01-02")},
        {"when": ["2020-01-02"]},
    ],
)
def test_a_day_finds_all_its_moments(filter: Any, tmp_path: Path) -> None:
    with index_of(tmp_path, TIMES) as index:
        assert sorted(paths(index, filter=filter)) == THAT_DAY
        if isinstance(filter, str):
            assert sorted(paths(index, filter)) == THAT_DAY
            shown = index.search(filter, limit=1)[0]
            assert shown.document.path in THAT_DAY


def test_a_moment_is_the_same_in_any_zone(tmp_path: Path) -> None:
    with index_of(tmp_path, TIMES) as index:
        zone = datetime.timezone(datetime.timedelta(hours=2))
        for moment in (datetime.datetime(2020, 1, 2, 12, tzinfo=zone), "2020-01-02T12:00+02:00", "2020-01-02T10:00Z"):
            assert paths(index, filter={"when": moment}) == ["zone"]
        assert paths(index, filter="when:[2020-01-02T22:05Z TO 2020-01-02T22:20Z]") == ["late"]


def test_dates_and_years_are_sorted_by_time(tmp_path: Path) -> None:
    said = {
        "a": 2021,
        "b": "1999-12-31",
        "c": "1850",
        "d": "2020-05",
        "e": "2020-01-02T23:00Z",
        "f": "2020-01-03T00:10+02:00",
    }
    said |= {"g": "0800-12-25", "h": "-0044-03-15", "i": "never"}
    order = list("hgcbfeda")
    with index_of(tmp_path, said) as index:
        assert paths(index, sort="when") == [*order, "i"]
        assert paths(index, sort="-when")[1:] == order[::-1]
        first = index.search("*", sort="when", limit=4)
        assert paths(index, sort="when", after=first.cursor)[:4] == order[4:]
        assert sorted(paths(index, filter="when:[1800 TO 2000]")) == ["b", "c"]
        assert paths(index, filter="when:[0700 TO 0900]") == ["g"]
        assert sorted(paths(index, filter={"when": (1999, 2020)})) == ["b", "d", "e", "f"]


def test_ids_codes_and_versions_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(
        "id,text,long,zip,version\n1,one,1890123456789012345,02134,1.10\n2,two,1890123456789012346,2134,1.1\n"
    )
    with searchlib.build(tmp_path / "rows.csv", tmp_path / "index", processes=1) as index:
        facets = index.search("*", facets=["long", "zip", "version"]).facets
        found = {name: sorted(str(count.value) for count in facet.values) for name, facet in facets.items()}
        assert found == {
            "long": ["1890123456789012345", "1890123456789012346"],
            "zip": ["02134", "2134"],
            "version": ["1.1", "1.10"],
        }
        for number, values in (("1", ("02134", "1.10")), ("2", ("2134", "1.1"))):
            for name, value in zip(("zip", "version"), values, strict=True):
                assert paths(index, filter=f"{name}:{value}") == [f"rows.csv#{number}"]
                assert paths(index, filter={name: value}) == [f"rows.csv#{number}"]
        assert paths(index, filter={"long": 1890123456789012346}) == ["rows.csv#2"]
        assert paths(index, filter="long:[1890123456789012346 TO *]") == ["rows.csv#2"]
        assert len(paths(index, filter="version:[1 TO 1.1]")) == 2
        assert len(paths(index, filter={"version": 1.1})) == 2
        assert paths(index, filter="zip:[02000 TO 02999]", sort="zip") == ["rows.csv#2", "rows.csv#1"]
        assert paths(index, filter="version:1.1*", sort="version") == ["rows.csv#2", "rows.csv#1"]


@pytest.mark.parametrize("large", [2**53, 2**63, 2**64, 10**30, -(2**64)])
def test_integers_of_any_size_are_exact(large: int, tmp_path: Path) -> None:
    with index_of(tmp_path, {"a": large, "b": large + 1, "c": large - 1}) as index:
        assert paths(index, filter={"when": large}) == ["a"]
        assert paths(index, filter={"when": (large, large)}) == ["a"]
        assert paths(index, sort="when") == ["c", "a", "b"]
        assert paths(index, filter=f"when:[{large + 1} TO *]") == ["b"]
