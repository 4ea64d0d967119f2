"""RTF, reStructuredText, AsciiDoc, Org, MediaWiki and LaTeX: what a reader sees of them."""

from __future__ import annotations

import pytest
from reading import documents, one, placed, shown, texts

from searchlib import SeedError

RTF = rb"""{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss Arial;}{\f1\fcharset204 Times;}}
{\stylesheet{\s0 Normal;}{\s1 heading 1;}}{\info{\title The Sea}{\author Ann Poe}}{\header RUNNING\par}
\pard\s1 Tides\par\pard Gr\'fc\'dfe \u8364? and {\b bold}{\v hidden} 10{\super 6}
\line next{\footnote\pard A \i note\i0 .}.\par
{\f1 \'cf\'f0\'e8}\par{\*\generator X;}{\listtext 1.\tab}\pard\ls1 item\par
\pard\intbl a\cell b\cell\row\intbl c\cell d\cell\row\pard
After {\field{\*\fldinst HYPERLINK "x"}{\fldrslt link}} \u-10179?\u-8704? {\pict\bin3 }}x}.\par}"""


def test_rtf_has_headings_items_tables_notes_and_letters_of_every_code_page() -> None:
    found = one("a.rtf", RTF)
    assert (found.title, dict(found.metadata)) == ("The Sea", {"author": "Ann Poe"})
    assert shown(found) == [
        ("text", "Tides", "Grüße € and bold 10⁶\nnext¹."),
        ("text", "Tides", "¹ A note."),
        ("text", "Tides", "При"),
        ("item", "Tides", "1. item"),
        ("table", "Tides", "a | b\nc | d"),
        ("text", "Tides", "After link 😀 ."),
    ]


def test_rtf_that_is_none_or_nested_without_end_is_told() -> None:
    with pytest.raises(SeedError, match="no RTF: does not begin as one"):
        one("a.rtf", "Dear Bo,")
    with pytest.raises(SeedError, match="nested more than 500 deep"):
        one("a.rtf", "{\\rtf1 " + "{" * 5000)
    assert texts("a.rtf", RTF[: RTF.index(b"\\ls1")]) != []


def test_restructured_text_has_sections_by_the_order_of_their_marks() -> None:
    source = """=======
The Sea
=======
:Author: Ann

Intro with *emph*, ``code``, `link <http://x>`_ and :ref:`text <x>` [1]_::

    x = 1
      y

Tides
-----
- one
  more
- two

  para of two

.. note:: Mind it.

   Inside the note.

.. code-block:: python
   :linenos:

   y = 2

.. comment here
   more

.. toctree::
   a

.. [1] The note.

+---+---+
| a | b |
+===+===+
| 1 | 2 |
|   | 3 |
+---+---+

==  ==
a   b
==  ==
1   2
==  ==

Sub
~~~
    quoted text

.. _target:

Moon
----
Last.
"""
    found = one("a.rst", source)
    assert (found.title, dict(found.metadata)) == ("The Sea", {"author": "Ann"})
    assert shown(found) == [
        ("text", "The Sea", "Intro with emph, code, link and text¹:"),
        ("code", "The Sea", "x = 1\n  y"),
        ("item", "The Sea > Tides", "one\nmore"),
        ("item", "The Sea > Tides", "two"),
        ("item", "The Sea > Tides", "para of two"),
        ("text", "The Sea > Tides", "Mind it."),
        ("text", "The Sea > Tides", "Inside the note."),
        ("code", "The Sea > Tides", "y = 2"),
        ("text", "The Sea > Tides", "¹ The note."),
        ("table", "The Sea > Tides", "a | b\n1 | 2 3"),
        ("table", "The Sea > Tides", "a | b\n1 | 2"),
        ("quote", "The Sea > Tides > Sub", "quoted text"),
        ("text", "The Sea > Moon", "Last."),
    ]
    assert [place for place, _ in placed(found)][:4] == ["line 6", "line 8", "line 13", "line 15"]


