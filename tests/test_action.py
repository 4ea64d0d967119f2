"""The GitHub Action and the hooks for pre-commit: their steps, as they are written, in a clean clone."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from cli.commands import in_process

ROOT = Path(__file__).parents[1]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
CHECKS = '[[check]]\nquery = "defense industry"\nfirst = { quote = "defense industry representatives" }\n'

pytestmark = pytest.mark.skipif(
    shutil.which("git") is None or not (ROOT / ".git").exists(), reason="there is no repository to be cloned"
)


def run(arguments: list[str], folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        arguments,
        cwd=folder,
        env={
            **{
                name: value
                for name, value in os.environ.items()
                if not name.startswith(("SEARCHLIB_", "GIT", "ACTION_"))
            },
            "PATH": f"{folder.parent / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "PYTHONUTF8": "1",
            **variables,
        },
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clean clone of this repository, of which its seeds are enough, with checks and a citation; and a command."""
    folder = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", "--shared", "--sparse", str(ROOT), str(folder)], check=True)
    subprocess.run(["git", "sparse-checkout", "set", "seeds"], cwd=folder, check=True, capture_output=True)
    command = tmp_path / "bin" / "searchlib"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m searchlib "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    (folder / "checks.toml").write_text(CHECKS, encoding="utf-8")
    (folder / "notes").mkdir()
    (folder / "notes" / "a.md").write_text("Joint projects: searchlib:70d6ndac4095q2qa\n", encoding="utf-8")
    return folder


def steps(folder: Path, given: Mapping[str, str]) -> tuple[int, str, dict[str, str]]:
    """The exit code of the steps, their summary and outputs: run as GitHub does, as far as that goes."""
    inputs = {name: str(one.get("default", "")) for name, one in ACTION["inputs"].items()}
    assert set(given) <= set(inputs)
    values = {f"inputs.{name}": value for name, value in {**inputs, "install": "false", **given}.items()}
    summary, output = folder.parent / "summary.md", folder.parent / "output"
    summary.unlink(missing_ok=True)
    for step in ACTION["runs"]["steps"]:
        said = {name: str(value) for name, value in {**step.get("with", {}), **step.get("env", {})}.items()}
        filled = {
            name: re.sub(r"\$\{\{ (\S+) \}\}", lambda match: values[match[1]], value) for name, value in said.items()
        }
        if "uses" in step:
            assert step["uses"].startswith("actions/cache@")
            assert re.fullmatch(r"searchlib-any-[0-9a-f]{32}", filled["key"])
            assert filled["key"].startswith(filled["restore-keys"])
            continue
        output.write_text("", encoding="utf-8")
        files = {"GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(summary), "GITHUB_ACTION_PATH": str(ROOT)}
        done = run(["bash", "-eo", "pipefail", "-c", step["run"]], folder, **filled, **files)
        for line in output.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition("=")
            values[f"steps.{step['id']}.outputs.{name}"] = value
        if done.returncode:
            break
    found = {
        name: re.sub(r"\$\{\{ (\S+) \}\}", lambda match: values.get(match[1], ""), one["value"])
        for name, one in ACTION["outputs"].items()
    }
    return done.returncode, summary.read_text(encoding="utf-8") if summary.exists() else done.stderr, found


def test_the_steps_of_the_action_index_verify_and_check(clone: Path) -> None:
    given = {"seeds": "seeds", "checks": "checks.toml\n", "citations": "notes\nREADME.md"}
    code, summary, outputs = steps(clone, given)
    assert code == 0, summary
    heads = [line for line in summary.splitlines() if line.startswith("###")]
    assert heads[:3] == ["### ✅ index", "### ✅ verify", "### ✅ 1 check: 1 held"]
    assert heads[3].startswith("### ✅ ") and "unchanged" in heads[3]
    assert re.fullmatch("[0-9a-f]{32}", outputs["digest"])
    assert not run(["git", "status", "--porcelain", "--", "seeds", "README.md"], clone).stdout, (
        "a clean clone stays one"
    )
    key = outputs["key"]
    seed = next((clone / "seeds").glob("*.txt"))
    seed.write_text(seed.read_text(encoding="utf-8").replace("joint defense projects", "joint plans"), encoding="utf-8")
    code, summary, outputs = steps(clone, {**given, "checks": "nowhere.toml"})
    assert code == 1, "and a step that fails keeps no other from being taken"
    assert outputs["key"] != key, "the cache is that of other seeds"
    heads = [line for line in summary.splitlines() if line.startswith("###")]
    assert heads[1] == "### ✅ verify"
    assert heads[2].startswith("### ❌ ") and "gone" in heads[2]


def test_a_key_that_cannot_be_had_ends_the_job(clone: Path) -> None:
    code, said, _ = steps(clone, {"seeds": "nowhere"})
    assert code == 2
    assert "There is no nowhere" in said


def test_nothing_is_decided_in_yaml() -> None:
    """Expressions are names alone, and what is given reaches a shell as a variable."""
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")
        assert "if" not in step
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    assert all(re.fullmatch(r"(inputs|steps)\.[\w.-]+", name) for name in re.findall(r"\$\{\{ (.*?) \}\}", text))


def test_the_hooks_run_as_they_are_written(clone: Path) -> None:
    given = {"searchlib-check": ["checks.toml"], "searchlib-cite": ["notes/a.md", "README.md"]}
    assert [hook["id"] for hook in HOOKS] == [
        "searchlib-index",
        "searchlib-verify",
        "searchlib-check",
        "searchlib-cite",
    ]
    for hook in HOOKS:
        assert {"id", "name", "entry", "language"} <= set(hook)
        done = run([*hook["entry"].split(), *given.get(hook["id"], [])], clone)
        assert done.returncode == 0, (hook["id"], done.stderr)
    seed = next((clone / "seeds").glob("*.txt"))
    seed.write_text("Another text altogether.\n", encoding="utf-8")
    codes = [run([*hook["entry"].split(), *given.get(hook["id"], [])], clone).returncode for hook in HOOKS[1::2]]
    assert codes == [1, 1], "the index is older than its seeds, and what is cited is gone"


# The key of a cache


def test_the_key_is_of_all_that_decides_what_an_index_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    seed = tmp_path / "seeds" / "a.txt"
    seed.parent.mkdir()
    seed.write_text("A harbour.\n", encoding="utf-8")

    def key(*arguments: str) -> str:
        done = in_process("index", "--key", *arguments)
        assert done.code == 0, done.err
        return done.out.strip()

    whole = key()
    assert re.fullmatch("[0-9a-f]{32}", whole)
    elsewhere = run(
        [sys.executable, "-m", "searchlib", "index", "--key"], tmp_path, PYTHONHASHSEED="7", TZ="Asia/Tokyo"
    )
    assert elsewhere.stdout.strip() == whole
    assert not (tmp_path / "indexes").exists(), "nothing is built"
    others = [key("--language", "de"), key("--exclude", "x"), key("--file-metadata", "folder")]
    monkeypatch.setenv("SEARCHLIB_LIMITS_FILE_BYTES", "1000")
    others.append(key())
    monkeypatch.delenv("SEARCHLIB_LIMITS_FILE_BYTES")
    seed.write_text("Another harbour.\n", encoding="utf-8")
    others.append(key())
    assert len({whole, *others}) == 6
    seed.write_text("A harbour.\n", encoding="utf-8")
    assert key() == whole
