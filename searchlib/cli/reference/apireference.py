"""docs/api.md, written from docstrings and signatures: see `reference`, which prints, writes and checks it.

`SECTIONS` says what is public and in which order. What stands before the names of a section is in `apiguide`.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from searchlib import errors
from searchlib.api.asynchronous import AsyncIndex
from searchlib.cli.reference.apiguide import GUIDE, OPENING

PAGE: Final = Path("docs/api.md")
WIDTH: Final = 100
_BLOCKS: Final = re.MULTILINE | re.DOTALL
_ERRORS: Final = f"({'|'.join(name for name, value in vars(errors).items() if inspect.isclass(value))})"

SECTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "Making and opening": (
        *("searchlib:build", "searchlib:open", "searchlib:Index", "searchlib.engine.locations:JointLocation"),
        *("searchlib:copy", "searchlib:Limits"),
    ),
    "What is found": (
        *("searchlib:Results", "searchlib:Hit", "searchlib.search.hits:Stream", "searchlib.engine.answers:Facet"),
        *("searchlib.engine.answers:FacetCount", "searchlib.query:QueryWarning", "searchlib.spelling:Completion"),
        *("searchlib.highlight:Snippet", "searchlib.highlight:Fragment", "searchlib.highlight:Highlights"),
        *("searchlib.engine.explaining:Explanation", "searchlib.engine.explaining:Occurrence"),
    ),
    "Filters, nodes and synonyms": (
        *("searchlib.search.filtering", "searchlib.search.filtering:AnyOf", "searchlib.search.filtering:NoneOf"),
        "searchlib.query.nodes",
        *(f"searchlib.query.nodes:{name}" for name in ("And", "Or", "Not", "Best", "Optional", "Require", "Constant")),
        *(f"searchlib.query.nodes:{name}" for name in ("Near", "Value", "Range", "Prefix", "Wildcard", "Fuzzy")),
        *(f"searchlib.query.nodes:{name}" for name in ("Everything", "Word", "Phrase")),
        *("searchlib.query.synonyms", "searchlib.query.synonyms:Synonyms", "searchlib.query.synonyms:load_synonyms"),
        "searchlib.model.ranking:BM25F",
    ),
    "Documents and paragraphs": (
        *("searchlib:Record", "searchlib:DocumentInfo", "searchlib:Paragraph", "searchlib:Locator"),
        "searchlib.search.outline:OutlineSection",
    ),
    "Citations": (
        *("searchlib:Citation", "searchlib.citing.checking:Check", "searchlib.citing.library:Library"),
        *("searchlib.citing.found:WrittenCitation", "searchlib.citing.likeness:Change"),
        "searchlib.citing.mending:mended",
    ),
    "Writing": (
        *("searchlib:Document", "searchlib:Block", "searchlib.update.writing:WriterContext"),
        *("searchlib.update.changes:Changes", "searchlib.update.changes:Progress"),
    ),
    "Loaders": (
        *("searchlib.documents:register", "searchlib.documents:Seed", "searchlib.documents.builder:Builder"),
        *("searchlib.documents:sandboxed", "searchlib.documents:LoadOptions"),
        *("searchlib.documents.commands:by_command", "searchlib.documents:suffixes"),
    ),
    "Figures and comparing": (
        *("searchlib.engine.figures:Stats", "searchlib.engine.figures:Problem", "searchlib:diff"),
        *("searchlib.update.diffing:IndexDiff", "searchlib.update.diffing:DocumentChange"),
        "searchlib.update.diffing:ParagraphChange",
    ),
    "With an event loop": ("searchlib:aopen", "searchlib:AsyncIndex"),
    "Errors": (
        "searchlib.errors",
        *("searchlib:SearchlibError", "searchlib:SettingsError", "searchlib:SeedError", "searchlib:MissingExtra"),
        *("searchlib:QueryError", "searchlib:QueryTimeout", "searchlib:ParagraphNotFound", "searchlib:IndexProblem"),
        *("searchlib:IndexMissing", "searchlib:IndexCorrupt", "searchlib:IndexUnreadable"),
        *("searchlib:IndexIncompatible", "searchlib:IndexReadOnly", "searchlib:IndexLocked"),
    ),
}
"""What is public, by subject: a name of a module, or a module, whose docstring is what there is to say."""

TYPES: Final = (
    *("searchlib.guards.arguments:StrPath", "searchlib.engine.locations:Location", "searchlib.options:Ranking"),
    *("searchlib.model.records:Scalar", "searchlib.model.records:Metadata", "searchlib.model.records:Kind"),
    *("searchlib.model.locators:LocatorKind", "searchlib.search.hits:Format", "searchlib.search.hits:Spans"),
    *("searchlib.citing.references:Span", "searchlib.model.jsonable:JsonObject", "searchlib.engine.locations:Single"),
    *(f"searchlib.query.nodes:{name}" for name in ("Node", "Leaf", "Group", "Weights", "At")),
    *("searchlib.engine.explaining:Made", "searchlib.citing.checking:Status", "searchlib.citing.checking:Departure"),
    *(
        "searchlib.citing.checking:CitedValue",
        "searchlib.citing.found:Form",
        "searchlib.update.diffing:ChangeStatus",
        "searchlib.documents:Loader",
    ),
)
"""Names that signatures have for types."""

HIDDEN: Final[Mapping[str, frozenset[str]]] = {
    "BM25F": frozenset(("norm", "score", "weight")),
    "Explanation": frozenset(("amounts", "contributions", "written_in")),
    "Facet": frozenset(("first",)),
    "Locator": frozenset(("numbers",)),
    "QueryWarning": frozenset(("as_error", "start")),
    "Seed": frozenset(("budget", "holder", "known", "nested", "packed", "within")),
    "Synonyms": frozenset(("rules", "thesaurus")),
    "Word": frozenset(("forms", "forms_in", "written_as")),
    "WrittenCitation": frozenset(("slots",)),
}
"""Members that are for searchlib itself."""


def page() -> str:
    """The whole page, in Markdown."""
    parts = [OPENING, _contents()]
    for title, names in SECTIONS.items():
        parts += [f"## {title}\n", GUIDE[title], *map(_entry, names)]
    parts += ["## Types\n", "Names that stand for types in signatures.\n", _types()]
    text = "\n".join(parts)
    return re.sub(r"^```.*?^```$|\n{3,}", lambda found: found[0].strip() or "\n\n", text, flags=_BLOCKS).rstrip() + "\n"


def documented() -> dict[str, Any]:
    """Everything that has an entry, by its name: of a module that is its own."""
    return {_title(name): _value(name) for names in SECTIONS.values() for name in names}


def undocumented() -> list[str]:
    """Public names of which nothing is said: empty if all is well."""
    missing = []
    for title, value in documented().items():
        said = inspect.getdoc(value) or ""
        missing += [title] if not said else []
        if inspect.isclass(value):
            if value.__module__ in documented():  # what all of its classes have in common is said there
                said += inspect.getdoc(import_module(value.__module__)) or ""
            missing += [f"{title}.{name}" for name, member in members(value) if not inspect.getdoc(member)]
            told = {one.name for one in fields_of(value) if f"``{one.name}``" in said or one.metadata}
            missing += [f"{title}.{one.name}" for one in fields_of(value) if one.name not in told]
    return missing


def members(kind: type) -> Iterator[tuple[str, Any]]:
    """The public methods and properties of a class and, as far as they are searchlib's, those above it, in order."""
    seen = {one.name for one in fields_of(kind)}
    for owner in kind.__mro__:
        for name, member in vars(owner).items():
            told = inspect.isfunction(member) or isinstance(member, (property, classmethod)) or _is_cached(member)
            if told and not name.startswith("_") and name not in seen and owner.__module__.startswith("searchlib"):
                seen.add(name)
                plain = name == "as_dict" and _definition(member).args.kwonlyargs == []  # said once for all
                if not plain and name not in HIDDEN.get(kind.__name__, ()):
                    yield name, member


