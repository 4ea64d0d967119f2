"""The forms of hits for other programs and for texts: CSV, Markdown, BibTeX, CSL-JSON, templates."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from searchlib.cli.hitforms import COLUMNS, VALUES, cell

from .commands import Run, in_process

WORKS = [
    {
        "id": "sum",
        "title": "=SUM(1)+50% of {all} \\ for_ever",
        "text": "A ferry of “the line”, they said.",
        "author": ["Lovelace, Ada", "World Health Organization"],
        "date": "2020-05-17T10:00:00Z",
        "url": "https://example.org/a{b}?x=1&y=2",
        "publisher": "Salt & Co",
        "rating": 4,
        "tags": ["sea", "@land"],
    },
    {"id": "plain", "title": "Plain", "text": "Another ferry.", "author": "Ada; Bo", "date": "1999"},
]


@pytest.fixture
def works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("seeds").mkdir()
    Path("seeds/works.jsonl").write_text("".join(json.dumps(work) + "\n" for work in WORKS), encoding="utf-8")
    assert in_process("index").code == 0
    return tmp_path


def ids() -> dict[str, str]:
    hits = json.loads(in_process("query", "ferry", "--json").out)["hits"]
    return {hit["document"]["path"].rpartition("#")[2]: hit["id"] for hit in hits}


def test_csv_is_a_table_that_a_reader_gives_back(works: Path) -> None:
    done = in_process("query", "ferry", "--csv", "--sort", "date")
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert tuple(rows[0]) == COLUMNS
    assert [row["path"] for row in rows] == ["seeds/works.jsonl#plain", "seeds/works.jsonl#sum"]
    assert (rows[1]["line"], rows[1]["paragraph"], rows[1]["rank"]) == ("1", "1", "2")
    assert rows[1]["snippet"] == "A ferry of “the line”, they said."
    assert done.out == in_process("query", "ferry", "--format", "csv", "--sort", "date").out


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", "  =1"])
def test_no_text_is_a_formula_to_a_spreadsheet(text: str) -> None:
    assert cell(text).startswith(("'", "\"'"))
    assert cell("a" + text).startswith("a")
    assert cell(-1.5) == "-1.5", "a number is one"


def test_a_cell_is_one_line_with_nothing_that_steers_a_terminal() -> None:
    assert cell('a\n"b", \x1b[31mc') == '"a ""b"", ␛[31mc"'


def test_csv_of_no_hits_has_its_head(works: Path) -> None:
    done = in_process("query", "zebra", "--csv")
    assert (done.code, done.out) == (1, ",".join(COLUMNS) + "\n")


def test_length_cuts_what_is_shown(works: Path) -> None:
    (short,) = in_process(
        "query", "ferry", "--format", "{snippet}", "--filter", "rating:4", "--length", "20"
    ).out.splitlines()
    assert short.startswith("A ferry of") and short.endswith("…")
    found = json.loads(in_process("query", "ferry", "--json", "--length", "20").out)
    assert all(len(hit["snippet"]) <= 22 for hit in found["hits"])
    assert len(json.loads(in_process("query", "ferry", "--json").out)["hits"][0]["snippet"]) > 10


def test_markdown_is_a_list_whose_references_a_check_finds(works: Path) -> None:
    done = in_process("query", "ferry", "--format", "markdown", "--sort", "-date")
    Path("notes.md").write_text(done.out, encoding="utf-8")
    assert done.out.startswith(
        "1. \\=SUM(1)+50% of \\{all\\} \\\\ for\\_ever, ¶ 1 (seeds/works.jsonl\\#sum, line 1) [searchlib:"
    )
    assert "   > A **ferry** of “the line”, they said.\n" in done.out
    checked = in_process("cite", "--check", "notes.md")
    assert (checked.code, checked.out.count("unchanged")) == (0, 2)


def test_bibtex_escapes_what_means_something_there(works: Path) -> None:
    id = ids()["sum"]
    entry = in_process("cite", id, "--format", "bibtex").out
    assert entry == (
        f"@misc{{searchlib:{id},\n"
        "  title = {{=SUM(1)+50\\% of \\textbraceleft{}all\\textbraceright{} \\textbackslash{} for\\_ever}},\n"
        "  author = {Lovelace, Ada and {World Health Organization}},\n"
        "  year = {2020},\n"
        "  month = {5},\n"
        "  publisher = {Salt \\& Co},\n"
        "  url = {https://example.org/a%7Bb%7D?x=1&y=2},\n"
        "  language = {en},\n"
        "  note = {¶ 1 (seeds/works.jsonl\\#sum, line 1)}\n"
        "}\n"
    )
    assert in_process("query", "ferry", "--filter", "rating:4", "--format", "bibtex").out == entry


CSL_MEMBERS = {"id", "type", "title", "author", "issued", "publisher", "URL", "language", "page", "note"}


def test_csl_has_what_its_schema_asks_for_and_nothing_else(works: Path) -> None:
    (item,) = json.loads(in_process("cite", ids()["sum"], "--format", "csl").out)
    assert set(item) <= CSL_MEMBERS
    assert (item["id"], item["type"]) == (f"searchlib:{ids()['sum']}", "webpage")
    assert item["author"] == [{"family": "Lovelace", "given": "Ada"}, {"literal": "World Health Organization"}]
    assert item["issued"] == {"date-parts": [[2020, 5, 17]]}
    assert (item["title"], item["publisher"]) == (WORKS[0]["title"], "Salt & Co")
    items = json.loads(in_process("query", "ferry", "--format", "csl", "--sort", "date").out)
    assert [one["issued"]["date-parts"] for one in items] == [[[1999]], [[2020, 5, 17]]]
    assert items[0]["author"] == [{"literal": "Ada"}, {"literal": "Bo"}]
    assert items[0]["type"] == "document"


def test_both_are_found_by_a_check(works: Path) -> None:
    for form in ("bibtex", "csl"):
        Path(f"refs.{'json' if form == 'csl' else 'bib'}").write_text(in_process("cite", ids()["sum"], "-f", form).out)
    done = in_process("cite", "--check", "refs.bib", "refs.json")
    assert (done.code, done.out.count("unchanged")) == (0, 2)


def test_a_template_is_a_line_a_hit(works: Path) -> None:
    form = r"{rank:>3}|{title:<6.6}|{date}|{rating}|{tags}\t{{{section}}}"
    assert in_process("query", "ferry", "--sort", "date", "--format", form).out == (
        "  1|Plain |1999||\t{}\n  2|=SUM(1|2020-05-17T10:00:00Z|4|sea, @land\t{}\n"
    )
    id = ids()["sum"]
    assert in_process("cite", id, "--quote", "ferry", "-f", "{reference} {quote}, {rating:d}").out == (
        f"searchlib:{id}#char=2,7 ferry, 4\n"
    )


def test_every_name_can_stand_in_a_template(works: Path) -> None:
    form = "|".join(f"{{{name}}}" for name in VALUES)
    assert in_process("query", "ferry", "-n", "1", "--format", form).out.count("|") == len(VALUES) - 1


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("{titel}", "the template has {titel}, which nothing has: did you mean {title}?"),
        ("{id.__class__}", "which nothing has"),
        ("{id[0]}", "which nothing has"),
        ("{}", "which nothing has"),
        ("{id!r}", "give a width or digits"),
        ("{id:{rank}}", "give a width or digits"),
        ("{id:9999999999}", "give a width or digits"),
        ("{id", "a brace too many or too few"),
        ("{title:.2f}", "{title:.2f} is for numbers"),
        ("nonsense", "there is no form nonsense: give json, jsonl, csv,"),
    ],
)
def test_what_is_no_template_is_an_error(works: Path, form: str, said: str) -> None:
    done = in_process("query", "ferry", "--format", form)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_all_hits_come_sorted_if_wanted(works: Path) -> None:
    def paths(*arguments: str) -> list[str]:
        return in_process("query", "ferry", "--all", "--format", "{rank} {path}", *arguments).out.splitlines()

    assert paths("--sort", "date") == ["1 seeds/works.jsonl#plain", "2 seeds/works.jsonl#sum"]
    assert paths("--sort", "-date") == ["1 seeds/works.jsonl#sum", "2 seeds/works.jsonl#plain"]
    assert paths() == ["1 seeds/works.jsonl#plain", "2 seeds/works.jsonl#sum"]


def test_a_title_is_said_once_for_hits_of_a_document_in_a_row(run: Run) -> None:
    lines = run("query", "defense OR pipelines", "--sort", "document").out.splitlines()
    heads = [line for line in lines if line[:1].isdigit()]
    assert heads[0] == "1. Guide"
    assert heads[1].startswith("2. seeds/guide.md:13  ¶ ")
    assert sum("Talks on security" in head for head in heads) == 1


def test_a_rank_stands_out_without_a_title_too(run: Run) -> None:
    out = run("query", "defense OR pipelines", "--sort", "document", "--color", "always").out
    assert "\x1b[1m1. " in out
    assert "\x1b[1m2. \x1b[0m\x1b[2mseeds/guide.md:13" in out


def test_what_is_piped_is_wrapped_where_a_width_is_given(run: Run) -> None:
    assert max(map(len, run("query", "energy supplies", "--width", "40").out.splitlines())) <= 40
    assert max(map(len, run("query", "energy supplies").out.splitlines())) > 90
