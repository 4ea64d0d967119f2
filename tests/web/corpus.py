"""The seeds of the tests of the web: text, Markdown, HTML that would do harm, and rows."""

from __future__ import annotations

from pathlib import Path

from tests.documents.pdfs import Line, lines, pdf

TIDES = """\
---
url: https://example.org/tides
author: Ann Poe
year: 1999
---
# Tides

The tide turns twice a day in the estuary.

## Measuring

Gauges along the estuary measure the tide.

- A gauge of brass
- A gauge of wood

> Time and tide wait for no man.

```python
print("tide")
```

| port | tide |
|---|---|
| Dover | high |
| Calais | low |
"""
HARM = """\
<html><head><title>Harm &lt;b&gt;</title></head><body>
<h1>Harm &lt;b&gt;</h1>
<p>An estuary &lt;script&gt;alert(1)&lt;/script&gt; &amp; an &lt;img src=x onerror=alert(2)&gt; tide.</p>
<script>alert(3)</script></body></html>
"""
ROWS = """\
{"id": "1", "title": "Herons", "text": "Herons fish in the estuary.", "author": "Ann Poe", "year": 1999}
{"id": "2", "title": "Bitterns", "text": "Bitterns boom at night.", "author": "Ben <Low>", "year": 2004}
{"id": "3", "title": "Egrets", "text": "Egrets follow the tide.", "author": "Ben <Low>", "year": 2004}
"""


def write_seeds(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "tides.md").write_text(TIDES, encoding="utf-8")
    (folder / "harm.html").write_text(HARM, encoding="utf-8")
    (folder / "birds.jsonl").write_text(ROWS, encoding="utf-8")
    long = "\n\n".join(f"Entry {number} of the log: the wind was from the west." for number in range(1, 451))
    (folder / "log.txt").write_text(long, encoding="utf-8")
    (folder / "strange.txt").write_text("Seen\u202e and gone\x1b[31m in the estuary.\n\nEnd.\n", encoding="utf-8")


def harbour_pdf() -> bytes:
    """Two pages of 600 by 800 points."""
    tide = (
        "The tide turns twice a day in the estuary, and those who\nwork there know its hours by heart. A gauge of brass"
    )
    hours = (
        "In spring the tide rises six metres. The harbour is closed\nto ships of more than twenty metres until it has"
        " turned,\nand the gates are opened by hand."
    )
    first = [
        Line(70, 710, "The harbour and its tides", 18, "bold"),
        *lines(tide + "\nstands at the mouth of the river since 1874.", 70, 680, 11, 15),
        Line(70, 610, "Opening hours", 14, "bold"),
        *lines(hours, 70, 585, 11, 15),
    ]
    return pdf([first, lines("Appendix. All times are in UTC, also in summer.", 70, 700, 11, 15)])