def fields_of(kind: type) -> list[dataclasses.Field[Any]]:
    """The public fields of a dataclass."""
    found = dataclasses.fields(kind) if dataclasses.is_dataclass(kind) else ()
    return [one for one in found if not one.name.startswith("_") and one.name not in HIDDEN.get(kind.__name__, ())]


def signature(function: Callable[..., Any], name: str) -> str:
    """How a function is called, as it is written, but for ``self``."""
    written = _definition(inspect.unwrap(function))
    before = "async " if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function) else ""
    returns = function.__annotations__.get("return")
    arguments = list(_arguments(written.args, inspect.unwrap(function).__globals__))
    line = f"{before}{name}({', '.join(arguments)})" + (f" -> {returns}" if returns else "")
    if len(line) <= WIDTH:
        return line
    return f"{before}{name}(\n" + "".join(f"    {one},\n" for one in arguments) + f") -> {returns}"


# Entries


def _entry(name: str) -> str:
    value, title = _value(name), _title(name)
    if inspect.ismodule(value):
        return f"### `{title}`\n\n{_prose(inspect.getdoc(value) or '')}\n"
    where = f"In `{name.partition(':')[0]}`.\n\n" if not name.startswith("searchlib:") else ""
    if inspect.isclass(value):
        return _class(title, value, where)
    return f"### `{title}`\n\n{where}{_code(signature(value, title))}\n\n{_documented(value)}\n"


