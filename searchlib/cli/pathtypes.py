"""The types of paths among options and arguments, as shells complete them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class PathType(click.ParamType):  # type: ignore[type-arg,unused-ignore]  # which has one from click 8.4 on
    """A path, as the shell completes it: a ``file`` or a ``dir``."""

    def __init__(self, name: str, kind: str) -> None:
        self.name = name
        self._kind = kind

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """What the shell finds."""
        from click.shell_completion import CompletionItem

        return [CompletionItem(incomplete, type=self._kind)]


FILE: Final = PathType("file", "file")
FOLDER: Final = PathType("path", "dir")
