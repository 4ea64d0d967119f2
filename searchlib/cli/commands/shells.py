"""``searchlib completion``: the script by which a shell completes commands and options."""

from __future__ import annotations

import click

from searchlib.cli.output import Output

SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS), metavar="SHELL")
def command(shell: str) -> None:
    """Print the completion script for SHELL: bash, zsh or fish.

    \b
      bash: searchlib completion bash > ~/.local/share/bash-completion/completions/searchlib
      zsh:  searchlib completion zsh > a file named _searchlib in a folder of $fpath
      fish: searchlib completion fish > ~/.config/fish/completions/searchlib.fish
    """
    from click.shell_completion import get_completion_class

    from searchlib.cli.main import program

    kind = get_completion_class(shell)
    assert kind is not None
    Output(color=False, width=0).lines(kind(program, {}, "searchlib", "_SEARCHLIB_COMPLETE").source())
