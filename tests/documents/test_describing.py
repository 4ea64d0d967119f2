"""What is known of a file besides what is in it: a sidecar, patterns of paths, its folder and its day."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

import searchlib
from searchlib import SettingsError
from searchlib.documents import LoadOptions
from searchlib.documents.describing import Pattern
from searchlib.update.comparing import compare, is_stale

PATTERN = "speeches/{year}-{president}.txt"


@pytest.mark.parametrize(
    ("pattern", "path", "values"),
    [
        (PATTERN, "speeches/1990-bush.txt", {"year": "1990", "president": "bush"}),
        (PATTERN, "speeches/1990-van-buren.txt", {"year": "1990", "president": "van-buren"}),
        (PATTERN, "speeches/1990-.txt", {}),
        (PATTERN, "speeches/-bush.txt", {}),
        (PATTERN, "speeches/1990-bush.md", {}),
        (PATTERN, "speeches/old/1990-bush.txt", {}),
        (PATTERN, "1990-bush.txt", {}),
        ("**/{year}-*.txt", "1990-x.txt", {"year": "1990"}),
        ("**/{year}-*.txt", "a/b/1990-x.txt", {"year": "1990"}),
        ("a/**/{by}/*", "a/b/c/ann/x", {"by": "ann"}),
        ("a/**/{by}/*", "a/ann", {}),
        ("{by}/**", "ann/b/c.txt", {"by": "ann"}),
        ("{a}b{c}b", "xbybzb", {"a": "x", "c": "ybz"}),
        ("{name}", "x.txt", {"name": "x.txt"}),
        ("{a}-{b}-{c}", "-" * 2000, {"a": "-", "b": "-", "c": "-" * 1996}),
    ],
)
def test_names_in_a_path_take_as_little_as_they_can(pattern: str, path: str, values: dict[str, str]) -> None:
    assert Pattern(pattern).values(path) == values


@pytest.mark.parametrize("pattern", ["a.txt", "{a}{b}", "{a}*", "{a", "a}", "{}", "{a}/{a}", "**/{a}/**", "", "*.txt"])
def test_what_is_no_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(SettingsError, match="path pattern"):
        Pattern(pattern)


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    folder = tmp_path / "seeds"
    (folder / "speeches").mkdir(parents=True)
    (folder / "speeches" / "1990-bush.txt").write_text("The harbour was closed.")
    (folder / "speeches" / "1994-clinton.md").write_text(
        "---\nyear: 1995\ntopic: ports\n---\n# Ports\n\nThe harbour.\n"
    )
    (folder / "rows.csv").write_text("id,text,note\n1,A harbour of rows,x\n")
    return folder


def known(index: searchlib.Index) -> dict[str, dict[str, Any]]:
    return {one.path: {"title": one.title, **one.metadata} for one in index.documents()}


def built(seeds: Path, **options: Any) -> searchlib.Index:
    return searchlib.build(seeds, seeds.parent / "index", processes=1, options=LoadOptions(**options))


def test_paths_are_metadata_and_the_files_own_count_before_them(seeds: Path) -> None:
    with built(seeds, path_patterns=("speeches/{year}-{by}.*", "{title}.csv")) as index:
        assert known(index) == {
            "seeds/speeches/1990-bush.txt": {"title": "1990-bush", "year": "1990", "by": "bush"},
            "seeds/speeches/1994-clinton.md": {"title": "Ports", "year": 1995, "by": "clinton", "topic": "ports"},
            "seeds/rows.csv#1": {"title": "", "note": "x"},
        }
        assert index.search("harbour", filter={"year": (1989, 1991)}).total == 1
        assert index.search("harbour", sort="-year")[0].document.title == "Ports"


def test_nothing_that_a_clock_decides_is_known_unless_it_is_asked_for(seeds: Path) -> None:
    os.utime(seeds / "speeches" / "1990-bush.txt", (86_400 * 400, 86_400 * 400))
    with built(seeds) as index:
        assert known(index)["seeds/speeches/1990-bush.txt"] == {"title": "1990-bush"}
    with built(seeds, file_metadata=("folder", "modified")) as index:
        assert index.changes is not None and index.changes.rebuilt
        about = known(index)["seeds/speeches/1990-bush.txt"]
        assert about == {"title": "1990-bush", "folder": ("seeds", "seeds/speeches"), "modified": "1971-02-05"}
        facets = index.search("harbour", facets=["folder"]).facets["folder"]
        assert [tuple(one) for one in facets] == [("seeds", 3), ("seeds/speeches", 2)]
    with pytest.raises(SettingsError, match="folder or modified"):
        built(seeds, file_metadata=("size",))


CSV = """path,title,year,by,language
speeches/1990-bush.txt,On ports,1990,Bush,
seeds/rows.csv,x,7,,de
gone.txt,a,,,
"""
TABLES = {
    "meta.csv": CSV,
    "meta.tsv": CSV.replace(",", "\t"),
    "meta.jsonl": '{"path": "./speeches/1990-bush.txt", "title": "On ports", "year": "1990", "by": "Bush"}\n\n'
    '{"path": "rows.csv", "title": "x", "year": "7", "language": "German"}\n{"path": "gone.txt", "title": "a"}\n',
}


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("inside", [True, False])
def test_a_sidecar_says_what_is_known_of_files_and_is_none_itself(seeds: Path, name: str, inside: bool) -> None:
    sidecar = (seeds if inside else seeds.parent) / name
    sidecar.write_text(TABLES[name])
    with built(seeds, metadata_file=str(sidecar)) as index:
        assert known(index) == {
            "seeds/speeches/1990-bush.txt": {"title": "On ports", "year": "1990", "by": "Bush"},
            "seeds/speeches/1994-clinton.md": {"title": "Ports", "year": 1995, "topic": "ports"},
            "seeds/rows.csv#1": {"title": "", "note": "x", "year": "7"},
        }
        (row,) = index.search("rows")
        assert row.document.language == "de"
        assert index.changes is not None
        assert index.changes.notes == [(str(sidecar), "describes files that there are not: gone.txt")]
        assert index.verify(sources=seeds) == []
        assert not is_stale([seeds], index.path)


def test_a_change_of_the_sidecar_changes_what_it_describes_alone(seeds: Path, tmp_path: Path) -> None:
    sidecar = seeds / "meta.csv"
    options: dict[str, Any] = {"metadata_file": str(sidecar)}
    sidecar.write_text("path,by\nspeeches/1990-bush.txt,Bush\nrows.csv,Ann\n")
    built(seeds, **options).close()
    again = built(seeds, **options)
    assert again.changes is not None and not again.changes
    sidecar.write_text("path,by\nspeeches/1990-bush.txt,George\n")
    found = compare([seeds], again.path, options=LoadOptions(**options))
    assert sorted(found.changed) == ["seeds/rows.csv", "seeds/speeches/1990-bush.txt"]
    with built(seeds, **options) as index:
        assert index.changes is not None
        assert (index.changes.changed, index.changes.unchanged) == (2, 1)
        assert not compare([seeds], index.path, options=LoadOptions(**options))
        with searchlib.build(seeds, tmp_path / "clean", processes=1, options=LoadOptions(**options)) as clean:
            assert known(clean) == known(index)
            assert known(index)["seeds/rows.csv#1"] == {"title": "", "note": "x"}


def test_rows_that_are_described_are_known_again(seeds: Path) -> None:
    rows = seeds / "rows.jsonl"
    rows.write_text("".join(json.dumps({"id": n, "text": f"Harbour {n}"}) + "\n" for n in range(5)))
    options: dict[str, Any] = {"path_patterns": ("{kind_of}.jsonl",)}
    built(seeds, **options).close()
    rows.write_text(rows.read_text() + '{"id": 9, "text": "Harbour 9"}\n')
    with built(seeds, **options) as index:
        assert index.changes is not None
        assert (index.changes.added, index.changes.changed, index.changes.removed) == (1, 0, 0)
        assert index.search("harbour", filter={"kind_of": "rows"}).total == 6


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("meta.csv", "file,by\na.txt,Ann\n", "meta.csv:2 has no path: give each row"),
        ("meta.jsonl", "[1]\n", "is not CSV, TSV or JSON Lines: line 1 is no object"),
        ("meta.jsonl", "{\n", "is not CSV, TSV or JSON Lines"),
        ("meta.csv", None, "cannot be read"),
    ],
)
def test_a_sidecar_that_is_none_is_an_error_that_says_why(seeds: Path, name: str, text: str | None, said: str) -> None:
    if text is not None:
        (seeds / name).write_text(text)
    with pytest.raises(SettingsError, match=said):
        built(seeds, metadata_file=str(seeds / name))
