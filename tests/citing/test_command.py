"""``searchlib cite``: makes citations, checks those in files and mends them; exits like grep."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from searchlib.cli.main import program

TALKS = """\
Talks on security

The visit included discussions with representatives of the defense industry. Joint projects were explored.

Energy supplies were the second subject; President Erdoğan named the pipelines of the region.
"""
PAGE = """\
---
url: https://example.org/page?a=1#top
---
# Page

The industry of bees needs no defense, as everybody knows.
"""


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(program, list(arguments), prog_name="searchlib", input=stdin)


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with an index, which is the working directory."""
    for name in [name for name in os.environ if name.startswith("SEARCHLIB_") or name in ("NO_COLOR", "FORCE_COLOR")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    Path("seeds").mkdir()
    Path("seeds/talks.txt").write_text(TALKS, encoding="utf-8")
    Path("seeds/page.md").write_text(PAGE, encoding="utf-8")
    assert run("index").exit_code == 0
    return tmp_path


def id_of(*words: str) -> str:
    return str(json.loads(run("query", "--json", "-n", "1", *words).stdout)["hits"][0]["id"])


def edit(before: str, after: str) -> None:
    seed = Path("seeds/talks.txt")
    text = seed.read_text(encoding="utf-8")
    assert before in text
    seed.write_text(text.replace(before, after, 1), encoding="utf-8")
    assert run("index").exit_code == 0


def write_notes(*forms: str) -> bytes:
    """A file with a citation in each form; it has the line breaks of Windows."""
    id = id_of("defense", "projects")
    text = "# Notes\n\n" + "\n\n".join(run("cite", id, "-f", form).stdout.strip() for form in forms) + "\n"
    data = text.replace("\n", "\r\n").encode()
    Path("notes.md").write_bytes(data)
    return data


# Making


def test_it_prints_a_citation_as_text() -> None:
    id = id_of("defense", "projects")
    done = run("cite", id)
    assert (done.exit_code, done.stdout) == (
        0,
        "> The visit included discussions with representatives of the defense industry. Joint projects were explored.\n"
        "— Talks on security\n"
        f"  ¶ 1 (seeds/talks.txt, line 3), searchlib:{id}\n",
    )


@pytest.mark.parametrize("width", ["80", "200"])
def test_it_fits_the_width(width: str) -> None:
    lines = run("cite", id_of("defense", "projects"), "--width", width).stdout.splitlines()
    assert max(map(len, lines)) <= int(width)
    assert len(lines) == (4 if width == "80" else 3)


def test_it_cites_words_of_a_paragraph() -> None:
    id = id_of("defense", "projects")
    found = json.loads(run("cite", id[:9], "--quote", "joint   projects".capitalize(), "--json").stdout)
    assert found["id"] == f"searchlib:{id}#char=77,91"
    assert found["selector"][0]["exact"] == "Joint projects"
    by_query = run("cite", id, "--query", "projects joint", "-f", "json").stdout
    assert json.loads(by_query)["selector"] == found["selector"]
    assert json.loads(run("cite", f"searchlib:{id}#char=77,91", "-f", "json").stdout)["id"] == found["id"]


def test_it_links_to_pages_of_the_web() -> None:
    done = run("cite", id_of("bees"), "--quote", "as everybody", "-f", "link")
    assert done.stdout == ("https://example.org/page?a=1#top:~:text=needs%20no%20defense%2C-,as%20everybody,-knows.\n")


def test_several_are_a_list_of_json_and_parted_by_empty_lines() -> None:
    ids = [id_of("bees"), id_of("pipelines")]
    assert [one["citation"]["id"] for one in json.loads(run("cite", *ids, "--json").stdout)] == ids
    assert run("cite", *ids, "-f", "markdown").stdout.count("\n\n") == 1


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (["0000000000000000"], "no paragraph has the id"),
        (["ID", "--quote", "wars"], "does not say “wars”"),
        (["ID", "--query", "wars"], "does not match"),
        (["ID", "-f", "link"], "Try another form"),
        (["searchlib:ID#char=5,9999"], "its text ends at"),
        (["seeds/talks.txt"], "--check"),
        (["--check", "notes.md", "--quote", "x"], "leave them out"),
        (["--check", "missing.md"], "See that it is there"),
        (["--check", "indexes/default"], "is an index"),
        (["--check", "notes.md", "--fail-on", "lost"], "give some of moved,edited,gone,ambiguous,unknown"),
        (["ID", "--fail-on", "gone"], "add --check"),
        (["--check", "notes.md", "--sources", "missing"], "missing"),
        (["--update", "-"], "cannot be mended"),
        (["--check", "notes.md", "--sources", "seeds", "--index", "indexes/default"], "leave one of them out"),
        (["--check", "indexes/default/MAIN"], "See that it is there"),
    ],
)
def test_an_error_says_what_to_do(arguments: list[str], advice: str) -> None:
    id = id_of("defense", "projects")
    done = run("cite", *(argument.replace("ID", id) if "ID" in argument else argument for argument in arguments))
    assert (done.exit_code, done.stdout) == (2, "")
    assert advice in done.stderr and len(done.stderr.splitlines()) == 1


