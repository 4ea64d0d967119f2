"""The elements of DocBook, TEI and JATS, by what they are: they name their parts so that one table has them all."""

from __future__ import annotations

from typing import Final

TYPES: Final = {
    **dict.fromkeys(
        ("book", "article", "chapter", "set", "part", "section", "refentry", "preface", "appendix"), "docbook"
    ),
    **dict.fromkeys(("TEI", "TEI.2", "teiCorpus"), "tei"),
}
SECTIONS: Final = frozenset(
    {
        "set",
        "part",
        "chapter",
        "preface",
        "appendix",
        "section",
        "sect1",
        "sect2",
        "sect3",
        "sect4",
        "sect5",
        "glossary",
    }
    | {"simplesect", "refsect1", "refsect2", "refsect3", "refsection", "refentry", "bibliography", "reference", "topic"}
    | {"div", "div1", "div2", "div3", "div4", "div5", "div6", "div7", "sec", "app", "ack", "ref-list", "dedication"}
    | {"abstract", "boxed-text", "sidebar", "glossdiv", "qandadiv", "acknowledgements", "colophon", "epigraph"}
)
HEADINGS: Final = frozenset({"title", "head", "refname"})
BLOCKS: Final = frozenset(
    {"para", "simpara", "formalpara", "p", "ab", "l", "lg", "sp", "speaker", "stage", "item", "listitem", "list-item"}
    | {
        "itemizedlist",
        "orderedlist",
        "variablelist",
        "simplelist",
        "list",
        "def-list",
        "listBibl",
        "member",
        "row",
        "tr",
    }
    | {
        "table",
        "informaltable",
        "table-wrap",
        "programlisting",
        "screen",
        "literallayout",
        "synopsis",
        "preformat",
        "eg",
    }
    | {
        "blockquote",
        "disp-quote",
        "figure",
        "fig",
        "caption",
        "mediaobject",
        "note",
        "tip",
        "warning",
        "caution",
        "term",
    }
    | {"important", "example", "informalexample", "disp-formula", "bibl", "ref", "mixed-citation", "varlistentry"}
    | {"qandaset", "question", "answer", "glossentry", "glossdef", "def-item", "def", "body", "text", "front", "back"}
    | {"title", "head", "label", "subtitle", "closer", "opener", "salute", "signed", "dateline", "trailer", "epigraph"}
    | {"subject", "tgroup", "thead", "tbody", "step", "procedure", "callout", "calloutlist", "address", "attrib"}
    | SECTIONS
)
LEFT_OUT: Final = frozenset(
    {
        "indexterm",
        "info",
        "bookinfo",
        "articleinfo",
        "chapterinfo",
        "sectioninfo",
        "refmeta",
        "teiHeader",
        "toc",
        "index",
    }
    | {"journal-meta", "remark", "del", "fw", "graphic", "imagedata", "colspec", "refentryinfo", "processing-meta"}
    | {"custom-meta-group", "counts", "permissions", "contrib-group", "aff", "history", "pub-date", "article-id"}
    | {
        "article-categories",
        "kwd-group",
        "related-article",
        "title-group",
        "self-uri",
        "tex-math",
        "metadata",
        "facsimile",
        "sourceDoc",
    }
)
ITEMS: Final = frozenset({"item", "listitem", "list-item", "member", "step", "varlistentry", "def-item", "ref", "bibl"})
ROOTS: Final = frozenset({"book", "article", "body", "text", "front", "back", "TEI", "refnamediv", "info"})
LINES: Final = HEADINGS | {"caption", "ref", "bibl"}
CAPTIONED: Final = frozenset({"fig", "table-wrap"})
TABLES: Final = frozenset({"table", "informaltable"})
CODE: Final = frozenset({"programlisting", "screen", "literallayout", "synopsis", "preformat", "eg"})
QUOTES: Final = frozenset({"blockquote", "disp-quote", "epigraph"})
NOTES: Final = frozenset({"footnote", "fn"})
RAISED: Final = frozenset({"superscript", "sup"})
