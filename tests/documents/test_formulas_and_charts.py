"""Formulas, charts and texts of other formats in documents arrive as a reader sees them."""

from __future__ import annotations

import pytest
from packing import ODF, R, W, docx, packed, relations
from reading import one, shown, texts

P = "<w:p><w:r><w:t>%s</w:t></w:r></w:p>"
MATH = {
    # MathML, OMML, what is read
    "power": (
        "<msup><mi>x</mi><mn>2</mn></msup>",
        "<m:sSup><m:e><m:r><m:t>x</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup>",
        "x²",
    ),
    "fraction": (
        "<mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mi>c</mi></mfrac>",
        "<m:f><m:num><m:r><m:t>a+b</m:t></m:r></m:num><m:den><m:r><m:t>c</m:t></m:r></m:den></m:f>",
        "(a+b)/c",
    ),
    "index": (
        "<msub><mi>x</mi><mi>i</mi></msub>",
        "<m:sSub><m:e><m:r><m:t>x</m:t></m:r></m:e><m:sub><m:r><m:t>i</m:t></m:r></m:sub></m:sSub>",
        "x_i",
    ),
    "root": (
        "<msqrt><mi>x</mi><mo>-</mo><mn>1</mn></msqrt>",
        "<m:rad><m:deg/><m:e><m:r><m:t>x-1</m:t></m:r></m:e></m:rad>",
        "√(x-1)",
    ),
    "sum": (
        "<munderover><mo>∑</mo><mi>k</mi><mn>9</mn></munderover><mi>k</mi>",
        '<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr><m:sub><m:r><m:t>k</m:t></m:r></m:sub><m:sup><m:r><m:t>9</m:t>'
        "</m:r></m:sup><m:e><m:r><m:t>k</m:t></m:r></m:e></m:nary>",
        "∑_k⁹ k",
    ),
    "matrix": (
        "<mfenced><mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>2</mn></mtd></mtr><mtr><mtd><mn>3</mn></mtd></mtr></mtable></mfenced>",
        "<m:d><m:e><m:m><m:mr><m:e><m:r><m:t>1</m:t></m:r></m:e><m:e><m:r><m:t>2</m:t></m:r></m:e></m:mr><m:mr><m:e>"
        "<m:r><m:t>3</m:t></m:r></m:e></m:mr></m:m></m:e></m:d>",
        "(1 2; 3)",
    ),
}


@pytest.mark.parametrize("name", MATH)
def test_a_formula_is_read_on_a_line_in_every_format(name: str) -> None:
    web, word, expected = MATH[name]
    mathml = f'<math xmlns="http://www.w3.org/1998/Math/MathML"><semantics><mrow>{web}</mrow>'
    mathml += '<annotation encoding="application/x-tex">\\tex</annotation></semantics></math>'
    in_page = expected.replace("⁹ k", "⁹k")  # where a sum ends is not said there
    assert texts("a.html", f"<p>Let {mathml} be.</p><p>More.</p>") == [f"Let {in_page} be.", "More."]
    assert texts("a.xml", f"<article><para>Let {mathml} be.</para></article>") == [f"Let {in_page} be."]
    assert texts("a.docx", docx(f"<w:p><w:r><w:t>Let</w:t></w:r><m:oMath>{word}</m:oMath></w:p>")) == [
        f"Let {expected}"
    ]
    content = (
        f"<office:document-content {ODF} xmlns:xlink='x'><office:body><office:text><text:p>Let <draw:frame>"
        "<draw:object xlink:href='./Object 1'/></draw:frame> be.</text:p></office:text></office:body>"
        "</office:document-content>"
    )
    assert texts("a.odt", packed({"content.xml": content, "Object 1/content.xml": mathml})) == [f"Let {in_page} be."]


def test_a_formula_of_a_page_that_is_no_xml_is_read_without_its_structure() -> None:
    assert texts("a.html", """<p>Let <math><mi x"y>x</mi><mn>2</mn></math> be.</p><p>More.</p>""")[0] == "Let x 2 be."


def _points(*values: str) -> str:
    return "".join(f'<c:pt idx="{number}"><c:v>{value}</c:v></c:pt>' for number, value in enumerate(values) if value)


CHART = f"""<c:chartSpace xmlns:c="urn:c" xmlns:a="urn:a"><c:chart>
<c:title><a:p><a:r><a:t>Tides</a:t></a:r></a:p></c:title>
<c:ser><c:tx><c:strRef><c:strCache>{_points("High")}</c:strCache></c:strRef></c:tx>
<c:cat><c:strRef><c:strCache>{_points("May", "June")}</c:strCache></c:strRef></c:cat>
<c:val><c:numRef><c:numCache>{_points("4.3", "0.30000000000000004")}</c:numCache></c:numRef></c:val></c:ser>
<c:ser><c:tx><c:strRef><c:strCache>{_points("Low")}</c:strCache></c:strRef></c:tx>
<c:val><c:numRef><c:numCache>{_points("", "1")}</c:numCache></c:numRef></c:val></c:ser></c:chart></c:chartSpace>"""
TABLE = " | High | Low\nMay | 4.3 | \nJune | 0.3 | 1".strip()


def test_a_chart_is_its_titles_and_a_table() -> None:
    drawing = f'<w:drawing><c:chart xmlns:c="urn:c" xmlns:r="{R}" r:id="chart"/></w:drawing>'
    files = {
        "word/document.xml": f"<w:document {W}><w:body>{P % f'See.</w:t>{drawing}<w:t>'}</w:body></w:document>",
        "word/_rels/document.xml.rels": relations(chart="charts/c.xml"),
        "word/charts/c.xml": CHART,
    }
    assert [(kind, text) for kind, _, text in shown(one("a.docx", packed(files)))] == [
        ("text", "See."),
        ("text", "Tides"),
        ("table", TABLE),
    ]


@pytest.mark.parametrize(
    ("suffix", "data", "expected"),
    [
        ("html", "<p>A tide.</p><p>Another.</p>", ["A tide.", "Another."]),
        ("mht", "Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n<p>A tide.</p>\n--b--",
         ["A tide."]),
        ("txt", "A tide.\n\nAnother.", ["A tide.", "Another."]),
        ("rtf", r"{\rtf1 A tide.\par}", ["A tide."]),
        ("xyz", "x", []),
    ],
)  # fmt: skip
def test_a_text_of_another_format_in_a_word_document_stands_where_word_shows_it(
    suffix: str, data: str, expected: list[str]
) -> None:
    body = P % "First." + f'<w:altChunk xmlns:r="{R}" r:id="aFChunk"/>' + P % "Last."
    files = {
        "word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": relations(aFChunk=f"part.{suffix}"),
        f"word/part.{suffix}": data,
    }
    told: list[str] = []
    found = one("a.docx", packed(files), told)
    assert [text for _, _, text in shown(found)] == ["First.", *expected, "Last."]
    assert bool(told) == (not expected)