# Checking


def test_unchanged_citations_exit_0() -> None:
    write_notes("text", "markdown")
    done = run("cite", "--check", "notes.md")
    assert done.exit_code == 0
    id = id_of("defense", "projects")
    assert done.stdout.splitlines() == [
        f"notes.md:5  unchanged  {id}  seeds/talks.txt:3  ¶ 1",
        f"notes.md:7  unchanged  {id}  seeds/talks.txt:3  ¶ 1",
    ]
    assert done.stderr == "\n2 citations: 2 unchanged\n"


def test_moved_ones_are_mended_and_no_other_byte() -> None:
    data = write_notes("text", "markdown", "json")
    edit("The visit", "New.\n\nThe visit")
    checked = run("cite", "--check", "notes.md")
    assert checked.exit_code == 1
    assert checked.stdout.count("¶ 1 → 2, line 3 → 5\n") == 2
    assert Path("notes.md").read_bytes() == data
    updated = run("cite", "--update", "notes.md")
    assert updated.exit_code == 0
    assert updated.stderr == "\n3 citations: 1 unchanged, 2 moved; 2 mended\n"
    assert Path("notes.md").read_bytes() == data.replace("¶ 1 (".encode(), "¶ 2 (".encode()).replace(
        b"line 3)", b"line 5)"
    )
    assert run("cite", "--check", "notes.md").exit_code == 0


def test_edited_ones_are_shown_with_the_difference_and_left() -> None:
    data = write_notes("text")
    edit("discussions with", "long talks with")
    done = run("cite", "--update", "notes.md", "--width", "60")
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    assert lines[0].split()[:2] == ["notes.md:5", "edited"]
    assert lines[1].startswith("    closest: seeds/talks.txt:3  ¶ 1  ")
    assert "[-discussions-]{+long talks+}" in " ".join(line.strip() for line in lines[2:])
    assert max(map(len, lines)) <= 60
    assert Path("notes.md").read_bytes() == data


def test_a_difference_has_colours_instead_of_marks() -> None:
    write_notes("text")
    edit("discussions with", "long talks with")
    out = run("cite", "--check", "notes.md", "--color", "always").stdout
    assert "\x1b[9;31mdiscussions\x1b[0m\x1b[32mlong talks\x1b[0m" in out


def test_gone_ones_exit_1() -> None:
    write_notes("markdown")
    Path("seeds/talks.txt").write_text("Nothing of it.\n", encoding="utf-8")
    assert run("index").exit_code == 0
    done = run("cite", "--check", "notes.md")
    assert (done.exit_code, done.stdout.split()[1]) == (1, "gone")


def test_files_are_checked_against_the_sources_without_an_index() -> None:
    write_notes("text", "json")
    json_file = Path("refs.json")
    json_file.write_text(run("cite", id_of("bees"), id_of("pipelines"), "--json").stdout, encoding="utf-8")
    for file in Path("indexes/default").iterdir():
        file.unlink()
    assert run("cite", "--check", "notes.md").exit_code == 2
    done = run("cite", "--check", "notes.md", "refs.json", "--sources", "seeds")
    assert done.exit_code == 0
    assert done.stdout.count("unchanged") == 4
    assert not list(Path("indexes/default").iterdir())


