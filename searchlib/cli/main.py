"""The program: its commands, found by name and imported on demand, and its exit codes.

* 0: done; hits. 1: no hits; problems found. 2: an error, in a sentence on stderr. 130: interrupted.
* A command returns its exit code, or None for 0. Errors are raised as `searchlib.errors.SearchlibError` and shown
  here, once. A reader of stdout that goes away (``searchlib query … | head -1``) is no error, nor is a stderr that
  cannot be written to.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any, cast

import click

from searchlib import __version__
from searchlib.cli.output import guarded, leave, say, say_error
from searchlib.errors import SearchlibError

COMMANDS = {
    "index": "index",
    "query": "query",
    "show": "show",
    "similar": "similar",
    "open": "open",
    "cite": "cite",
    "complete": "complete",
    "serve": "serve",
    "mcp": "mcp",
    "copy": "copy",
    "stats": "stats",
    "verify": "verify",
    "diff": "diff",
    "check": "check",
    "evaluate": "evaluate",
    "judge": "judge",
    "completion": "shells",
}
ALIASES = {"search": "query"}
_HELP: Any = getattr(click.exceptions, "NoArgsIsHelpError", ())  # its message is all of the help

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class Program(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the commands, in the order of use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name or alias, or None."""
        module = COMMANDS.get(ALIASES.get(cmd_name, cmd_name))
        if module is None:
            return None
        return cast(click.Command, importlib.import_module(f"searchlib.cli.commands.{module}").command)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, but saying which command was probably meant."""
        name = args[0] if args else ""
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            ctx.fail(f"No such command {name!r}. {_advice(name, args)}")
        return super().resolve_command(ctx, args)

    def main(self, *arguments: Any, **named: Any) -> Any:
        """Run the program and exit: nothing that is printed, by click either, gets round `output`."""
        with guarded():
            sys.exit(self._main(*arguments, **named))

    def _main(self, *arguments: Any, **named: Any) -> int:
        try:
            return int(super().main(*arguments, **{**named, "standalone_mode": False}) or 0)
        except click.ClickException as error:
            if isinstance(error, _HELP):
                error.show()
                return 2
            context = getattr(error, "ctx", None)
            if context is not None:
                say(*context.get_usage().splitlines(), f"Try '{context.command_path} -h' for help.", "")
            say_error(error.format_message())
            return 2
        except click.Abort:
            return 130

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command and exit with its code."""
        ctx.exit(self._run(ctx))

    def _run(self, ctx: click.Context) -> int:
        try:
            code = super().invoke(ctx)
            sys.stdout.flush()
            return code or 0
        except SearchlibError as error:
            say_error(*getattr(error, "lines", (str(error),)))
        except KeyboardInterrupt:
            return 130
        except BrokenPipeError:
            leave(sys.stdout)
            return 0
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            say_error(f"{where}{error.strerror or error}. See that it is there, and can be read and written.")
        except MemoryError:
            say_error("This machine has not enough memory free. Give --memory, or less at a time.")
        except click.ClickException:
            raise
        except (click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:  # a fault of searchlib
            if os.environ.get("SEARCHLIB_TRACEBACK"):
                import traceback

                say(*(f"  {line}" for line in traceback.format_exc().splitlines()))
            kind = type(error).__name__
            say_error(f"A fault in searchlib: {kind}: {error}. Set SEARCHLIB_TRACEBACK=1 to see where, and report it.")
        return 2


def _advice(name: str, args: list[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, [*COMMANDS, *ALIASES], 1)
    if close:
        return f"Did you mean {close[0]!r}?"
    return f"To search for it: searchlib query {' '.join(args)}"


@click.command(cls=Program, context_settings=CONTEXT)
@click.version_option(__version__, prog_name="searchlib", message="%(prog)s %(version)s")
def program() -> None:
    """Find the paragraph, and where it came from.

    \b
      searchlib index seeds/               index files and folders, or bring the index up to date
      searchlib query "defense industry"   the best paragraphs, with their citations
      searchlib show ID                    a paragraph in its context
      searchlib similar ID                 the paragraphs most like it
      searchlib cite ID                    its citation; cite --check FILES checks those in files
      searchlib open ID                    its source, in $EDITOR; for ID also 3, of the last query's hits
      searchlib serve                      a page to search with, in a browser
      searchlib mcp                        the same for agents

    Defaults come from searchlib.toml or [tool.searchlib] in pyproject.toml, then from SEARCHLIB_* variables.
    """
