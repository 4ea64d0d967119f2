"""The examples of docs/highlights.md print what the page says."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import searchlib

PAGE = (Path(__file__).parents[2] / "docs" / "highlights.md").read_text(encoding="utf-8")


def test_the_examples_print_what_the_page_says(tmp_path: Path) -> None:
    blocks = re.findall(r"^```(markdown|python|text)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    (seed,) = (block for language, block in blocks if language == "markdown")
    examples = [block for language, block in blocks if language != "markdown"]
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "harbour.md").write_text(seed, encoding="utf-8")
    with searchlib.build(tmp_path / "seeds", tmp_path / "index", processes=1) as index:
        for code, expected in zip(examples[::2], examples[1::2], strict=True):
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(code, {"index": index})
            assert printed.getvalue() == expected