def test_json_says_all_of_it() -> None:
    write_notes("text")
    edit("The visit", "New.\n\nThe visit")
    done = run("cite", "--check", "notes.md", "--json")
    assert done.exit_code == 1
    found = json.loads(done.stdout)
    (check,) = found["checks"]
    assert found["counts"] == {"moved": 1} and found["mended"] == 0
    assert (check["file"], check["line"], check["form"], check["status"]) == ("notes.md", 5, "text", "moved")
    assert check["changes"] == {"paragraph": [1, 2], "line": [3, 5]}
    assert check["now"]["paragraph"] == 2 and check["cited"]["paragraph"] == 1


def test_a_file_that_cannot_be_read_does_not_keep_the_others_from_being_checked() -> None:
    write_notes("text")
    Path("binary").write_bytes(b"a\0b")
    done = run("cite", "--check", "binary", "missing.md", "notes.md")
    assert done.exit_code == 2
    assert "unchanged" in done.stdout
    assert [line.partition(" ")[0] for line in done.stderr.splitlines() if line.startswith("Error")] == ["Error:"] * 2


def test_nothing_is_mended_if_standard_input_is_to_be() -> None:
    data = write_notes("text")
    edit("The visit", "New.\n\nThe visit")
    done = run("cite", "--update", "notes.md", "-", stdin="")
    assert (done.exit_code, done.stdout) == (2, "")
    assert Path("notes.md").read_bytes() == data


def test_the_checks_of_a_file_that_cannot_be_written_are_printed() -> None:
    data = write_notes("text")
    Path("other.md").write_bytes(data)
    Path("notes.md").chmod(0o444)
    edit("The visit", "New.\n\nThe visit")
    done = run("cite", "--update", "notes.md", "other.md")
    assert done.exit_code == 2
    first, second = done.stdout.splitlines()
    assert first.startswith("notes.md:5  moved ") and not first.endswith("mended")
    assert second.startswith("other.md:5  moved ") and second.endswith(": mended")
    assert "notes.md is read-only" in done.stderr and done.stderr.endswith("2 moved; 1 mended\n")
    assert Path("notes.md").read_bytes() == data != Path("other.md").read_bytes()


def test_json_says_what_was_refreshed_around_an_unchanged_citation() -> None:
    write_notes("json", "text")
    json_file = Path("refs.json")
    json_file.write_text(run("cite", id_of("defense", "projects"), "--json").stdout, encoding="utf-8")
    edit("second subject", "last subject")
    for option, refreshed in (("--check", [False, False]), ("--update", [True, False]), ("--update", [False, False])):
        done = run("cite", option, "refs.json", "notes.md", "--json")
        checks = json.loads(done.stdout)["checks"]
        assert done.exit_code == 0
        checks = [one for one in checks if one["form"] == "json" or one["form"] == "text"]
        assert [(one["status"], one["mended"], one["refreshed"]) for one in checks] == [
            ("unchanged", False, expected) for expected in refreshed
        ]


def test_a_range_that_the_paragraph_does_not_have_is_told_apart() -> None:
    id = id_of("bees")
    done = run("cite", "--check", "-", stdin=f"See searchlib:{id}#char=5,9999.")
    assert done.stdout == f"-:1  gone       {id}  the paragraph has no range 5-9999: its text ends at 58\n"


def test_standard_input_is_checked() -> None:
    id = id_of("bees")
    assert run("cite", "--check", "-", stdin=f"See searchlib:{id}.").stdout.startswith(f"-:1  unchanged  {id}")
    done = run("cite", "--check", "-", stdin="Nothing.")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "No citations found.\n")


def test_it_says_that_the_index_is_older_than_the_seeds() -> None:
    write_notes("text")
    seed = Path("seeds/talks.txt")
    seed.write_text(TALKS + "\nMore.\n", encoding="utf-8")
    later = Path("indexes/default/searchlib.json").stat().st_mtime + 10
    os.utime(seed, (later, later))
    assert "The seeds changed since" in run("cite", "--check", "notes.md").stderr


def test_making_and_checking_work_as_a_process(project: Path) -> None:
    script = [sys.executable, "-m", "searchlib", "cite"]
    made = subprocess.run([*script, id_of("bees")], capture_output=True, check=True, cwd=project)
    checked = subprocess.run(
        [*script, "--check", "-"], input=made.stdout, capture_output=True, check=False, cwd=project
    )
    assert (checked.returncode, checked.stdout.split()[1]) == (0, b"unchanged")
