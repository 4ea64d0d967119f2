"""Any other format, by a command that writes its text."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from searchlib import Document, SeedError, SettingsError
from searchlib.documents import Seed
from searchlib.documents.commands import by_command, refused
from searchlib.guards.limits import LIMITS, Limits
from searchlib.paragraphs import split


def read(script: str, data: bytes = b"", limits: Limits = LIMITS, name: str = "a/b.djvu") -> Document:
    command = shlex.join([sys.executable, "-S", "-c", script, "{}"])
    (document,) = by_command(command)(Seed(name, data, limits=limits))
    return document


COPY = "import sys; sys.stdout.buffer.write(open(sys.argv[1], 'rb').read())"


def test_what_the_program_writes_is_the_text() -> None:
    document = read(COPY, "A title\n\nFüchse laufen.\n".encode())
    assert (document.path, document.title, document.type, document.line) == ("a/b.djvu", "A title", "djvu", 0)
    assert [one.text for one in split(document)] == ["Füchse laufen."]


def test_form_feeds_end_pages() -> None:
    document = read(COPY, b"One.\n\nTwo.\n\x0cThree.\n\x0c")
    assert [(one.text, str(one.locators[0])) for one in split(document)] == [
        ("One.", "page 1"),
        ("Two.", "page 1"),
        ("Three.", "page 2"),
    ]


def test_no_shell_sees_the_name_of_the_file(tmp_path: Path) -> None:
    document = read("import sys; print(sys.argv[1:])", name="x; touch evil $(touch evil).djvu")
    assert "evil" not in document.text
    assert document.text.count("seed.djvu") == 1


@pytest.mark.parametrize(
    ("script", "limits", "said"),
    [
        ("import sys; sys.exit('no such page')", LIMITS, r"failed \(no such page\): see what it says of the file"),
        ("import sys; sys.exit(7)", LIMITS, r"failed \(exit code 7\)"),
        ("while True: pass", LIMITS.with_(parser_seconds=1), "took more than 1 seconds; raise it by parser_seconds"),
        (
            "print('x' * 5000)",
            LIMITS.with_(parser_output=1000),
            "gives more than 1,000 bytes; raise it by parser_output",
        ),
        (
            "import os; os.fork(); import time; time.sleep(60)",
            LIMITS.with_(parser_seconds=1),
            "took more than 1 seconds",
        ),
    ],
)
def test_what_goes_wrong_is_told(script: str, limits: Limits, said: str) -> None:
    with pytest.raises(SeedError, match=said):
        read(script, limits=limits)


def test_a_program_that_is_not_there_is_told() -> None:
    with pytest.raises(
        SeedError, match=r"no-such-program cannot be run \(.*\): install it, or take it out of \[loaders\]"
    ):
        list(by_command("no-such-program {}")(Seed("a.djvu", b"")))


@pytest.mark.parametrize("command", ["", "djvutxt", "{}", "djvutxt 'x {}"])
def test_what_is_no_command_says_how_to_write_one(command: str) -> None:
    with pytest.raises(SettingsError, match=r"write it as djvutxt \{\}"):
        by_command(command)


def test_a_command_of_somebody_else_is_named_and_not_run() -> None:
    with pytest.raises(SeedError, match=r"'djvutxt \{\}', which stands in x.toml.*--allow-commands"):
        list(refused("x.toml", "djvutxt {}")(Seed("a.djvu", b"")))
