"""``searchlib open``: what is run, with what, and what is never run."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

import searchlib

from .commands import Done, in_process

Opened = Callable[..., tuple[Done, list[str]]]


@pytest.fixture
def programs(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of programs, the only ones there are: each writes down what it was given."""
    assert in_process("index").code == 0
    folder = fresh / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    for name in ("VISUAL", "EDITOR", "PDFVIEWER"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def opened(programs: Path) -> Opened:
    def run(*arguments: str) -> tuple[Done, list[str]]:
        log = programs / "log"
        log.unlink(missing_ok=True)
        done = in_process("open", *arguments)
        return done, log.read_text(encoding="utf-8").splitlines() if log.exists() else []

    return run


def install(programs: Path, name: str, code: int = 0) -> None:
    program = programs / name
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" {name} "$@" > {programs}/log\nexit {code}\n', encoding="utf-8")
    program.chmod(0o755)


@pytest.mark.parametrize(
    ("editor", "given"),
    [
        ("vim", ["vim", "+10", "FILE"]),
        ("emacsclient -n", ["emacsclient", "-n", "+10", "FILE"]),
        ("code --wait", ["code", "--wait", "--goto", "FILE:10"]),
        ("hx", ["hx", "FILE:10"]),
        ("pycharm", ["pycharm", "--line", "10", "FILE"]),
    ],
)
def test_text_is_opened_in_the_editor_at_its_line(
    opened: Opened, programs: Path, fresh: Path, monkeypatch: pytest.MonkeyPatch, editor: str, given: list[str]
) -> None:
    install(programs, editor.split(maxsplit=1)[0])
    monkeypatch.setenv("EDITOR", editor)
    done, ran = opened("seeds/guide.md:10")
    assert (done.code, done.err) == (0, "")
    assert ran == [word.replace("FILE", str(fresh / "seeds" / "guide.md")) for word in given]


def test_visual_comes_before_editor(opened: Opened, programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, name in (("VISUAL", "one"), ("EDITOR", "two")):
        install(programs, name)
        monkeypatch.setenv(variable, name)
    assert opened("seeds/guide.md:10")[1][0] == "one"


def test_where_it_stands_can_be_printed_instead(opened: Opened, fresh: Path) -> None:
    done, ran = opened("seeds/guide.md:10", "--print")
    assert (done.out, ran) == (f"{fresh / 'seeds' / 'guide.md'}:10\n", [])


def pdf(fresh: Path) -> str:
    """The id of a paragraph on the second page of a PDF, as far as an index knows."""
    (fresh / "more").mkdir()
    (fresh / "more" / "a.pdf").write_bytes(b"%PDF-1.4\n%%EOF\n")
    (fresh / "more" / "b.txt").write_text("Another one.\n", encoding="utf-8")
    with searchlib.build("more", "ix") as index:
        block = searchlib.Block(0, 4, line=0, locators=(searchlib.Locator("page", 2),))
        writer = index._engine.open_writer(index.path)  # type: ignore[arg-type]
        writer.add(searchlib.Document("more/a.pdf", "Text", blocks=(block,)), seed="more/a.pdf", digest="")
        known = index._engine.remembered(index.path).seeds  # type: ignore[arg-type]
        writer.commit({**known, "more/a.pdf": "0" * 32})
    return str(json.loads(in_process("query", "text", "--index", "ix", "--json").out)["hits"][0]["id"])


def test_a_pdf_is_opened_in_a_viewer_at_its_page(
    opened: Opened, programs: Path, fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    id, file = pdf(fresh), str(fresh / "more" / "a.pdf")
    done, ran = opened(id, "--index", "ix")
    assert (done.code, ran) == (2, [])
    assert "there is nothing here to open" in done.err
    install(programs, "xdg-open")
    done, ran = opened(id, "--index", "ix")
    assert ran == ["xdg-open", file]
    assert "a.pdf: page 2" in done.err
    install(programs, "zathura")
    assert opened(id, "--index", "ix")[1] == ["zathura", "--page=2", file]
    install(programs, "mine")
    monkeypatch.setenv("PDFVIEWER", "mine")
    assert opened(id, "--index", "ix")[1] == ["mine", file]


def test_without_an_editor_text_is_not_handed_to_the_desktop(opened: Opened, programs: Path) -> None:
    install(programs, "xdg-open")
    done, ran = opened("seeds/guide.md:10")
    assert (done.code, ran) == (2, [])
    assert "set EDITOR to one" in done.err


@pytest.mark.parametrize(
    ("editor", "said"), [("nowhere", "cannot be run"), ("fails", "ended with 3"), ("  ", "is no program")]
)
def test_what_goes_wrong_with_an_editor_is_said(
    opened: Opened, programs: Path, monkeypatch: pytest.MonkeyPatch, editor: str, said: str
) -> None:
    install(programs, "fails", 3)
    monkeypatch.setenv("EDITOR", editor)
    done, _ = opened("seeds/guide.md:10")
    assert (done.code, said in done.err) == (2, True)


def test_nothing_but_a_file_of_the_seeds_is_opened(
    opened: Opened, programs: Path, fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(programs, "vim")
    monkeypatch.setenv("EDITOR", "vim")
    outside = fresh / "outside.txt"
    outside.write_text("Secret.\n", encoding="utf-8")
    guide = fresh / "seeds" / "guide.md"
    guide.unlink()
    for swap in (partial(guide.symlink_to, outside), partial(os.mkfifo, guide), guide.mkdir):
        swap()
        done, ran = opened("seeds/guide.md:10")
        assert (done.code, ran) == (2, [])
        assert "is not there to be opened" in done.err
        guide.rmdir() if guide.is_dir() and not guide.is_symlink() else guide.unlink()
    done, ran = opened("seeds/guide.md:10")
    assert (done.code, ran) == (2, [])
    with searchlib.open("indexes/default") as index, index.writer() as writer:
        for path in ("/etc/passwd", "seeds/../outside.txt", "--help", "seeds/x\0y"):
            writer.add(searchlib.Document(path, "Forged words."))
    for id in in_process("query", "forged", "--format", "{id}").out.split():
        done, ran = opened(id)
        assert (done.code, ran) == (2, [])
        assert "it came by a writer" in done.err
