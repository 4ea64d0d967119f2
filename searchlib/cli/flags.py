"""Options that several commands share, and the settings they end in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import click

from searchlib.cli.pathtypes import FOLDER
from searchlib.cli.settings import COLORS, Commands, Settings, load_settings
from searchlib.engine.locations import scheme_of
from searchlib.errors import SettingsError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

Function = TypeVar("Function", bound=Callable[..., Any])


index_option = click.option("--index", metavar="PATH", type=FOLDER, help="The index.  [default: indexes/default]")
indexes_option = click.option(
    "--index",
    multiple=True,
    metavar="PATH",
    type=FOLDER,
    help="The index; of several, all as one.  [default: indexes/default]",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
timeout_option = click.option(
    "--timeout",
    "limits_timeout",
    type=float,
    metavar="SECONDS",
    help="End the search with an error after so many.  [default: none]",
)

names_option = click.option(
    "--names/--no-names",
    default=None,
    help="Find names in other spellings and scripts too, and say which.  [default: no]",
)


class FormType(click.ParamType):  # type: ignore[type-arg,unused-ignore]  # which has one from click 8.4 on
    """What ``--format`` takes: one of some names, or a template, which has a brace."""

    name = "form"

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The form. Fails for one that there is not."""
        if value in self.names or "{" in value:
            return value
        self.fail(f"there is no form {value}: give {', '.join(self.names)}, or a template as '{{id}} {{title}}'.")

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The names that begin so."""
        from click.shell_completion import CompletionItem

        return [CompletionItem(name) for name in self.names if name.startswith(incomplete)]


def sources_option(help: str) -> Callable[[Function], Function]:
    """``--sources``: to speak of the seeds, which are those that the index remembers ("") or these."""
    return click.option("--sources", multiple=True, is_flag=False, flag_value="", metavar="[SEEDS]", help=help)


def layout_options(function: Function) -> Function:
    """``--shards`` and ``--replicas``, of which `tuning_of` makes what engines take."""
    shards = click.option(
        "--shards", type=click.IntRange(1), metavar="N", help="Shards of an index in a cluster.  [default: 1]"
    )
    replicas = click.option(
        "--replicas", type=click.IntRange(0), metavar="N", help="Copies of each shard there.  [default: 0]"
    )
    return shards(replicas(function))


def tuning_of(index: str, shards: int | None, replicas: int | None) -> dict[str, int] | None:
    """How an index in a cluster is laid out, as far as it is said. Raises SettingsError for one in a folder."""
    given = {name: value for name, value in (("shards", shards), ("replicas", replicas)) if value is not None}
    if given and not scheme_of(index):
        raise SettingsError(f"{index} is a folder: --shards and --replicas are for an index in a cluster")
    return given or None


def color_options(function: Function) -> Function:
    """``--color`` and ``--width``."""
    width = click.option("--width", type=int, metavar="N", help="Columns to fill.  [default: the terminal's]")
    color = click.option(
        "--color", type=click.Choice(COLORS), metavar="WHEN", help="auto, always or never; auto: on a terminal."
    )
    return color(width(function))


class GroupedCommand(click.Command):
    """A command whose help has its options in groups: ``groups`` maps titles to the names of their parameters."""

    def __init__(self, *arguments: Any, groups: Mapping[str, Sequence[str]] | None = None, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.groups = groups or {}

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The groups, and then what is in none."""
        parameters = [parameter for parameter in self.get_params(ctx) if isinstance(parameter, click.Option)]
        grouped = {name for names in self.groups.values() for name in names}
        others = [parameter.name for parameter in parameters if parameter.name not in grouped]
        for title, names in (*self.groups.items(), ("Other options", others)):
            members = [parameter for name in names for parameter in parameters if parameter.name == name]
            rows = [row for row in (member.get_help_record(ctx) for member in members) if row is not None]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)


def settings_with(**flags: object) -> Settings:
    """The settings of the working directory, with these flags; of several indexes the others are ``also``."""
    index = flags.get("index")
    first, *also = index if isinstance(index, tuple) and index else (index,)
    settings = load_settings().with_flags(**{**flags, "index": first})
    if also:
        settings = replace(settings, also=tuple(map(str, also)))
    if settings.loaders is not None:
        add_loaders(settings.loaders, settings.loaders.trusted)
    return settings


def add_loaders(commands: Commands, allowed: bool) -> None:
    """Have files read by commands, if that is ``allowed``."""
    from searchlib.documents import register
    from searchlib.documents.commands import by_command, refused

    for suffix, command in commands.by_suffix.items():
        loader = by_command(command)
        register(suffix, loader if allowed else refused(commands.file, command))
