"""The pages: what is asked for stands in the address, all works without a script, and nothing of a seed is markup."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from selectolax.lexbor import LexborHTMLParser as Page
from starlette.testclient import TestClient

import searchlib
from searchlib.web import ServeOptions, app
from searchlib.web.addresses import PageQuery
from searchlib.web.facetfields import telling_fields

from .conftest import BASE
from .corpus import harbour_pdf

ATOM = "{http://www.w3.org/2005/Atom}"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


def page_at(client: TestClient, address: str, status: int = 200) -> Page:
    answer = client.get(address)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return Page(answer.text)


def texts(page: Page, selector: str) -> list[str]:
    return [" ".join(node.text().split()) for node in page.css(selector)]


def followed(client: TestClient, page: Page, text: str) -> Page:
    """The page that the link with this text leads to."""
    links = [node for node in page.css("a") if text in " ".join(node.text().split())]
    assert links, f"no link {text}"
    return page_at(client, str(links[0].attributes["href"]))


def followed_to(page: Page, text: str) -> str | None:
    """Where the link with this text leads."""
    return next(node.attributes["href"] for node in page.css("a") if text in node.text())


def test_without_a_query_there_is_how_to_ask(client: TestClient) -> None:
    page = page_at(client, "/")
    assert texts(page, "h1") == ["Find the paragraph, and where it came from"]
    assert page.css_first("#q").attributes["value"] == ""
    assert "paragraphs of 7 documents" in page.css_first("main").text()


def test_hits_have_title_place_and_the_words_marked(client: TestClient, index: searchlib.Index) -> None:
    page = page_at(client, "/?q=estuary")
    results = index.search("estuary", 10)
    assert texts(page, ".hit h2") == [hit.document.title for hit in results]
    assert [node.attributes["data-id"] for node in page.css(".hit")] == [hit.id for hit in results]
    assert set(texts(page, ".hit .text mark")) == {"estuary"}
    assert "seeds/tides.md:8" in page.css_first("main").text()
    assert page.css_first("#q").attributes["value"] == "estuary"
    assert texts(page, "#status") == [f"{results.total} paragraphs in {results.documents} documents"]
    assert page.css_first("title").text() == "estuary – searchlib"


def test_facets_can_be_clicked_and_taken_away_again(client: TestClient) -> None:
    page = page_at(client, "/?q=tide")
    assert "author" in texts(page, ".facets h2")
    page = followed(client, page, "Ben <Low>")
    assert texts(page, ".hit h2") == ["Egrets"]
    assert texts(page, ".chosen a") == ["author: Ben <Low> ×: take away"]
    hidden = [node.attributes["value"] for node in page.css("#search input[type=hidden]")]
    assert hidden == ["author:Ben <Low>"]
    assert texts(followed(client, page, "take away"), ".chosen a") == []


def test_values_of_one_field_widen_and_those_of_several_narrow(client: TestClient) -> None:
    either = page_at(client, "/?q=*&in=year:1999&in=year:2004&in=type:jsonl")
    assert texts(either, "#status") == ["3 paragraphs in 3 documents"]


def test_a_value_alone_can_be_asked_for(client: TestClient) -> None:
    page = page_at(client, "/?in=author:Ann+Poe&filter=herons")
    assert texts(page, ".hit h2") == ["Herons"]
    assert texts(page, ".chosen a") == ["author: Ann Poe ×: take away", "herons ×: take away"]


def test_hits_are_sorted_and_one_of_a_document_shown(client: TestClient) -> None:
    page = page_at(client, "/?q=tide+OR+herons&sort=-year&one=1")
    titles = texts(page, ".hit h2")
    assert titles[0] == "Egrets"
    assert len(set(titles)) == len(titles)
    assert [node.attributes["value"] for node in page.css("#sort option[selected]")] == ["-year"]
    assert "checked" in page.css_first("input[name=one]").attributes
    options = {node.attributes["value"] for node in page.css("#sort option")}
    assert {"", "document", "title", "year", "-year"} <= options


def test_pages_of_hits_lead_to_one_another(client: TestClient) -> None:
    first = page_at(client, "/?q=wind")
    second = followed(client, first, "Next")
    assert second.css_first(".hits").attributes["start"] == "11"
    assert texts(followed(client, second, "Previous"), ".hit .text") == texts(first, ".hit .text")
    assert texts(page_at(client, "/?q=wind&page=45"), "nav.turn a") == ["← Previous"]
    assert "no more hits" in page_at(client, "/?q=wind&page=900").css_first("main").text()


@pytest.mark.parametrize(
    ("q", "finds"),
    [
        ("estu", "estuary"),
        ("the estu", "estuary"),
        ("herons", "Herons"),
        ('"estu', ""),
        ("(estu", ""),
        ("text:estu", ""),
        ("NOT estu", ""),
        ("e", ""),
    ],
)
def test_what_is_typed_still_finds_what_begins_so(client: TestClient, q: str, finds: str) -> None:
    page = client.get("/", params={"q": q, "typing": "1"})
    marks = texts(Page(page.text), ".hit .text mark")
    assert (finds in marks) if finds else not any("estuary" in mark for mark in marks)
    assert "typing" not in page.text
    assert not Page(page.text).css(".meant")


def test_a_misspelt_word_has_a_suggestion_that_leads_to_hits(client: TestClient) -> None:
    page = page_at(client, "/?q=hurons")
    assert texts(page, ".meant a") == ["herons"]
    assert texts(followed(client, page, "herons"), ".hit h2") == ["Herons"]


def test_a_mistake_in_a_query_is_shown_with_its_place(client: TestClient) -> None:
    page = page_at(client, "/?q=tide+%22estuary")
    assert "^" in page.css_first(".mistake").text()
    page = page_at(client, "/?q=" + "a+" * 1100, status=400)
    assert "clauses" in page.css_first(".mistake").text()


@pytest.mark.parametrize(
    "address",
    ["/?page=0", "/?page=x", "/?q=a&q=b", "/p/zzzzzzzzzz", "/document", "/nosuch", "/?sort=text&q=a"],
)
def test_what_cannot_be_is_said_on_a_page(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code in (400, 404)
    page = Page(answer.text)
    assert len(page.css("h1")) == 1
    assert page.css_first("main p").text()


def test_a_paragraph_has_its_context_citations_explanation_and_others_like_it(
    client: TestClient, index: searchlib.Index
) -> None:
    hit = index.search('"along the estuary"')[0]
    page = followed(client, page_at(client, '/?q="along the estuary"'), "Tides")
    assert texts(page, "h1") == ["Tides"]
    assert [node.attributes["id"] for node in page.css(".around.here")] == ["here"]
    assert texts(page, ".around.here mark") == ["along", "the", "estuary"]
    assert len(page.css(".around")) == 3
    citation = index.citation(hit.id)
    forms = {node.attributes["id"]: node.text() for node in page.css(".form pre")}
    assert forms["form-text"] == citation.text()
    assert forms["form-markdown"] == citation.markdown()
    assert forms["form-inline"] == f"[{citation.reference}] “{citation.quote}” — {citation}"
    assert forms["form-reference"] == citation.reference
    assert forms["form-link"] == citation.link
    assert '"TextQuoteSelector"' in forms["form-annotation"]
    assert texts(page, ".why li") == [" ".join(line.split()) for line in hit.explain().lines()]
    assert texts(page, ".hit h3")
    assert len(followed(client, page, "More around it").css(".around")) > 3


def test_a_reference_leads_to_its_paragraph_and_marks_the_part_that_it_names(
    client: TestClient, index: searchlib.Index
) -> None:
    citation = index.citation(index.search('"along the estuary"')[0].id, "the estuary measure")
    for given in (citation.reference, f"[{citation.reference}]", f"searchlib:{citation.id[:10]}"):
        answer = client.get("/", params={"q": given})
        assert str(answer.url).startswith(f"{BASE}/p/{citation.id[:10]}")
        page = Page(answer.text)
        marked = ["the estuary measure"] if "#" in given else []
        assert texts(page, ".around.here mark") == marked
        assert page.css_first("#form-reference").text() == (
            citation.reference if marked else f"searchlib:{citation.id}"
        )
        assert texts(followed(client, page, "More around it"), ".around.here mark") == marked
    assert "no paragraph has the id" in page_at(client, "/?q=searchlib:zzzz1", 404).css_first("main").text()
    assert "has no range" in page_at(client, f"/p/{citation.id}?char=5,9999", 400).css_first("main").text()
    page_at(client, f"/p/{citation.id}?char=x", 404)
    assert client.get("/", params={"q": "searchlib:abcd", "typing": "1"}).history == []
    assert client.get("/", params={"q": "the searchlib:abcd"}).history == []


def test_a_document_opens_at_the_paragraph_with_its_headings_and_kinds(client: TestClient) -> None:
    page = page_at(client, "/document?path=seeds/tides.md&q=tide")
    assert texts(page, "h1") == ["Tides"]
    assert texts(page, "article h2") == ["Measuring"]
    assert texts(page, ".items li p") == ["A gauge of brass", "A gauge of wood"]
    assert texts(page, "blockquote p") == ["Time and tide wait for no man."]
    assert any('print("tide")' in text for text in texts(page, "pre"))
    assert set(texts(page, "article mark")) == {"tide"}
    assert page.css_first("#p2.numbered") is not None
    assert "Ann Poe" in page.css_first(".details").text()
    assert page.css_first(".places a").attributes["href"] == "#p1"
    assert followed_to(page, "On the web") == "https://example.org/tides"


def test_what_is_found_in_a_document_is_where_the_words_stand_and_not_what_has_them_in_its_title(
    client: TestClient,
) -> None:
    page = page_at(client, "/document?path=seeds/tides.md&q=tides+gauge")
    assert texts(page, ".places a") == [f"¶ {number}" for number in (1, 2, 3, 4, 5, 6, 7)]
    assert texts(page_at(client, "/document?path=seeds/tides.md&q=title:tides"), ".places a") == []


def test_where_a_document_has_pages_or_times_they_are_named_where_they_change(tmp_path: Path) -> None:
    (tmp_path / "talk.srt").write_text(
        "1\n00:00:01,000 --> 00:00:04,000\nGood evening.\n\n2\n00:01:05,000 --> 00:01:09,500\nThe tide is high.\n",
        encoding="utf-8",
    )
    (tmp_path / "harbour.pdf").write_bytes(harbour_pdf())
    with searchlib.build(tmp_path, tmp_path / "index", processes=1) as index:
        client = TestClient(app(index), base_url=BASE)
        (pdf, srt) = sorted(one.path for one in index.documents())
        assert texts(page_at(client, f"/document?path={pdf}"), ".at") == ["page 1", "page 2"]
        assert len(page_at(client, f"/document?path={pdf}").css(".numbered")) > 2
        assert texts(page_at(client, f"/document?path={srt}"), ".at") == [
            "time 0:00:01–0:00:04",
            "time 0:01:05–0:01:09.5",
        ]


def test_a_row_is_shown_as_its_values(client: TestClient) -> None:
    page = page_at(client, "/document?path=seeds/birds.jsonl%232")
    assert texts(page, "h1") == ["Bitterns"]
    assert {"author", "year"} <= set(texts(page, ".row th"))
    assert {"Ben <Low>", "2004"} <= set(texts(page, ".row td"))


def test_a_long_document_comes_in_parts(client: TestClient) -> None:
    page = page_at(client, "/document?path=seeds/log.txt&at=250")
    assert texts(page, "nav.turn span") == ["¶ 201 to 400"]
    assert len(page.css(".numbered")) == 200
    assert texts(followed(client, page, "After"), "nav.turn span") == ["¶ 401 to 450"]
    assert texts(followed(client, page, "Before"), "nav.turn span") == ["¶ 1 to 200"]
    page_at(client, "/document?path=seeds/log.txt&at=9999", status=404)


def test_nothing_of_a_seed_or_of_an_address_is_markup(client: TestClient, index: searchlib.Index) -> None:
    hit = index.search("onerror")[0]
    evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    for address in ("/?q=estuary+onerror", f"/p/{hit.id}?q=estuary", "/document?path=seeds/harm.html&q=tide"):
        page = page_at(client, address)
        assert "<script>alert(1)</script>" in page.css_first("main").text()
        assert page.css("main script, main img, main b") == []
        assert texts(page, "h1")[0] in ("Harm <b>", "Hits for estuary onerror")
    for path in ("/", "/p/" + hit.id, "/document", "/nosuch", "/p/zzzzzzzzzz", "/feed"):
        asked = {"q": evil, "in": f"author:{evil}", "path": "seeds/harm.html", "page": evil, "sort": evil}
        for names in (("q",), ("q", "in"), ("q", "path"), ("page",), ("q", "sort")):
            text = client.get(path, params={name: asked[name] for name in names}).text
            assert "<img" not in text
            assert "<script>" not in text


def test_what_steers_a_terminal_or_turns_text_round_is_not_sent(client: TestClient) -> None:
    for address in ("/?q=seen", "/document?path=seeds/strange.txt", "/feed?q=seen"):
        text = client.get(address).text
        assert "estuary" in text
        assert "\u202e" not in text
        assert "\x1b" not in text


def test_pages_load_nothing_from_elsewhere_and_have_no_script_or_style_in_them(
    client: TestClient, index: searchlib.Index
) -> None:
    id = index.search("gauges")[0].id
    for address in ("/", "/?q=tide", f"/p/{id}?q=tide", "/document?path=seeds/tides.md", "/nosuch"):
        page = Page(client.get(address).text)
        for node in page.css("script, link, img, style, [style], iframe"):
            assert node.tag in ("script", "link"), node.html
            place = node.attributes.get("src") or node.attributes["href"]
            assert urlsplit(str(place)).netloc == ""
            assert not node.text()
        assert not [name for node in page.css("*") for name in node.attributes if name.startswith("on")]


def test_the_files_of_the_page_are_there(client: TestClient) -> None:
    page = page_at(client, "/")
    places = [node.attributes.get("src") or node.attributes["href"] for node in page.css("script, link")]
    kinds = {str(client.get(str(place)).headers["content-type"]).partition(";")[0] for place in places}
    assert kinds == {
        "text/css",
        "image/svg+xml",
        "text/javascript",
        "application/opensearchdescription+xml",
    }
    assert client.get("/static/x/../application.py").status_code == 404
    assert client.get("/static/x/%2e%2e/application.py").status_code == 404


def test_every_id_of_a_page_is_there_once_and_every_label_leads_to_one(
    client: TestClient, index: searchlib.Index
) -> None:
    id = index.search("gauges")[0].id
    for address in ("/", "/?q=tide&in=year:1999", f"/p/{id}?q=tide", "/document?path=seeds/tides.md&q=tide"):
        page = page_at(client, address)
        ids = [node.attributes["id"] for node in page.css("[id]")]
        assert len(ids) == len(set(ids))
        for name in ("for", "aria-labelledby", "aria-describedby", "data-copy"):
            assert {node.attributes[name] for node in page.css(f"[{name}]")} <= set(ids)
        levels = [int(str(node.tag)[1]) for node in page.css("h1, h2, h3, h4, h5, h6")]
        assert levels[0] == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))


def test_a_query_has_a_feed(client: TestClient, index: searchlib.Index) -> None:
    page = page_at(client, "/?q=estuary&in=type:jsonl")
    address = str(page.css_first("link[type='application/atom+xml']").attributes["href"])
    answer = client.get(address)
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    feed = ET.fromstring(answer.text)
    assert [one.text for one in feed.iter(f"{ATOM}title")] == ["estuary – searchlib", "Herons"]
    (entry,) = feed.iter(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}id") == f"{BASE}/p/{index.search('herons')[0].id}"
    assert "<mark>estuary</mark>" in str(entry.findtext(f"{ATOM}summary"))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", str(feed.findtext(f"{ATOM}updated")))
    assert entry.findtext(f"{ATOM}updated") == feed.findtext(f"{ATOM}updated")
    everything = ET.fromstring(client.get("/feed").text)
    assert everything.findtext(f"{ATOM}title") == "Everything – searchlib"


def test_what_a_feed_has_is_as_old_as_its_documents(tmp_path: Path) -> None:
    times = {"2020-05-17": "2020-05-17T00:00:00+00:00", "2020-05-17T10:00:00+02:00": "2020-05-17T08:00:00+00:00"}
    for number, given in enumerate([*times, "2020", "soon"]):
        (tmp_path / f"{number}.md").write_text(f"---\ndate: {given}\n---\n# T\n\nA tide.\n", encoding="utf-8")
    with searchlib.build(tmp_path, tmp_path / "index", processes=1) as index:
        feed = ET.fromstring(TestClient(app(index), base_url=BASE).get("/feed?q=tide&sort=document").text)
    built = feed.findtext(f"{ATOM}updated")
    assert [one.findtext(f"{ATOM}updated") for one in feed.iter(f"{ATOM}entry")] == [*times.values(), built, built]


def test_a_browser_can_search_with_it(client: TestClient) -> None:
    description = ET.fromstring(client.get("/opensearch.xml").text)
    (url,) = [one for one in description.iter(f"{OPENSEARCH}Url") if one.get("type") == "text/html"]
    address = str(url.get("template")).replace("{searchTerms}", "gauges")
    assert address.startswith(BASE)
    assert texts(page_at(client, address), ".hit h2")


def test_the_type_is_counted_first_however_many_there_are(tmp_path: Path) -> None:
    seeds = dict.fromkeys(("txt", "md", "html", "csv", "tsv", "rst", "org", "adoc", "tex"), "text\nA tide.\n")
    seeds |= {"json": '{"text": "A tide."}', "jsonl": '{"text": "A tide."}', "eml": "Subject: A tide\n\nIt turns.\n"}
    seeds |= {"xml": "<a><p>A tide.</p></a>", "srt": "1\n00:00:01,000 --> 00:00:02,000\nA tide.\n"}
    for suffix, text in seeds.items():
        for number in range(2):
            (tmp_path / f"{number}.{suffix}").write_text(text, encoding="utf-8")
    for number in range(2):
        fields = "".join(f"field{name}: {number}\n" for name in range(8))
        (tmp_path / f"{number}.md").write_text(f"---\n{fields}---\nA tide.\n", encoding="utf-8")
    with searchlib.build(tmp_path, tmp_path / "index", processes=1) as index:
        assert len(index.stats().types) > 12
        assert telling_fields(index)[0] == "type"


def test_the_fields_are_shown_that_the_most_hits_have(tmp_path: Path) -> None:
    for number in range(4):
        few = "".join(f"few{name}: {number % 2}\n" for name in range(7)) if number < 2 else ""
        seed = f"---\n{few}river: r{number % 2}\n---\nA tide.\n"
        (tmp_path / f"{number}.md").write_text(seed, encoding="utf-8")
    with searchlib.build(tmp_path, tmp_path / "index", processes=1) as index:
        client = TestClient(app(index), base_url=BASE)
        names = texts(page_at(client, "/?q=tide"), ".facets h2")
        assert names == ["few0", "few1", "few2", "few3", "few4", "river"]  # type and language are the same in all
        names = texts(page_at(client, "/?q=tide&in=few6:1&in=few6:0"), ".facets h2")
        assert len(names) == 6
        assert "few6" in names
        said = ServeOptions(facets=tuple(f"few{name}" for name in range(7)))
        assert len(page_at(TestClient(app(index, said), base_url=BASE), "/?q=tide").css(".facets h2")) == 7


def test_the_fields_that_are_counted_can_be_said(index: searchlib.Index) -> None:
    client = TestClient(app(index, ServeOptions(facets=("kind",))), base_url=BASE)
    assert texts(page_at(client, "/?q=tide"), ".facets h2") == ["kind"]


def test_the_address_is_the_query() -> None:
    asked = PageQuery("café & more", (("author", "Ann: Poe"), ("year", "1999")), ("type:jsonl",), "-year", True, 3)
    address = asked.address("/birds")
    assert PageQuery.read(parse_qs(urlsplit(address).query)) == asked
    assert address.startswith("/birds/?q=caf%C3%A9%20%26%20more&in=author:Ann:%20Poe&")
    assert PageQuery().address("") == "/"


def test_what_others_have_hung_on_an_address_does_no_harm(client: TestClient) -> None:
    assert texts(page_at(client, "/?q=herons&utm_source=x"), ".hit h2") == ["Herons"]


def test_an_index_without_digests_is_served_without_tags(
    index: searchlib.Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(self: searchlib.Index) -> str:
        raise searchlib.SettingsError("the index has no digest")

    monkeypatch.setattr(searchlib.Index, "digest", property(none))
    client = TestClient(app(index), base_url=BASE)
    for path in ("/?q=tide", "/api/search?query=tide", "/api/all?query=tide", "/feed?q=tide"):
        answer = client.get(path, headers={"If-None-Match": "*"})
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
        assert "etag" not in answer.headers


def test_fields_that_take_too_long_to_count_are_not_counted(
    index: searchlib.Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*arguments: object, **named: object) -> None:
        raise searchlib.QueryTimeout("too long", 1.0)

    monkeypatch.setattr("searchlib.web.facetfields.Index.search", slow)
    assert telling_fields(index) == ()
