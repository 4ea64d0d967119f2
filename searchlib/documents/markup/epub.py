"""E-books (EPUB 2 and 3): the chapters in the order of reading, each by the loader of HTML.

The *spine* lists the files of a book in their order; a *chapter* is one of them that has text, and is called as the
table of contents calls it, or by its first heading.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import replace
from typing import Final
from xml.etree.ElementTree import Element

from searchlib.documents.builder import Builder
from searchlib.documents.markup.html import load_html
from searchlib.documents.packages import Package, resolved
from searchlib.documents.properties import dublin_core, metadata, said, title_of
from searchlib.documents.sandboxing import sandboxed
from searchlib.documents.seed import Seed
from searchlib.documents.xmltrees import attribute, child, children, flat, local, within
from searchlib.errors import SeedError
from searchlib.guards.limits import how_to_raise
from searchlib.model.locators import Locator
from searchlib.model.records import Document

_PAGES: Final = frozenset({"application/xhtml+xml", "text/html", "text/x-oeb1-document", "application/x-dtbook+xml"})
_OF_FONTS: Final = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")


@sandboxed
def load_epub(seed: Seed) -> Iterator[Document]:
    """The book as one document with blocks, each in its chapter.

    Raises SeedError for what is damaged, or locked by its seller.
    """
    if not seed.read():
        return
    package = Package(seed, "EPUB")
    container = package.tree("META-INF/container.xml")
    main = next((attribute(one, "full-path") for one in within(container, "rootfile")), "") if container else ""
    main = main or next((name for name in package.names() if name.lower().endswith(".opf")), "")
    root = package.tree(main)
    spine = child(root, "spine")
    if root is None or spine is None:
        raise SeedError("no EPUB: does not say which chapters it has; save it anew with another program", seed.name)
    locked = _locked(package)
    folder = main.rpartition("/")[0]
    manifest = {attribute(one, "id"): one for one in children(child(root, "manifest")) if local(one) == "item"}
    names = _contents(package, folder, manifest, attribute(spine, "toc"))
    items = [one for one in spine if local(one) == "itemref"]
    most = seed.limits.pages
    if len(items) > most:
        seed.notes(0, f"has {len(items):,} chapters, of which the first {most:,} are read; {how_to_raise('pages')}")
    step = 2 * (list(root).index(spine) + 1)
    builder = Builder()
    number = 0
    for place, item in enumerate(items[:most], 1):
        entry = manifest.get(attribute(item, "idref"))
        if entry is None or "nav" in attribute(entry, "properties").split():
            continue
        part = resolved(folder, attribute(entry, "href"))
        if attribute(entry, "media-type") not in _PAGES and not part.lower().endswith((".xhtml", ".html", ".htm")):
            continue
        if part in locked:
            raise SeedError("locked by its seller (DRM): a copy without that can be read", seed.name)
        page = replace(seed, name=posixpath.basename(part) or "chapter.xhtml", source=package.read(part))
        for document in load_html(page):
            if not document.text.strip():
                continue
            number += 1
            label = names.get(part) or next(
                (document.text[one.start : one.end] for one in document.blocks or () if one.kind == "heading"), ""
            )
            builder.close()
            fragment = f"epubcfi(/{step}/{2 * place}!/4)"
            builder.copy(document, (Locator("chapter", number, " ".join(label.split()), None, fragment),))
    about = dublin_core(child(root, "metadata"))
    title = title_of(said(about, "title"), builder.first_heading) or seed.stem
    language = said(about, "language")[:2].lower()
    yield Document(
        seed.name,
        builder.text,
        title,
        "epub",
        (language if language.isalpha() else "") or seed.options.language,
        metadata(about),
        builder.blocks,
        line=0,
    )


def _locked(package: Package) -> set[str]:
    """The parts that are encrypted, but for fonts."""
    root = package.tree("META-INF/encryption.xml")
    found = set()
    for one in within(root, "EncryptedData") if root is not None else ():
        method, reference = child(one, "EncryptionMethod"), next(within(one, "CipherReference"), None)
        if method is None or reference is None or not attribute(method, "Algorithm").startswith(_OF_FONTS):
            found.add(resolved("", attribute(reference, "URI")) if reference is not None else "")
    return found


def _contents(package: Package, folder: str, manifest: dict[str, Element], toc: str) -> dict[str, str]:
    """What the table of contents calls each part: the first name that it has there."""
    names: dict[str, str] = {}
    for id, item in manifest.items():
        part = resolved(folder, attribute(item, "href"))
        inner = part.rpartition("/")[0]
        if "nav" in attribute(item, "properties").split():
            root = package.tree(part)
            for one in within(root, "nav") if root is not None else ():
                if attribute(one, "type") in ("toc", ""):
                    for link in within(one, "a"):
                        names.setdefault(resolved(inner, attribute(link, "href")), flat(link))
        elif id == toc or attribute(item, "media-type") == "application/x-dtbncx+xml":
            root = package.tree(part)
            for point in within(root, "navPoint") if root is not None else ():
                content = child(point, "content")
                if content is not None:
                    target = resolved(inner, attribute(content, "src"))
                    names.setdefault(target, flat(child(point, "navLabel")))
    return names
