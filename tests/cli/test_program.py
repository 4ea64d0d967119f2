"""The program as a whole: help, version, errors, interruptions, pipes, and the terminal."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import searchlib
from searchlib.cli.output import human_bytes, human_seconds

from .commands import Done, Run, in_process

COMMAND = [sys.executable, "-m", "searchlib"]


def on_a_terminal(*arguments: str, columns: int = 80, **variables: str) -> str:
    """What a person sees who runs a command: stdout and stderr on one terminal."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": str(columns), "PYTHONUTF8": "1", **variables}
    with subprocess.Popen(
        [*COMMAND, *arguments], stdin=theirs, stdout=theirs, stderr=theirs, env=environment
    ) as process:
        os.close(theirs)
        seen = b""
        while True:
            try:
                block = os.read(ours, 65536)
            except OSError:  # the other end is closed
                break
            if not block:
                break
            seen += block
        process.wait(30)
    os.close(ours)
    return seen.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_names_every_command(run: Run, flag: str) -> None:
    done = run(flag)
    assert done.code == 0
    for command in ("index", "query", "show", "stats", "verify", "completion"):
        assert re.search(rf"^  {command} ", done.out, re.MULTILINE)
        assert run(command, flag).out.startswith(f"Usage: searchlib {command}")


def test_the_version_is_printed(run: Run) -> None:
    assert run("--version") == Done(0, f"searchlib {searchlib.__version__}\n", "")


def test_a_wrong_command_gets_advice(run: Run) -> None:
    done = run("qurey", "x")
    assert done.code == 2
    assert "No such command 'qurey'. Did you mean 'query'?" in done.err
    assert "To search for it: searchlib query defense industry" in run("defense", "industry").err


def test_a_wrong_option_is_a_usage_error(run: Run) -> None:
    done = run("stats", "--jsn")
    assert (done.code, done.out) == (2, "")
    assert "--json" in done.err


def test_the_module_and_the_script_are_the_same(built: Path, monkeypatch: pytest.MonkeyPatch, spawn: Run) -> None:
    monkeypatch.chdir(built)
    done = spawn("query", "bees")
    assert done.code == 0
    assert done.out.startswith("1. Guide\n")
    assert done == Done(0, in_process("query", "bees").out, done.err)


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (
            PermissionError(13, "Permission denied", "ix/file"),
            "Error: ix/file: Permission denied. See that it is there",
        ),
        (MemoryError(), "Error: This machine has not enough memory free."),
        (ZeroDivisionError("oops"), "Error: A fault in searchlib: ZeroDivisionError: oops. Set SEARCHLIB_TRACEBACK=1"),
    ],
)
def test_no_error_shows_a_traceback(run: Run, monkeypatch: pytest.MonkeyPatch, fault: Exception, message: str) -> None:
    def fail(path: object, **_: object) -> None:
        raise fault

    monkeypatch.setattr(searchlib, "open", fail)
    done = run("stats")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(message)
    assert len(done.err.splitlines()) == 1


