"""``cite --check`` of folders, what of it fails, and its summary."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .test_command import edit, id_of, project, run

__all__ = ["project"]


@pytest.fixture(autouse=True)
def papers(project: Path) -> Path:
    """A folder with citations in some of its files."""
    folder = Path("papers")
    (folder / "deep").mkdir(parents=True)
    (folder / ".hidden").mkdir()
    citation = run("cite", id_of("defense", "projects")).stdout
    for name in ("a.md", "deep/b.rst", ".hidden/c.md", "ignored.md"):
        (folder / name).write_text(citation, encoding="utf-8")
    (folder / ".gitignore").write_text("ignored.md\n", encoding="utf-8")
    (folder / "none.txt").write_text("Nothing is cited here.\n", encoding="utf-8")
    (folder / "image.png").write_bytes(b"\x89PNG\0searchlib:0000000000000000")
    (folder / "broken.json").write_text("{", encoding="utf-8")
    (folder / "utf16.txt").write_bytes(citation.encode("utf-16"))
    return folder


def checked(*arguments: str) -> list[str]:
    return [line.split()[0].rpartition(":")[0] for line in run("cite", "--check", *arguments).stdout.splitlines()]


def test_a_folder_is_the_files_in_it_that_have_citations() -> None:
    assert checked("papers") == ["papers/a.md", "papers/deep/b.rst", "papers/utf16.txt"]
    done = run("cite", "--check", "papers/")
    assert (done.exit_code, done.stdout.count("unchanged")) == (0, 3)
    assert done.stderr == "\n3 citations: 3 unchanged\n"
    os.chdir("papers")
    assert [os.path.normpath(name) for name in checked(".", "--index", "../indexes/default")] == [
        "a.md",
        "deep/b.rst",
        "utf16.txt",
    ]


def test_a_file_that_is_named_is_checked_wherever_it_is() -> None:
    assert checked("papers/ignored.md", "papers/.hidden/c.md") == ["papers/ignored.md", "papers/.hidden/c.md"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read anything")
def test_a_file_that_cannot_be_read_is_an_error() -> None:
    Path("papers/a.md").chmod(0)
    done = run("cite", "--check", "papers")
    assert done.exit_code == 2
    assert "Error: papers/a.md: Permission denied" in done.stderr


def test_a_file_with_citations_that_is_no_json_is_an_error() -> None:
    Path("papers/broken.json").write_text('{"a": "searchlib:0000000000000001"', encoding="utf-8")
    done = run("cite", "--check", "papers")
    assert done.exit_code == 2
    assert "papers/broken.json: line 1 is no JSON" in done.stderr


def test_what_fails_can_be_said() -> None:
    edit("The visit", "In the morning, this.\n\nThe visit")
    assert run("cite", "--check", "papers").exit_code == 1
    assert run("cite", "--check", "papers", "--fail-on", "edited,gone").exit_code == 0
    assert run("cite", "--check", "papers", "--fail-on", "moved").exit_code == 1
    edit("Joint projects were", "Joint plans were")
    assert run("cite", "--check", "papers", "--fail-on", " gone , edited").exit_code == 1
    assert run("cite", "--check", "papers", "--fail-on", "gone").exit_code == 0


def test_a_folder_is_mended() -> None:
    edit("The visit", "In the morning, this.\n\nThe visit")
    assert run("cite", "--update", "papers").stdout.count(": mended") == 3
    assert run("cite", "--check", "papers").exit_code == 0


def test_a_summary_is_added_to_a_file() -> None:
    Path("summary.md").write_text("before\n", encoding="utf-8")
    assert run("cite", "--check", "papers", "--summary", "summary.md").exit_code == 0
    edit("Joint projects were", "Joint <plans> | were")
    assert run("cite", "--check", "papers", "--summary", "summary.md").exit_code == 1
    before, well, wrong = Path("summary.md").read_text(encoding="utf-8").split("### ")
    assert before == "before\n"
    assert well == "✅ 3 citations: 3 unchanged\n\n"
    assert wrong.startswith("❌ 3 citations: 3 edited\n\n| where |  | id | now |\n")
    assert "seeds/talks.txt:3 ¶ 1<br>" in wrong
    assert "~~projects~~**\\<plans\\> \\|** were" in wrong