def test_asciidoc_has_sections_blocks_lists_and_tables_and_includes_nothing() -> None:
    source = """= The Sea
Ann Poe <ann@x.y>
:lang: en

Preamble *bold* http://x.y[link].

== Tides

.A title
[source,python]
----
x = 1
----

* one
* two
goes on

term:: what it is

____
quoted text
____

|===
|a |b

|1 |2
|===

NOTE: Mind <<x,the gap>>.

// comment
include::/etc/passwd[]
=== Sub
Last.
"""
    found = one("a.adoc", source)
    assert (found.title, found.language, dict(found.metadata)) == ("The Sea", "en", {"author": "Ann Poe"})
    assert shown(found) == [
        ("text", "The Sea", "Preamble bold link."),
        ("text", "The Sea > Tides", "A title"),
        ("code", "The Sea > Tides", "x = 1"),
        ("item", "The Sea > Tides", "one"),
        ("item", "The Sea > Tides", "two\ngoes on"),
        ("item", "The Sea > Tides", "term: what it is"),
        ("quote", "The Sea > Tides", "quoted text"),
        ("table", "The Sea > Tides", "a | b\n1 | 2"),
        ("text", "The Sea > Tides", "NOTE: Mind the gap."),
        ("text", "The Sea > Tides > Sub", "Last."),
    ]


def test_org_has_headlines_lists_tables_and_blocks() -> None:
    source = """#+TITLE: The *Sea*
#+AUTHOR: Ann
* TODO Tides :sea:moon:
:PROPERTIES:
:ID: x
:END:
Text /with/ [[http://x][a link]][fn:1]
goes on.
- one
  more
| a | b |
|---+---|
| 1 | 2 |
#+BEGIN_SRC python
  x = 1
#+END_SRC
#+begin_quote
Be wise.
#+end_quote
** Sub
End.
"""
    found = one("a.org", source)
    assert (found.title, dict(found.metadata)) == ("The Sea", {"author": "Ann"})
    assert shown(found) == [
        ("text", "The Sea > Tides", "Text with a link¹\ngoes on."),
        ("item", "The Sea > Tides", "one\nmore"),
        ("table", "The Sea > Tides", "a | b\n1 | 2"),
        ("code", "The Sea > Tides", "x = 1"),
        ("quote", "The Sea > Tides", "Be wise."),
        ("text", "The Sea > Tides > Sub", "End."),
    ]


WIKI = """{{Infobox|a={{x}}}}
'''Sea''' is [[water|salt water]].<ref>Poe, [http://x The book].</ref> More.

== Tides ==
* one
# three

{| class="x"
! a !! b
|-
| 1 || style="x" | 2
|}
[[File:x.png|thumb|A boat]]
<pre>
x = [[1]]
</pre>
=== Sub ===
10<sup>6</sup> &amp; <nowiki>[[x]]</nowiki>
[[Category:Water]]
"""


def test_mediawiki_has_text_without_templates_and_notes_after_it() -> None:
    found = one("Sea.wiki", WIKI)
    assert (found.title, dict(found.metadata)) == ("Sea", {"categories": ("Water",)})
    assert shown(found) == [
        ("text", "", "Sea is salt water.¹ More."),
        ("text", "", "¹ Poe, The book."),
        ("item", "Tides", "one"),
        ("item", "Tides", "three"),
        ("table", "Tides", "a | b\n1 | 2"),
        ("text", "Tides", "A boat"),
        ("code", "Tides", "x = [[1]]"),
        ("text", "Tides > Sub", "10⁶ & [[x]]"),
    ]
    assert placed(found)[2][0] == "line 5"


def test_pages_of_a_dump_are_documents() -> None:
    dump = (
        "<mediawiki><siteinfo/><page><title>Sea</title><revision><timestamp>2020-01-01T00:00:00Z</timestamp>"
        "<text>'''Sea''' is.</text></revision></page><page><title>R</title><redirect/><revision><text>x</text>"
        "</revision></page><page><title>C#</title><revision><text>Sharp.</text></revision></page></mediawiki>"
    )
    assert [(page.path, page.title, page.text) for page in documents("d.xml", dump)] == [
        ("d.xml#Sea", "Sea", "Sea is."),
        ("d.xml#C_", "C#", "Sharp."),
    ]


