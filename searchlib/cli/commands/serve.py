"""``searchlib serve``: a page to search with, and the API over HTTP."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from searchlib.cli.extras import needing
from searchlib.cli.flags import names_option, settings_with, sources_option, timeout_option
from searchlib.cli.obtaining import open_index, open_or_build, seeds_to_read
from searchlib.cli.output import counted, say
from searchlib.cli.settings import Settings
from searchlib.cli.watch import watching_beside
from searchlib.errors import SettingsError

if TYPE_CHECKING:
    from searchlib import Index
    from searchlib.web.running import Certificate

PORT = 8700
TOKEN = "SEARCHLIB_TOKEN"


@click.command("serve")
@click.argument("indexes", nargs=-1, metavar="[PATH | NAME=PATH]...")
@click.option("--host", default="127.0.0.1", metavar="ADDRESS", help="Where to listen.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, metavar="N", help=f"[default: {PORT}]; 0: any.")
@click.option("--token", metavar="TEXT", help=f"What to ask everybody for.  [default: that of {TOKEN}]")
@click.option("--allow-host", "hosts", multiple=True, metavar="NAME", help="A name to answer to; may be repeated.")
@click.option(
    "--cors", "origins", multiple=True, metavar="ORIGIN", help="A web site whose scripts may ask; repeatable."
)
@click.option("--root-path", default="", metavar="PATH", help="What addresses begin with behind a proxy, as /search.")
@click.option("--certificate", metavar="FILE", help="Encrypt with the certificates in it (PEM); needs --key.")
@click.option("--key", metavar="FILE", help="The private key of the certificate (PEM).")
@sources_option("Also read the seeds, which are those that the index remembers or these; may be repeated.")
@click.option(
    "--facet", "facets", multiple=True, metavar="FIELD", help="A field that the page counts; may be repeated."
)
@click.option("--mcp", is_flag=True, help="Also answer agents, at /mcp (the Model Context Protocol).")
@click.option("--watch", is_flag=True, help="Bring the index up to date whenever the seeds of the settings change.")
@click.option("--synonyms", metavar="FILE", help="Words to find for others: docs/query-language.md has the format.")
@names_option
@timeout_option
def command(  # noqa: PLR0913, PLR0917 - an option each
    indexes: tuple[str, ...],
    host: str,
    port: int,
    token: str | None,
    hosts: tuple[str, ...],
    origins: tuple[str, ...],
    root_path: str,
    certificate: str | None,
    key: str | None,
    sources: tuple[str, ...],
    facets: tuple[str, ...],
    mcp: bool,
    watch: bool,
    **given: Any,
) -> None:
    """Serve a page to search with, and the API over HTTP.

    \b
      searchlib serve                                    the index of the settings, at http://127.0.0.1:8700/
      searchlib serve news=indexes/news law=indexes/law  several, each at /NAME/
      searchlib serve --host 0.0.0.0                     to other machines, by a token

    It answers from the newest generation, also when the index is brought up to date meanwhile. Other machines than this
    one are asked for a token, which is made and printed if none is given. docs/serving.md has more.
    """
    needing("web", "serve", "searchlib.web")
    from searchlib.web import ServeOptions, app
    from searchlib.web.running import address_of, listening, run

    beside = needing("mcp", "serve --mcp", "searchlib.agents").mcp_routes if mcp else None
    from searchlib.concurrency.sandbox import keeping

    if watch and indexes:
        raise SettingsError("--watch is for the index of the settings: leave out PATH, or run searchlib index --watch")
    proof = _certificate(certificate, key)
    settings = settings_with(**given)
    options = ServeOptions(
        **_reached_at(host, hosts, token),
        origins=origins,
        sources=seeds_to_read(sources, settings),
        facets=facets or None,
        root_path=root_path.rstrip("/"),
    )
    with ExitStack() as stack:
        opened = {name: stack.enter_context(index) for name, index in _opened(indexes, settings).items()}
        application = app(opened, options, beside=beside)
        listener = listening(host, port)
        address = address_of(listener, host, options.root_path, proof)

        def ready() -> None:
            shown = next(iter(opened)) if len(opened) == 1 else counted(len(opened), "index", "indexes")
            asked = f"?token={options.token}" if options.token else ""
            say(f"Serving {shown} at {address}{asked} (stop it with Ctrl-C)")

        stack.enter_context(keeping())
        if watch:
            stack.enter_context(watching_beside())
        run(application, listener, ready, proof)


def _reached_at(host: str, hosts: tuple[str, ...], token: str | None) -> dict[str, Any]:
    """The options of who may ask: where other machines can, by a token, which is made if none is given."""
    import secrets
    import socket

    from searchlib.web.running import is_loopback
    from searchlib.web.serveoptions import LOOPBACK

    is_public = not is_loopback(host)
    own = (host, socket.gethostname()) if is_public else (host,)
    token = token or os.environ.get(TOKEN, "") or (secrets.token_urlsafe(24) if is_public else "")
    return {"hosts": (*LOOPBACK, *own, *hosts), "any_address": is_public, "token": token}


def _certificate(chain: str | None, key: str | None) -> Certificate | None:
    """What is given to encrypt with. Raises SettingsError where it is not whole, or not sound."""
    from searchlib.web.running import Certificate

    if chain is None or key is None:
        if chain != key:
            raise SettingsError("--certificate and --key go together: give both")
        return None
    found = Certificate(chain, key)
    found.check()
    return found


def _opened(given: tuple[str, ...], settings: Settings) -> dict[str, Index]:
    """The indexes by name; that of the settings, built first if there is none, where none is given."""
    if not given:
        index = open_or_build(settings)
        index.close()
        return {"searchlib": open_index(settings, refresh="auto")}
    found: dict[str, Index] = {}
    for text in given:
        name, equals, path = text.partition("=")
        if not equals or Path(text).exists():
            name, path = "searchlib" if len(given) == 1 else Path(text).resolve().name, text
        if name in found:
            raise SettingsError(f"two indexes are called {name}: give them names, as in {name}=PATH other=PATH")
        found[name] = open_index(settings.with_flags(index=path), refresh="auto")
    return found
