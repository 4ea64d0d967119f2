"""docs/agents.md: the session on it is held, and every tool is there."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

import searchlib
from searchlib.agents.tools import TOOLS

from .asking import calling, text_of

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "agents.md").read_text(encoding="utf-8")


def test_the_session_on_the_page_is_what_a_client_sees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    monkeypatch.chdir(tmp_path)
    (session,) = re.findall(r"^```text\n(→.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    called = []
    with searchlib.build("seeds", "index", processes=1) as index:
        for shown in re.split(r"^→ ", session, flags=re.MULTILINE)[1:]:
            call, _, answer = shown.partition("\n")
            name, _, arguments = call.partition(" ")
            called.append(name)
            assert text_of(calling(index, name, **json.loads(arguments))) == answer.rstrip("\n"), call
    assert called == ["search", "context", "citation", "check_citations"]


def test_the_page_has_every_tool() -> None:
    assert re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE) == [tool.name for tool in TOOLS]
