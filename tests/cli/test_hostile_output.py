"""One way to a terminal: whatever the names, texts and settings are, no command prints what could steer one.

`CALLS` has calls of every command; a command that is not there fails. Each is run with hostile strings everywhere, on
a terminal and piped, in colour and without.
"""

from __future__ import annotations

import ast
import json
import re
import shutil
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click
import pytest

import searchlib
from searchlib.citing.citation import cite
from searchlib.cli import output, progress
from searchlib.cli.main import COMMANDS, program
from searchlib.engines.whoosh.manifest import MANIFEST, read_manifest
from searchlib.errors import SearchlibError
from searchlib.guards.cleaning import clean, escape, escape_json, harmless

from .commands import Done, in_process

HOSTILE = (
    "\x1b[5;41mred\x1b]52;c;ZXZpbA==\x07\x9b2J\u202eevil\u2066\u200f\u061c\u2028Error: forged\u2029\ufeff\U000e0041\x7f"
)
LINES = HOSTILE + "\nError: forged\rError: forged"
NAME = f"ship {HOSTILE}\nError: forged.txt"
INDEX = f"ix {HOSTILE}\nError: forged"
JOINED = "نمی\u200cخواهم क्\u200dष 👩\u200d👩\u200d👧"

# Our own styles, those of the words that matched in a snippet, and the line of a progress bar that is written over.
OURS = re.compile(r"\x1b\[(?:0|1|2|4|33|32|1;31|9;31|2[0-9]|3[0-9])m|\r\x1b\[K")

ID = "ID"  # in CALLS: the id of the paragraph with hostile strings all around
CALLS: dict[str, list[list[str]]] = {
    "index": [
        [],
        ["--json"],
        ["--digest"],
        ["--key"],
        ["--check"],
        ["--check", "--json", "--language", "de", "--exclude", LINES, "--text-column", LINES],
        [LINES],
        ["--language", LINES],
        ["--strict"],
        ["--watch", "--json"],
        ["--watch", LINES],
        ["--type", LINES],
    ],
    "query": [
        ["boats"],
        ["boats", "--full", "--explain", "--snippets", "3"],
        ["boats", "--json", "--explain", "--facet", "author", "--facet", "title", "--facet", "document"],
        ["boats", "--jsonl", "--explain"],
        ["boats", "--all"],
        ["boats", "--all", "--jsonl"],
        ["boats", "--facet", "author", "--facet", "title", "--facet", "document:3", "--facet", "language"],
        ["boats", "--sort", LINES],
        ["boats", "--facet", LINES],
        ["boats", "--facet", f"author:{LINES}"],
        ["boats", "--filter", f"author:{LINES}"],
        ["boats", "--after", LINES],
        ["boats", "--synonyms", LINES],
        ["boats", "--strict", f"nosuch:{LINES}"],
        [f'nosuch:{LINES} "{LINES} author:[ {LINES}'],
        [f'boats* {LINES}~ "open'],
        [f"boatz {LINES}", "--json"],
        ["boats", "--width", "30"],
        ["boats", "--csv"],
        ["boats", "--format", "markdown", "--full"],
        ["boats", "--format", "bibtex"],
        ["boats", "--format", "csl"],
        ["boats", "--format", f"{{title}}\\t{{path}} {{author}} {{text}} {{url}} {{citation}} {HOSTILE}"],
        ["boats", "--format", f"{{{LINES}}}"],
        ["boats", "--format", LINES],
    ],
    "show": [[ID], [ID, "--context", "5"], [ID, "--json"], [LINES], [f"{LINES}:3"], ["0"]],
    "open": [[ID, "--print"], [LINES], ["0", "--print"]],
    "similar": [
        [ID, "--within-document"],
        [ID, "--within-document", "--jsonl"],
        [ID, "--within-document", "--json", "--explain"],
        [LINES],
    ],
    "cite": [
        [ID],
        [ID, "--format", "markdown"],
        [ID, "--json"],
        [ID, "--format", "link"],
        [ID, "--format", "bibtex"],
        [ID, "--format", "csl"],
        [ID, "--format", "{quote} {prefix} {title} {place} {author}"],
        [ID, "--quote", LINES],
        [ID, "--query", LINES],
        [LINES],
        ["--check", "notes.txt", "refs.json", f"notes {NAME}", "missing" + LINES, "-"],
        ["--check", "notes.txt", "refs.json", "--json"],
        ["--check", ".", "--summary", "summary.md"],
        ["--check", "notes.txt", "--fail-on", LINES],
        ["--check", "notes.txt", "--sources", "seeds"],
        ["--check", "notes.txt", "--sources", LINES],
        ["--update", "notes.txt"],
    ],
    "complete": [["boa"], ["boa", "--json"], [f"{LINES} boa"], [LINES]],
    "copy": [
        [INDEX, LINES],
        [INDEX, LINES],
        [INDEX, LINES, "--replace", "--json"],
        [LINES, INDEX],
        [INDEX, INDEX],
        [INDEX, f"{LINES}://{LINES}"],
        [INDEX, LINES, "--shards", "2"],
        [INDEX, LINES, "--memory", LINES],
    ],
    "stats": [[], ["--json"]],
    "verify": [[], ["--json"], ["--sources"], ["--sources", "--json"], ["--sources", LINES]],
    "diff": [
        [INDEX, "empty"],
        ["empty", INDEX, "--json"],
        ["other", INDEX, "--width", "40", "--summary", "diff.md"],
        [LINES, INDEX],
    ],
    "check": [
        ["checks.toml", "--summary", "checks.md"],
        ["checks.toml", "--against", "other", "--write-baseline", "base.json", "--width", "60"],
        ["checks.toml", "--baseline", "base.json", "--json"],
        ["wrong.jsonl"],
        [LINES],
        ["checks.toml", "--baseline", LINES],
    ],
    "evaluate": [
        ["judged.csv"],
        ["judged.csv", "--against", "title=0,b=0", "--measure", "P@1", "--show", "9"],
        ["judged.csv", "--against", "title=0", "--json", "--run-out", "mine.run"],
        ["judged.csv", "--run", "mine.run", "--against", "mine.run"],
        ["judged.csv", "--run", LINES, "--measure", LINES],
        ["judged.csv", "--tune", "--write", LINES],
        ["judged.csv", "--rank", LINES, "--against", LINES, "--run-out", LINES],
        ["judged.csv", "--split", LINES, "--measure", LINES],
        [LINES],
    ],
    "judge": [["queries.txt", "--out", LINES, "--run", "mine.run"], ["queries.txt", "--run", LINES], [LINES]],
    "serve": [
        [LINES],
        [f"{LINES}={INDEX}", f"other={INDEX}"],
        [INDEX, INDEX],
        [INDEX, "--host", LINES],
        [INDEX, "--sources", LINES, "--host", LINES],
        [INDEX, "--token", LINES],
        [INDEX, "--cors", LINES],
        [INDEX, "--synonyms", LINES],
        ["--port", LINES],
        [LINES, "--mcp"],
        [LINES, "--watch"],
    ],
    "mcp": [
        [LINES],
        ["--index", INDEX, "--synonyms", LINES],
        ["--index", INDEX, "--sources", LINES],
        ["--sources"],
    ],
    "completion": [["bash"], ["zsh"], ["fish"], [LINES]],
}
EVERYWHERE = [
    ["--help"],
    [f"--{LINES}"],
    ["--index", LINES],
    [LINES, LINES, LINES],
    ["--color", LINES],
    ["--width", LINES],
]


