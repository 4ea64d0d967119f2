"""The documents: current, with links that lead somewhere and examples that run."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cli.commands import in_process

import searchlib
from searchlib.cli.reference import __main__ as reference
from searchlib.cli.reference import apiguide, apireference

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "indexes" / "README.md"])
TYPING = {
    *("Any", "Callable", "IO", "BinaryIO", "Iterable", "Iterator", "Literal", "Mapping", "Path", "Sequence"),
    *("None", "PathLike", "True", "False", "LIMITS"),
}
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of this language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub gives the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", reference.PAGES)
def test_what_is_written_by_a_program_is_current(page: Path) -> None:
    there = (ROOT / page).read_text(encoding="utf-8")
    assert there == reference.PAGES[page](), "write it with: python -m searchlib.cli.reference --write"


def test_every_public_name_is_documented() -> None:
    assert apireference.undocumented() == []


def test_all_that_can_be_imported_from_searchlib_is_in_the_reference() -> None:
    documented = {name for names in apireference.SECTIONS.values() for name in names}
    assert not {f"searchlib:{name}" for name in searchlib.__all__ if not name.startswith("__")} - documented


def test_whatever_a_signature_names_is_in_the_reference() -> None:
    """Who reads a type finds on the same page what it is."""
    page = apireference.page()
    code = re.findall(r"^```python\n(\w+\(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    code += re.findall(r"^(?:- `\w+: (.*?)`: |\| `\w+` \| `(.*?)` \|)", page, re.MULTILINE)
    named = {name for one in code for name in re.findall(r"\b[A-Z]\w+", "".join(one))}
    known = {*apireference.documented(), *(name.rpartition(":")[2] for name in apireference.TYPES), *TYPING}
    assert named - known == set()


def test_examples_of_a_terminal_find_something(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    page = (ROOT / "docs" / "terminal.md").read_text(encoding="utf-8")
    commands = [line for block in blocks(page, "sh") for line in block.splitlines()]
    assert len(commands) == 5
    for command in commands:
        program, *arguments = shlex.split(re.sub(r" >>? \S+", "", command), comments=True)
        done = in_process(*arguments)
        assert program == "searchlib" and done.code == 0 and done.out, (command, done.err)


def test_examples_of_the_reference_print_what_it_says(project: Path) -> None:
    examples = [one for said in apiguide.GUIDE.values() for one in blocks(said, "python")]
    (project / "examples.py").write_text("".join(examples), encoding="utf-8")
    done = run([sys.executable, "examples.py"], project)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "".join(one for said in apiguide.GUIDE.values() for one in blocks(said, "text"))


def test_the_reference_is_checked_by_its_own_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert reference.main(["--check"]) == 1
    (tmp_path / "docs").mkdir()
    assert reference.main(["--write"]) == 0
    assert reference.main(["--check"]) == 0


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"`[^`\n]*`", "", text)
    lost = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith(("https://", "http://")):
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            lost.append(target)
    assert not lost


def test_every_page_of_docs_is_linked_from_the_readme() -> None:
    assert not [page.name for page in (ROOT / "docs").glob("*.md") if f"(docs/{page.name})" not in README]


def test_the_glossary_names_files_that_are_there() -> None:
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    package = ROOT / "searchlib"
    bases = (package, package / "engines" / "whoosh")
    named = re.findall(r"`([\w/]+(?:\.py|/))`", text)
    assert named
    assert not [name for name in named if not any((base / name).exists() for base in bases)]


def test_the_glossary_has_every_class_that_people_see() -> None:
    """Records, nodes of queries and hits: by their names, or in words."""
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    rows = [line.split(" | ") for line in text.splitlines() if line.startswith("| ")]
    words = {word for row in rows for word in row[0].removeprefix("| ").split(", ")}
    names = words | {name for row in rows for cell in row[:2] for name in re.findall(r"`(\w+)`", cell)}
    missing = [
        name
        for module in ("model/records", "query/nodes", "search/hits")
        for name in re.findall(r"^class ([A-Z]\w+)", (ROOT / "searchlib" / f"{module}.py").read_text(), re.MULTILINE)
        if name not in names and name.lower() not in names
    ]
    assert not missing


def test_the_python_example_of_the_readme_is_the_one_in_examples() -> None:
    """There it is checked by mypy, and run by the next test."""
    (example,) = blocks(README, "python")
    assert example == (ROOT / "examples" / "quickstart.py").read_text(encoding="utf-8")


def run(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SEARCHLIB_")}
    environment["PYTHONUTF8"] = "1"
    return subprocess.run(
        arguments, cwd=folder, env=environment, capture_output=True, encoding="utf-8", timeout=60, check=False
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with a copy of the seeds of the repository: an example edits one."""
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    return tmp_path


def test_the_python_example_prints_what_the_readme_says(project: Path) -> None:
    done = run([sys.executable, str(ROOT / "examples" / "quickstart.py")], project)
    assert done.returncode == 0, done.stderr
    assert done.stdout in blocks(README, "text"), done.stdout


def test_the_commands_print_what_the_readme_says(project: Path) -> None:
    """Every line of a console block that begins with ``$`` is run; its standard output follows it."""
    commands = 0
    for block in blocks(README, "console"):
        for shown in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = shown.partition("\n")
            script = command.replace("searchlib ", f"{sys.executable} -m searchlib ", 1)
            done = run(["bash", "-c", script], project)
            drifted = "--check" in command
            assert done.returncode == int(drifted), done.stderr
            assert done.stdout.rstrip("\n") == output.rstrip("\n"), command
            commands += 1
    assert commands >= 2


def test_ci_runs_the_command_of_the_readme() -> None:
    """.ci/run takes it from the page itself, so this asserts that there is exactly one for it to find."""
    lines = [line for line in README.splitlines() if re.match(r"python3 -m venv .*pytest", line)]
    assert len(lines) == 1
    assert "grep -m 1 '^python3 -m venv .*pytest' README.md" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_both_commands_of_the_readme_are_one_line_each() -> None:
    commands = [
        line for block in blocks(README, "sh") for line in block.splitlines() if line.startswith("python3 -m venv")
    ]
    assert len(commands) == 2
    assert 'searchlib query "defense industry"' in commands[0]
