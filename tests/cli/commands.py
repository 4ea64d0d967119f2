"""How the tests of the command line run it, and the seeds that they have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from searchlib.cli.main import program

MEETING = """\
Talks on security in Istanbul

The visit included discussions with representatives of the defense industry. Joint projects were explored.

Energy supplies were the second subject; President Erdoğan named the pipelines of the region.

The parties will meet again in spring.
"""
GUIDE = """\
---
author: Ada
---
# Guide

Read this first.

## Setting up

The industry of bees needs no defense.

```python
for line in lines:
    print("defense", line)
```
"""
ROWS = '{"id": "a", "title": "First row", "text": "A row about pipelines.", "year": 2001}\n'


@dataclass(frozen=True)
class Done:
    """What became of a command."""

    code: int
    out: str
    err: str


Run = Callable[..., Done]


def write_seeds(folder: Path) -> None:
    seeds = folder / "seeds"
    seeds.mkdir()
    (seeds / "meeting.txt").write_text(MEETING, encoding="utf-8")
    (seeds / "guide.md").write_text(GUIDE, encoding="utf-8")
    (seeds / "rows.jsonl").write_text(ROWS, encoding="utf-8")


def in_process(*arguments: str) -> Done:
    result = CliRunner().invoke(program, list(arguments), prog_name="searchlib")
    return Done(result.exit_code, result.stdout, result.stderr)