def unsafe(text: str) -> list[str]:
    """What of a text could steer a terminal, by the categories of Unicode and not by our own list."""
    rest = OURS.sub("", text)
    return [
        f"U+{ord(one):04X}"
        for one in rest
        if (unicodedata.category(one) in ("Cc", "Cs", "Zl", "Zp") and one not in "\n\t")
        or (unicodedata.category(one) == "Cf" and one not in "\u200b\u200c\u200d\xad")
    ]


def assert_harmless(done: Done, call: object = "") -> None:
    for text in (done.out, done.err):
        assert not unsafe(text), (call, text)
        assert "\x1b[5" not in text
        assert not [line for line in text.splitlines() if line.startswith(("Error: forged", "forged"))], (call, text)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A project with hostile strings in all that anybody else could have written, and the id of a paragraph."""
    folder = tmp_path_factory.mktemp("hostile")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        seeds = Path("seeds")
        seeds.mkdir()
        (seeds / NAME).write_text(
            f"A title {HOSTILE}\n\nBoats of {HOSTILE} are {JOINED}.\n\nMore boats.\n", encoding="utf-8"
        )
        said = json.dumps(LINES)
        page = (
            f"---\nauthor: {said}\nurl: {said}\n{said}: {said}\n---\n# Page {HOSTILE}\n\n## Part {HOSTILE}\n\nBoats.\n"
        )
        (seeds / f"page {HOSTILE}.md").write_text(page, encoding="utf-8")
        row = {"id": LINES, "title": LINES, "text": f"Boats {LINES}", "author": LINES, LINES: LINES}
        (seeds / f"rows {NAME}.jsonl").write_text(json.dumps(row) + "\n{" + LINES, encoding="utf-8")
        (seeds / f"none {NAME}.xyz").write_text("x", encoding="utf-8")
        (seeds / f"link {NAME}").symlink_to("/nowhere")
        setting, exclude = (json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f") for text in (INDEX, LINES))
        Path("searchlib.toml").write_text(f"index = {setting}\nexclude = [{exclude}]\n", encoding="utf-8")
        assert in_process("index").code == 0
        hostile = json.dumps(LINES).replace("\x7f", "\\u007f")
        checks = f"[[check]]\nquery = {hostile}\nfirst = {hostile}\n[[check]]\nquery = 'boats'\n"
        checks += f"expect = [{{ quote = {hostile} }}, {hostile}]\n"
        Path("checks.toml").write_text(checks, encoding="utf-8")
        Path("wrong.jsonl").write_text(json.dumps({"query": LINES, LINES: LINES}), encoding="utf-8")
        for name, text in (("empty", ""), ("other", f"Boats {HOSTILE} of ours.\n")):
            with searchlib.build([], name) as empty, empty.writer() as writer:
                writer.add(searchlib.Document(f"seeds/page {HOSTILE}.md", text, title=LINES, metadata={LINES: LINES}))
        with searchlib.open(INDEX) as index:
            (found,) = [hit for hit in index.search("boats") if JOINED in hit.text]
            id = found.id
            citation = cite(found.record)
        references = f"{citation.text()}\n\nsearchlib:{id}#char=5,9999\n\nsearchlib:0000000a\n\n{citation.markdown()}\n"
        for name in ("notes.txt", f"notes {NAME}"):
            Path(name).write_text(references, encoding="utf-8")
        Path("queries.txt").write_text(f"boats {HOSTILE}\n", encoding="utf-8")
        judged = f'"boats {HOSTILE}",{id},1\n"boats of",{HOSTILE},1\n'
        Path("judged.csv").write_text(f"query,paragraph,grade\n{judged}", encoding="utf-8")
        annotation = {**citation.annotation(), "id": "searchlib:0000000000000000", "source": LINES}
        annotation["selector"][0]["exact"] = LINES
        annotation["citation"] = {"id": "0000000000000000", "path": LINES}
        Path("refs.json").write_text(json.dumps([citation.annotation(), annotation]), encoding="utf-8")
        yield folder, id


@pytest.fixture
def hostile(prepared: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A copy of that project, which is the working directory; the id."""
    folder, id = prepared
    shutil.copytree(folder, tmp_path / "copy", symlinks=True)
    monkeypatch.chdir(tmp_path / "copy")
    return id