def _class(title: str, kind: type, where: str) -> str:
    above = [base.__name__ for base in kind.__bases__ if base.__name__ in documented()]
    where += f"Is a {', '.join(_inline(f'`{name}`') for name in above)}.\n\n" if above else ""
    parts = [f"### `{title}`\n", where + _documented(kind) + "\n"]
    fields = fields_of(kind)
    if issubclass(kind, tuple):
        hints = {name: getattr(hint, "__forward_arg__", hint) for name, hint in inspect.get_annotations(kind).items()}
        items = ", ".join(f"`{name}: {hint}`" for name, hint in hints.items())
        parts.append(f"A tuple of {items}.\n" if items else "")
    if fields:
        meant = any(map(_meaning, fields))
        parts.append("| field | type | default |" + " |" * meant + "\n|---|---|---|" + "---|" * meant)
        for one in fields:
            more = f" {_meaning(one)} |" * meant
            parts.append(f"| `{one.name}` | `{_cell(str(one.type))}` | {_default(one)} |{more}")
        parts.append("")
    same, attributes, methods = [], [], []
    for name, member in members(kind):
        if kind is AsyncIndex and inspect.isfunction(member) and inspect.unwrap(member) is not member:
            same.append(name)
        elif isinstance(member, property) or _is_cached(member):
            getter = member.fget if isinstance(member, property) else vars(member)["func"]
            attributes.append(
                f"- `{name}: {getter.__annotations__['return']}`: {' '.join(_documented(member).split())}"
            )
        else:
            function = member.__func__ if isinstance(member, classmethod) else member
            methods.append(f"#### `{title}.{name}`\n\n{_code(signature(function, name))}\n\n{_documented(function)}\n")
    parts += [*attributes, "", *methods]
    if same:
        named = ", ".join(f"`{name}`" for name in same)
        parts.append(f"As of [`Index`](#index), to be awaited: {named}; `all` and `documents` are for `async for`.\n")
    return "\n".join(parts)


def _types() -> str:
    rows = ["| name | is | |", "|---|---|---|"]
    for name in TYPES:
        module, _, alias = name.partition(":")
        definition, meaning = _alias(module, alias)
        rows.append(f"| `{alias}` | `{_cell(definition)}` | {_cell(_inline(meaning))} |")
    return "\n".join(rows) + "\n"


def _contents() -> str:
    lines = []
    for title, names in SECTIONS.items():
        links = ", ".join(f"[`{_title(name)}`](#{_anchor(_title(name))})" for name in names)
        lines.append(f"- [{title}](#{_anchor(title)}): {links}")
    return "\n".join(lines) + "\n"


# Docstrings


def _documented(value: Any) -> str:
    return _prose(inspect.getdoc(value) or "")


def _prose(text: str) -> str:
    """A docstring in Markdown: tables and indented blocks as code, names as links."""
    found = []
    for block in re.split(r"\n{2,}", re.sub(r"^::\n|(?<=\w:):$", "", text, flags=re.MULTILINE)):
        if block.startswith("===") or block.startswith("    "):
            found.append(_code(textwrap.dedent(block), "text"))
        elif re.match(r"(Args|Raises):\n", block):
            head, _, rest = block.partition("\n")
            items = re.split(r"\n(?=\S)", textwrap.dedent(rest))
            found.append("\n".join([head, "", *(f"- {_inline(' '.join(item.split()))}" for item in items)]))
        else:
            found.append(_inline(block))
    return "\n\n".join(found)


def _inline(text: str) -> str:
    text = re.sub(r"(?<!`)`([^`\n]+)`(?!`)", _linked, text)
    text = re.sub(rf"(?<![\w`]){_ERRORS}(?![\w`])", _linked, text)
    return re.sub(r"docs/([\w-]+\.md)", r"[\1](\1)", text).replace("``", "`")


