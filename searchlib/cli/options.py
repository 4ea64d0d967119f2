"""Options that several commands share, and the settings they end in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from searchlib.settings import COLORS, Settings, load_settings

Function = TypeVar("Function", bound=Callable[..., Any])


def index_option(function: Function) -> Function:
    """``--index``."""
    return click.option("--index", metavar="PATH", help="The index.  [default: indexes/default]")(function)


def json_option(function: Function) -> Function:
    """``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(function)


def color_options(function: Function) -> Function:
    """``--color`` and ``--width``."""
    width = click.option("--width", type=int, metavar="N", help="Columns to fill.  [default: the terminal's]")
    color = click.option(
        "--color", type=click.Choice(COLORS), metavar="WHEN", help="auto, always or never; auto: on a terminal."
    )
    return color(width(function))


def settings_with(**flags: Any) -> Settings:
    """The settings of the working directory, with these flags."""
    return load_settings().with_flags(**flags)
