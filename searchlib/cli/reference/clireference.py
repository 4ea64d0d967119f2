"""docs/cli.md, written from the commands and the settings themselves."""

from __future__ import annotations

import re
from pathlib import Path

import click

from searchlib.cli.main import ALIASES, CONTEXT, program
from searchlib.cli.settings import KEYS, LIMIT, PREFIX, RANKING, in_file
from searchlib.cli.settings import MEANINGS as SETTINGS_MEAN
from searchlib.guards.limits import LIMITS
from searchlib.guards.limits import MEANINGS as LIMITS_MEAN
from searchlib.model.ranking import DEFAULT_RANKING

WIDTH = 80
PAGE = Path("docs/cli.md")

OPENING = """\
# The command line

Written by `python -m searchlib.cli.reference --write` from the commands themselves; a test checks that it is current.

Data goes to standard output, everything else (warnings, counts, progress, advice) to standard error.

| exit code | meaning |
|---|---|
| 0 | done; there are hits; the index is sound |
| 1 | no hits; the index is not sound |
| 2 | an error: one sentence on standard error says what to do |
| 130 | interrupted |

On a terminal, output has colour and is wrapped to the width, to at most 100 columns. Piped, it has neither, so that
it is the same everywhere. `NO_COLOR` turns colour off, `FORCE_COLOR` on; `TERM=dumb` is respected; `--color` has the
last word.
"""

SETTINGS = """\
## Settings

Defaults come from the nearest `searchlib.toml`, or `[tool.searchlib]` in `pyproject.toml`, in the working directory or
above it; then from the environment; then from flags. Paths in a file are relative to that file, and so are the
default paths where there is one. A list in a variable has commas between its items. An unknown key is an error.

```toml
[tool.searchlib]
index = "indexes/default"
seeds = ["seeds"]
exclude = ["drafts/"]
limit = 20

[tool.searchlib.limits]
timeout = 5

[tool.searchlib.ranking]
title = 2
```
"""


def _default(value: float | None) -> str:
    return "no limit" if value is None else f"{value:,}"


_RANKING = {
    "k1": "how late the score of a word that is repeated saturates",
    "b": "how much the length of a text counts, 0 to 1",
    "short": "words below which a paragraph counts as the longer the shorter it is, as headings are; 0: none",
    "delta": "what a word is worth in however long a text (BM25+)",
    "accent": "what a word counts that has other accents, 0 to 1",
    "function": "what a function word counts beside others, 0 to 1",
    "letters": "what runs of letters count in a question",
    "near": "what counts in a question that its words stand near one another",
    "document": "what other paragraphs of the document count in a question",
    "form": "what another form of a word than was typed counts, 0 to 1",
}
_MEANINGS = {
    **SETTINGS_MEAN,
    **{
        RANKING + name: f"{_RANKING.get(name, f'what a word in `{name}` counts')}; {value:g}"
        for name, value in DEFAULT_RANKING.as_dict().items()
    },
    **{LIMIT + name: f"{meaning}, at most; {_default(getattr(LIMITS, name))}" for name, meaning in LIMITS_MEAN.items()},
}


def page() -> str:
    """The whole page, in Markdown."""
    parts = [OPENING, SETTINGS, _settings_table()]
    context = click.Context(program, info_name="searchlib", terminal_width=WIDTH, **CONTEXT)  # type: ignore[arg-type]
    parts.append(_section("searchlib", program, context))
    for name in program.list_commands(context):
        command = program.get_command(context, name)
        assert command is not None
        parts.append(
            _section(f"searchlib {name}", command, click.Context(command, context, name, terminal_width=WIDTH))
        )
    return "\n".join(parts)


def _section(title: str, command: click.Command, context: click.Context) -> str:
    help_text = re.sub(r"[ \t]+$", "", command.get_help(context), flags=re.MULTILINE)
    other = [alias for alias, name in ALIASES.items() if title == f"searchlib {name}"]
    also = f"Also `searchlib {other[0]}`.\n\n" if other else ""
    return f"## {title}\n\n{also}```text\n{help_text}\n```\n"


def _settings_table() -> str:
    rows = ["| key | variable | meaning and default |", "|---|---|---|"]
    rows += [f"| `{in_file(key)}` | `{PREFIX}{key.upper()}` | {_MEANINGS[key]} |" for key in KEYS]
    return "\n".join(rows) + "\n"
