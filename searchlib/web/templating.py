"""Pages: Jinja2 templates, in which everything is cleaned and escaped unless it was made by `searchlib.render`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from searchlib import __version__
from searchlib.guards.cleaning import clean
from searchlib.render import render

if TYPE_CHECKING:
    from starlette.types import Scope

    from searchlib.highlight import Snippet

HERE = Path(__file__).parent
STATIC = HERE / "static"


@cache
def environment() -> Environment:
    """The templates."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        finalize=_harmless,
    )
    made.filters["counted"] = counted
    made.filters["thousands"] = "{:,}".format
    return made


def rendered(template: str, scope: Scope, **values: Any) -> bytes:
    """A page. ``root`` is what the addresses of the server begin with, ``static`` those of its own files."""
    root = scope.get("root_path", "")
    page = (
        environment()
        .get_template(template)
        .render(
            root=root,
            static=f"{root}/static/{_files_digest()}",
            **{"base": root, "title": "searchlib", "q": "", **values},
        )
    )
    return page.encode("utf-8", "replace")


@cache
def edition() -> str:
    """What tells the pages of this program from those that another would write."""
    return _digest([*STATIC.iterdir(), *(HERE / "templates").iterdir()])


@cache
def _files_digest() -> str:
    return _digest(STATIC.iterdir())


def _digest(files: Iterable[Path]) -> str:
    found = hashlib.blake2b(__version__.encode(), digest_size=6)
    for file in sorted(files):
        found.update(file.read_bytes())
    return found.hexdigest()


def _harmless(value: Any) -> Any:
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def marked(text: str, spans: Sequence[tuple[int, int]] = ()) -> Markup:
    """A text with what matched in ``mark``."""
    from searchlib.highlight import whole

    return snippet(whole(text, spans), text)


def snippet(shown: Snippet, text: str) -> Markup:
    """A snippet of a text, escaped and marked."""
    return Markup(render(shown, text, "html"))


def counted(number: int, noun: str, plural: str = "") -> str:
    """``1 hit``, ``2 hits``, ``12,345 hits``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
