"""Known-item sets of Debian's packages: what is asked is not in what it is to find."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from benchmarks.knownitems import main
from searchlib.evaluation import load_judged

PAGE = """<h1 id="hd_id1">{heading}</h1><p id="par_id2">{text}</p><p id="par_id3">Not translated.</p>"""
MANUAL = """.TH LS 1
.SH НАЗВА
ls \\- список вмісту каталогу
.SH ОПИС
\\fBls\\fR показує файли у каталозі, якщо каталог вказано.
.PP
{text}
"""


def test_pages_of_help_and_manual_pages_become_sets(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for language, package, heading in (("vi", "vi", "Chèn bảng"), ("en-US", "en-us", "Insert table")):
        folder = tmp_path / f"libreoffice-help-{package}" / "usr/share/libreoffice/help" / language / "text"
        folder.mkdir(parents=True)
        page = PAGE.format(heading=heading, text=f"{heading}: " + language * 60)
        (folder / "table.html").write_text(page, encoding="utf-8")
    folder = tmp_path / "manpages-uk/usr/share/man/uk/man1"
    folder.mkdir(parents=True)
    (folder / "ls.1.gz").write_bytes(gzip.compress(MANUAL.format(text="Ще один абзац. " * 9).encode()))
    main(str(tmp_path / "out"), str(tmp_path / "libreoffice-help-vi"), str(tmp_path / "manpages-uk"))
    assert capsys.readouterr().out == (
        "libreoffice-help-vi 1 documents, 1 queries\nmanpages-uk 1 documents, 1 queries\n"
    )
    texts = {}
    for name, asked, target in (
        ("libreoffice-help-vi", "Chèn bảng", "table.html"),
        ("manpages-uk", "список вмісту каталогу", "ls.1"),
    ):
        judged = load_judged(tmp_path / "out" / name)
        assert list(judged.queries.values()) == [asked]
        assert judged.grades["q0"] == {target: 1}
        texts[name] = json.loads((tmp_path / "out" / name / "corpus.jsonl").read_text(encoding="utf-8"))["text"]
    assert texts["libreoffice-help-vi"] == "Chèn bảng: " + "vi" * 60
    first, *others = texts["manpages-uk"].split("\n\n")
    assert (first, len(others)) == ("ls показує файли у каталозі, якщо каталог вказано.", 1)