@pytest.fixture(params=["piped", "terminal", "coloured"])
def seen_by(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What stdout and stderr are."""
    if request.param == "terminal":
        monkeypatch.setattr(output, "is_terminal", lambda stream: True)
        monkeypatch.setattr(progress, "is_terminal", lambda stream: True)
    elif request.param == "coloured":
        monkeypatch.setenv("FORCE_COLOR", "1")
        monkeypatch.setenv("SEARCHLIB_COLOR", "always")


def calls_of(command: str, id: str) -> Iterator[list[str]]:
    for arguments in [*CALLS[command], *EVERYWHERE]:
        yield [command, *(id if argument == ID else argument for argument in arguments)]


def test_there_are_calls_of_every_command() -> None:
    assert set(CALLS) == set(program.list_commands(click.Context(program)))


def test_every_option_that_takes_text_or_changes_what_is_printed_is_called() -> None:
    """A new way to print something is to be added to `CALLS`."""
    for name in COMMANDS:
        command = program.get_command(click.Context(program), name)
        assert command is not None
        given = {argument for call in [*CALLS[name], *EVERYWHERE] for argument in call}
        for option in command.params:
            if isinstance(option, click.Option) and (
                "json" in option.opts[0] or option.name in ("explain", "facet", "sources")
            ):
                assert given & set(option.opts), f"{name} {option.opts}"


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_prints_what_could_steer_a_terminal(command: str, hostile: str, seen_by: None) -> None:
    for call in calls_of(command, hostile):
        assert_harmless(in_process(*call), call)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_manifest_that_is_valid_and_hostile_prints_harmlessly(command: str, hostile: str, seen_by: None) -> None:
    forged = replace(
        read_manifest(Path(INDEX)),
        languages={LINES: 1, HOSTILE: 2},
        types={LINES: 3},
        settings={LINES: LINES, "language": LINES},
        sources={"roots": (LINES, "seeds"), "include": (LINES,), "exclude": (LINES,)},
        metadata_fields=(LINES, "author"),
    )
    for call in calls_of(command, hostile):
        (Path(INDEX) / MANIFEST).write_bytes(forged.encode())
        assert_harmless(in_process(*call), call)


def test_the_program_itself_quotes_harmlessly(seen_by: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for call in ([LINES], [f"--{LINES}"], ["--help"], ["--version"], [], [f"qurey{LINES}", LINES]):
        assert_harmless(in_process(*call), call)


@pytest.mark.parametrize("traceback", ["", "1"])
@pytest.mark.parametrize(
    "fault", [ValueError(LINES), OSError(5, LINES, LINES), SearchlibError(LINES), click.ClickException(LINES)]
)
def test_errors_and_tracebacks_are_harmless(
    fault: Exception, traceback: str, seen_by: None, built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: object, **_: object) -> None:
        raise fault

    monkeypatch.chdir(built)
    monkeypatch.setattr(searchlib, "open", fail)
    monkeypatch.setenv("SEARCHLIB_TRACEBACK", traceback)
    done = in_process("stats")
    assert done.code == 2
    assert "Error" in done.err
    assert_harmless(done)


def test_json_is_json_that_says_the_same(hostile: str, seen_by: None, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = json.loads(in_process("show", hostile, "--json").out)
    assert shown["path"] == f"seeds/{NAME}"
    hits = json.loads(in_process("query", "boats", "--json").out)["hits"]
    assert LINES.replace("\r", "\n") in {
        hit["document"]["metadata"].get("author", "").replace("\r", "\n") for hit in hits
    }
    rows = [json.loads(line) for line in in_process("query", "boats", "--jsonl").out.splitlines()]
    assert [row["document"] for row in rows] == [hit["document"] for hit in hits]


def test_joiners_of_words_and_emoji_are_printed(hostile: str) -> None:
    for call in (["show", hostile], ["show", hostile, "--json"], ["query", "boats", "--full"], ["cite", hostile]):
        assert JOINED in in_process(*call).out


# The function, and that there is no way around it


@pytest.mark.parametrize(
    ("text", "cleaned", "escaped"),
    [
        ("a\x1b[31mb", "a␛[31mb", r"a\x1b[31mb"),
        ("\x00\x7f\x9b", "␀␡\ufffd", r"\x00\x7f\x9b"),
        ("a\u202eb\u2066", "a\ufffdb\ufffd", r"a\u202eb\u2066"),
        ("a\u2028b\u2029c", "a b c", r"a\u2028b\u2029c"),
        ("\u200e\u200f\u061c\ufeff", "\u200b" * 4, r"\u200e\u200f\u061c\ufeff"),
        ("\ud800", "\ufffd", r"\ud800"),
        ("x\U000e0041", "x\ufffd", r"x\U000e0041"),
        ("a\r\nb\rc\td", "a \nb␍c\td", "a\\r\nb\\rc\td"),
        (JOINED, JOINED, JOINED),
        ("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",) * 3,
    ],
)
def test_unsafe_characters_have_one_place(text: str, cleaned: str, escaped: str) -> None:
    assert clean(text) == cleaned
    assert escape(text) == escaped
    assert json.loads(escape_json(json.dumps(text, ensure_ascii=False))) == text
    assert harmless(text) == escaped.replace("\n", "\\n")


def test_all_that_is_put_together_with_a_harmless_text_is_escaped() -> None:
    said = harmless("a")
    for made in (said + "\x1b\n", "\x1b\n" + said, said.replace("a", "\x1b\n"), (said + "\x1b\n")[:]):
        assert type(made) is type(said)
        assert r"\x1b\n" in made and "\x1b" not in made
    assert type(f"{said}") is str, "a format forgets that it is harmless, so it is escaped once more"


def test_nothing_but_the_writer_writes() -> None:
    """No print, click.echo or stream anywhere else in the library: `cli/output.py` is the one way out."""
    root = Path(searchlib.__file__).parent
    others = []
    for file in sorted(root.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Name) and node.id == "print":
                others.append(f"{file.relative_to(root)}:{node.lineno} print")
            if isinstance(node, ast.Attribute) and node.attr in (
                "echo",
                "secho",
                "write",
                "stdout",
                "stderr",
                "__stdout__",
                "__stderr__",
            ):
                owner = ast.unparse(node.value)
                if owner in ("click", "sys", "sys.stdout", "sys.stderr"):
                    others.append(f"{file.relative_to(root)}:{node.lineno} {owner}.{node.attr}")
    allowed = {
        "cli/output.py",  # the writer
        "cli/main.py",  # flushes stdout, and leaves it
        "cli/progress.py",  # asks whether stderr is a terminal
        "concurrency/child.py",  # speaks to its parent through pipes
    }
    assert {one.partition(":")[0] for one in others} <= allowed
    assert not [one for one in others if "cli/output.py" not in one and one.endswith((".write", "echo", "print"))]