def test_a_fault_shows_its_traceback_when_asked(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(path: object, **_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(searchlib, "open", fail)
    monkeypatch.setenv("SEARCHLIB_TRACEBACK", "1")
    done = run("stats")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("  Traceback (most recent call last):\n")
    assert done.err.splitlines()[-1].startswith("Error: A fault in searchlib: ZeroDivisionError")


def test_an_interruption_exits_130_quietly(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(path: object, **_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(searchlib, "open", interrupt)
    assert run("stats") == Done(130, "", "")


def test_ctrl_c_while_indexing_leaves_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a traceback nor an index."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "seeds").mkdir()
    words = " ".join(f"word{number}" for number in range(3000))
    for number in range(300):
        (tmp_path / "seeds" / f"{number}.txt").write_text(f"{words}\n{number} {words}\n", encoding="utf-8")
    process = subprocess.Popen(
        [*COMMAND, "index"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        # Under nohup and in the background of a script, where these tests may run, interrupts are ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - nothing else runs here
    )
    began = time.monotonic()
    while not (tmp_path / "indexes").exists() and time.monotonic() < began + 30:
        time.sleep(0.02)
    time.sleep(0.2)  # it has begun
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, b"", b"")
    assert in_process("verify").code == 2


def test_a_reader_that_goes_away_is_no_error(built: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*COMMAND, "query", "--json", "defense OR industry"],
        cwd=built,
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr
    assert b"Error" not in done.stderr


def test_a_full_disk_is_an_error(built: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([*COMMAND, "query", "bees"], cwd=built, stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 2
    assert b"Error: No space left on device." in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(("words", "code"), [(["query", "bees"], 0), (["query", "nosuchword"], 1), (["qurey"], 2)])
def test_a_stderr_that_cannot_be_written_changes_nothing(built: Path, run: Run, words: list[str], code: int) -> None:
    """A full disk, or a stream that was closed."""
    expected = run(*words)
    assert expected.code == code and expected.err
    command = " ".join([*COMMAND, *words])
    for way in ("2>/dev/full", "2>&-", "2>&- <&-") if code == 0 else ("2>&-",):
        done = subprocess.run(f"{command} {way}", cwd=built, shell=True, stdout=subprocess.PIPE, check=False)
        assert (done.returncode, done.stdout.decode()) == (code, expected.out), way


def test_a_reader_of_stderr_that_went_away_changes_nothing(built: Path, run: Run) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([*COMMAND, "query", "bees"], cwd=built, stdout=subprocess.PIPE, stderr=writing, check=False)
    os.close(writing)
    assert (done.returncode, done.stdout.decode()) == (0, run("query", "bees").out)


def test_a_stdout_that_is_closed_gets_nothing_quietly(built: Path) -> None:
    command = " ".join([*COMMAND, "query", "bees"])
    done = subprocess.run(f"{command} >&-", cwd=built, shell=True, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr and b"Error" not in done.stderr


def test_a_full_disk_is_an_error_even_where_it_cannot_be_said(built: Path) -> None:
    command = " ".join([*COMMAND, "query", "bees"])
    assert subprocess.run(f"{command} >/dev/full 2>/dev/full", cwd=built, shell=True, check=False).returncode == 2


def test_an_encoding_without_the_characters_gets_escapes(
    built: Path, monkeypatch: pytest.MonkeyPatch, spawn: Run
) -> None:
    monkeypatch.chdir(built)
    done = spawn("query", "pipelines", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.code == 0
    assert "Erdo\\u011fan" in done.out
    assert done.out.isascii()
    assert '"pipelines"' in spawn("query", "--json", "pipelines", PYTHONIOENCODING="latin-1", PYTHONUTF8="0").out


def test_a_query_imports_nothing_that_it_does_not_need(built: Path) -> None:
    """Neither what reads and writes seeds, nor Whoosh, with the network that it has for its benchmarks."""
    script = (
        "import sys; from click.testing import CliRunner; from searchlib.cli.main import program; "
        "code = CliRunner().invoke(program, ['query', 'bees']).exit_code; "
        "needless = ('whoosh', 'urllib.request', 'ssl', 'email', 'selectolax', 'markdown_it', 'yaml', 'decimal', "
        "'concurrent.futures', 'searchlib.documents', 'searchlib.paragraphs'); "
        "print(code, *[name for name in needless if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=built, capture_output=True, text=True, check=True)
    assert done.stdout == "0\n"


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_a_terminal_shows_colour_and_lines_that_fit(built: Path, monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    monkeypatch.chdir(built)
    seen = on_a_terminal("query", "defense industry", columns=columns)
    assert "\x1b[1;31mdefense\x1b[0m" in seen
    plain = re.sub(r"\x1b\[[\d;]*m", "", seen)
    assert max(map(len, plain.splitlines())) <= min(columns, 100)
    assert "defense industry" in " ".join(plain.split())


@pytest.mark.parametrize("variables", [{"TERM": "dumb"}, {"NO_COLOR": "1"}])
def test_a_terminal_without_colour_shows_none(
    built: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    monkeypatch.chdir(built)
    assert "\x1b" not in on_a_terminal("query", "bees", **variables)
    assert "\x1b" not in on_a_terminal("show", "nonsense", **variables)


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (150_000, "150 kB"), (2_500_000, "2.5 MB"), (7e9, "7.0 GB")],
)
def test_bytes_are_shown_for_people(number: float, text: str) -> None:
    assert human_bytes(number) == text


@pytest.mark.parametrize(("seconds", "text"), [(0.0031, "3 ms"), (1.24, "1.2 s"), (245, "4:05 min")])
def test_seconds_are_shown_for_people(seconds: float, text: str) -> None:
    assert human_seconds(seconds) == text


def test_standard_input_is_read_as_it_is_said_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    table = b"id,text\n1,a lighthouse\n2,a harbour\n"
    command = [*COMMAND, "index", "-", "--type", "csv", "--index", "table"]
    done = subprocess.run(command, input=table, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "stdin#2" in in_process("query", "harbour", "--index", "table").out
