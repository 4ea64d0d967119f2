"""Seeds of every kind, for tests that compare indexes: many scripts, metadata, rows, repeated and empty paragraphs.

``python tests/engine/corpus.py FOLDER`` writes them.
"""

# ruff: noqa: E501 - wide letters count twice

from __future__ import annotations

import json
import sys
from pathlib import Path

TEXTS = {
    "notes.txt": "Notes\n\nThe harbour is closed in winter.\n\nShips wait outside the harbour until spring.\n",
    "erdoğan.txt": "Mektup\n\nErdoğan İstanbul'da.\n\nERDOĞAN, Erdogan, ısparta, Şişli.\n\nErdoğan konuştu.\n",
    "straße.md": "---\nby: Jürgen Groß\nyear: 1912\n---\n# Straße\n\nDie Häfen sind geschlossen.\n\n## Größe\n\nÜber Maß.\n",
    "日本.txt": "日本語\n\n東京都の港は冬に閉まる。\n\n港の船。ｶﾀｶﾅ と カタカナ。\n",
    "thai.txt": "ไทย\n\nท่าเรือปิดในฤดูหนาว\n\nเรือรออยู่ข้างนอก\n",
    "ελλάδα.txt": "Ελλάδα\n\nΤο λιμάνι είναι κλειστό τον χειμώνα.\n\nΟΔΥΣΣΕΥΣ Ὀδυσσεύς\n",
    "arabic.txt": "ميناء\n\nالميناء مغلق في الشتاء.\n\nالسفن تنتظر.\n",
    "newer.txt": "Newer letters\n\n\U00011f04\U00011f05 \U00031350\U00031351 \U0001e4d0 \U0002ebf0 \u0897 \U000105c0 x\n",
    "same10.txt": "Same\n\nThe same.\n\nThe same.\n",
    "same9.txt": "Same\n\nThe same.\n\nThe same.\n",
    "page.html": "<html><head><title>A page</title></head><body><h1>Page</h1><p>Of <b>harbours</b>.</p><ul><li>One</ul></html>",
    "empty.txt": "",
}
ROWS = [
    {
        "id": f"r{number}",
        "title": f"Row {number}",
        "text": f"Row {number} of harbours.",
        "port": f"P{number % 3}",
        "n": number,
    }
    for number in range(40)
]


def write_corpus(folder: Path, *, backwards: bool = False) -> None:
    """Write all seeds into a new folder, in one order or the other."""
    files = {**TEXTS, "rows.jsonl": "".join(json.dumps(row) + "\n" for row in ROWS)}
    (folder / "below").mkdir(parents=True)
    for name in sorted(files, reverse=backwards):
        (folder / name).write_text(files[name], encoding="utf-8", newline="")
        (folder / "below" / name).write_text(files[name] + "\n", encoding="utf-8", newline="")


if __name__ == "__main__":
    write_corpus(Path(sys.argv[1]))
