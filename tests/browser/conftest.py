"""A browser (Debian's Chromium, driven by Playwright), a server for it, and axe-core.

``SEARCHLIB_CHROMIUM`` is another browser of that kind, ``SEARCHLIB_AXE`` the file axe.min.js of the npm package
axe-core, ``SEARCHLIB_SHOTS`` a folder for screenshots. What is missing is skipped, and fails where ``CI`` is set.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import searchlib
from tests.web.corpus import harbour_pdf, write_seeds
from tests.web.servers import serving

ROOT = Path(__file__).parents[2]


def missing(what: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(f"there is no {what}")
    pytest.skip(f"there is no {what}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    place = os.environ.get("SEARCHLIB_CHROMIUM") or shutil.which("chromium")
    if not place:
        missing("Chromium: apt-get install chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        missing("Playwright: pip install --group browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=place, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe() -> str:
    place = os.environ.get("SEARCHLIB_AXE")
    if not place:
        missing("axe-core: npm pack axe-core, and SEARCHLIB_AXE")
    return Path(str(place)).read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the seeds of the tests, the manual of searchlib, and its own seed."""
    folder = tmp_path_factory.mktemp("browsed")
    write_seeds(folder / "seeds")
    (folder / "seeds" / "harbour.pdf").write_bytes(harbour_pdf())
    cues = "1\n00:00:01,000 --> 00:00:04,000\nGood evening.\n\n2\n00:01:05,000 --> 00:01:09,500\nThe tide is high.\n"
    (folder / "seeds" / "talk.srt").write_text(cues, encoding="utf-8")
    shutil.copytree(ROOT / "docs", folder / "seeds" / "manual", ignore=shutil.ignore_patterns("*.png"))
    shutil.copytree(ROOT / "seeds", folder / "seeds" / "news")
    searchlib.build(folder / "seeds", folder / "indexes" / "default", processes=1).close()
    return folder


@pytest.fixture(scope="session")
def served(built: Path) -> Iterator[str]:
    """The address of a server of it, which reads the seeds."""
    with serving("--sources", folder=built) as (address, _):
        yield address.rstrip("/")


Open = Callable[..., Any]


@pytest.fixture
def opened(browser: Any, served: str) -> Iterator[Open]:
    """Opens a page, in a window of its own; fails for whatever the browser complains of, or asks of anybody else."""
    contexts = []
    complaints: list[str] = []

    def open(path: str, **options: Any) -> Any:
        context = browser.new_context(base_url=served, **options)
        contexts.append(context)
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=served)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda asked: asked.url.startswith(served) or complaints.append(asked.url))
        page.goto(path)
        return page

    yield open
    for context in contexts:
        context.close()
    assert not complaints