def _linked(match: re.Match[str]) -> str:
    name = match[1]
    short = name.rpartition(".")[2] if name.startswith("searchlib.") else name
    known = _known()
    target = short if short in known else name
    return f"[``{name}``](#{_anchor(target)})" if target in known else f"``{name}``"


@cache
def _known() -> frozenset[str]:
    """What can be linked to."""
    found = set(documented())
    for title, value in documented().items():
        if inspect.isclass(value):
            found |= {f"{title}.{name}" for name, member in members(value) if inspect.isfunction(member)}
    return frozenset(found)


# Sources


def _value(name: str) -> Any:
    module, _, attribute = name.partition(":")
    found = import_module(module)
    return getattr(found, attribute) if attribute else found


def _title(name: str) -> str:
    return name.rpartition(":")[2]


def _definition(function: Callable[..., Any]) -> ast.FunctionDef | ast.AsyncFunctionDef:
    (found,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    assert isinstance(found, (ast.FunctionDef, ast.AsyncFunctionDef))
    return found


def _arguments(given: ast.arguments, known: Mapping[str, Any]) -> Iterator[str]:
    plain = [*given.posonlyargs, *given.args]
    defaults = [None] * (len(plain) - len(given.defaults)) + [*given.defaults]
    for number, (one, default) in enumerate(zip(plain, defaults, strict=True)):
        if one.arg not in ("self", "cls"):
            yield _argument(one, default, known)
        if given.posonlyargs and number == len(given.posonlyargs) - 1:
            yield "/"
    if given.vararg:
        yield "*" + _argument(given.vararg, None, known)
    elif given.kwonlyargs:
        yield "*"
    for one, default in zip(given.kwonlyargs, given.kw_defaults, strict=True):
        yield _argument(one, default, known)
    if given.kwarg is not None:
        yield from _options(given.kwarg)


def _options(given: ast.arg) -> Iterator[str]:
    """What ``**options`` stands for: the options of an update."""
    if given.annotation is not None and "BuildOptions" in ast.unparse(given.annotation):
        from searchlib.update.indexing import BuildOptions, update

        options = _definition(update).args
        yield "*"
        for one, default in zip(options.kwonlyargs, options.kw_defaults, strict=True):
            if one.arg in BuildOptions.__annotations__ and one.arg != "tuning":
                yield _argument(one, default, {})
    else:
        yield "**" + _argument(given, None, {})


def _argument(given: ast.arg, default: ast.expr | None, known: Mapping[str, Any]) -> str:
    """An argument as it is written; a default that is a name of a number or a text is this."""
    annotated = f"{given.arg}: {ast.unparse(given.annotation)}" if given.annotation is not None else given.arg
    if default is None:
        return annotated
    value = known.get(default.id) if isinstance(default, ast.Name) else None
    shown = repr(value) if isinstance(value, (str, int, tuple)) else ast.unparse(default)
    return f"{annotated} = {shown}".replace("'", '"')


def _alias(module: str, name: str) -> tuple[str, str]:
    """What a name stands for, and what is said of it."""
    owner = import_module(module)
    for place in (owner, *(import_module(one) for one in sorted(_imported(owner, name)))):
        body = ast.parse(inspect.getsource(place)).body
        for number, node in enumerate(body):
            target = node.target if isinstance(node, ast.AnnAssign) else getattr(node, "targets", [None])[0]
            if isinstance(target, ast.Name) and target.id == name:
                after = body[number + 1] if number + 1 < len(body) else None
                said = after.value if isinstance(after, ast.Expr) else None
                value = ast.unparse(node.value)  # type: ignore[attr-defined]
                return value.strip("'"), str(said.value) if isinstance(said, ast.Constant) else ""
    raise LookupError(f"{module} has no {name}")


def _imported(module: Any, name: str) -> set[str]:
    """The modules that a module has a name from."""
    found = set()
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.ImportFrom) and any(one.name == name for one in node.names) and node.module:
            found.add(node.module)
    return found


def _meaning(field: dataclasses.Field[Any]) -> str:
    return _cell(_inline(str(field.metadata.get("meaning", ""))))


def _default(field: dataclasses.Field[Any]) -> str:
    if field.default is not dataclasses.MISSING:
        told = "…" if callable(field.default) or dataclasses.is_dataclass(field.default) else repr(field.default)
        return f"`{_cell(told)}`"
    return "" if field.default_factory is dataclasses.MISSING else "`…`"


def _is_cached(member: Any) -> bool:
    return type(member).__name__ == "cached_property"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _code(text: str, language: str = "python") -> str:
    return f"```{language}\n{text}\n```"


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