def test_latex_reads_as_it_is_set() -> None:
    source = r"""\documentclass{article}
\title{The \emph{Sea}}
\author{Ann Poe \and Bo}
\date{May 2020}
\begin{document}
\maketitle
\begin{abstract}
We study \textbf{tides}.
\end{abstract}
\section{Intro}\label{s}
Stra\ss{}e M\"uller \'{e}t\'e, 5\% of ``x''~--- $a^2$ \cite{x}. % comment
Goes on\footnote{A note
over lines.} here.\input{/etc/passwd}

\begin{itemize}
\item one
\item[b] two
\end{itemize}
\begin{table}
\begin{tabular}{ll}
a & b \\ \hline
1 & 2 \\
\end{tabular}
\caption{Costs}
\end{table}
\begin{verbatim}
x = {1} % kept
\end{verbatim}
\subsection*{Sub}
Last.
\end{document}
"""
    found = one("a.tex", source)
    assert (found.title, dict(found.metadata)) == ("The Sea", {"author": ("Ann Poe", "Bo"), "date": "May 2020"})
    assert shown(found) == [
        ("text", "The Sea > Abstract", "We study tides."),
        ("text", "The Sea > Intro", "Straße Müller été, 5% of “x” — a^2.\nGoes on¹ here."),
        ("text", "The Sea > Intro", "¹ A note over lines."),
        ("item", "The Sea > Intro", "one"),
        ("item", "The Sea > Intro", "b: two"),
        ("table", "The Sea > Intro", "a | b\n1 | 2"),
        ("text", "The Sea > Intro", "Costs"),
        ("code", "The Sea > Intro", "x = {1} % kept"),
        ("text", "The Sea > Intro > Sub", "Last."),
    ]


@pytest.mark.parametrize("suffix", [".rst", ".adoc", ".org", ".wiki", ".tex"])
def test_text_without_any_mark_is_its_paragraphs(suffix: str) -> None:
    assert texts("a" + suffix, "One paragraph\nof two lines.\n\nAnother: one.\n") == [
        "One paragraph\nof two lines.",
        "Another: one.",
    ]


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        (r"{\loch\*\cs7\f1 A tide.}\par", ["A tide."]),  # a mark within a group says nothing
        ("{\n\\*\\unknown 013f}A tide.\\par", ["A tide."]),
        (r"A tide.\par}\'ff garbage{\par and more", ["A tide."]),
        (r"See{\*\annotation{\*\atnref 7}{\*\atndate 956724704}A comment.}\par", ["See", "A comment."]),
        (r"{\shp{\*\shpinst{\sp{\sn shapeType}{\sv 202}}{\shptxt In a box.\par}}}Text.\par", ["In a box.", "Text."]),
        (
            r"\trowd\pard\intbl\itap2 Deep A\nestcell Deep B\nestcell{\*\nesttableprops\nestrow}"
            r"{\nonesttables NO\par}\pard\intbl Outer\cell\row\pard",
            ["Deep A Deep B Outer"],
        ),
    ],
)
def test_groups_of_rtf_that_are_no_text_are_left_out_and_others_are_not(inner: str, expected: list[str]) -> None:
    assert texts("a.rtf", r"{\rtf1\ansi " + inner + "}") == expected


def test_a_mark_of_mediawiki_that_closes_itself_keeps_nothing_as_it_is() -> None:
    assert texts(
        "a.wiki", "[[Help]]<nowiki/>ers of [mailto:a@example.org mail]\n\nThen [[Tide|tides]] <nowiki>[[x]]</nowiki>."
    ) == [
        "Helpers of mail",
        "Then tides [[x]].",
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("``__init__`` and ``a_`` stay, ref_ and anonymous__ go", "__init__ and a_ stay, ref and anonymous go"),
        ("``*no* `emphasis` [1]_``", "*no* `emphasis` [1]_"),
        (":pep:`287`, :py:class:`~a.B`, :ref:`the text <x>`", "PEP 287, a.B, the text"),
        (r"\*stars\* and __slots__", "*stars* and __slots__"),
    ],
)
def test_inline_markup_of_rst_is_taken_off_once(source: str, expected: str) -> None:
    assert texts("a.rst", source + "\n") == [expected]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (r"\newcommand{\sea}{Sea\xspace}\newcommand\it{North \sea} The \sea{} and \it.", ["The Sea and North Sea."]),
        (r"It is \$2 an hour, \$5.5 for $n$ of them, 10\,\% off.", ["It is $2 an hour, $5.5 for n of them, 10 % off."]),
        (r"See \includegraphics[width=0.9\linewidth]{a/b.png} above.", ["See  above."]),
        (r"A \textcolor{red}{red} \rule{0pt}{2.0ex}tide.", ["A red tide."]),
        (
            "\\begin{tabular}{ll}\n\\multirow{2}{*}{Tide} & A \\\\ \\cmidrule(lr){2-3}\n & B \\\\\n\\end{tabular}",
            ["Tide | A\n | B"],
        ),
        (r"\newcommand{\a}{\a\a\a\a}\a\a\a tide", [" tide".strip()]),
    ],
)  # fmt: skip
def test_of_commands_of_latex_what_they_show_is_read(source: str, expected: list[str]) -> None:
    found = [text.strip() for text in texts("a.tex", source)]
    assert found == [text.strip() for text in expected]
