"""What a person does on the page, in a browser: ``nox -s browser``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.web.servers import serving

from .conftest import Open

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
DARK = {"color_scheme": "dark"}
PAGES = {
    "start": "/",
    "hits": "/?q=citation+moved",
    "narrowed": "/?q=estuary&in=author:Ann+Poe&in=year:1999",
    "nothing": "/?q=hurons+nosuchword",
    "mistake": "/?q=tide+%22estuary",
    "too-much": "/?q=" + "a+" * 1100,
    "paragraph": "/p/{id}?q=estuary",
    "drawn": "/p/{pdf}?q=gates+ships",
    "document": "/document?path=seeds/tides.md&q=tide",
    "long": "/document?path=seeds/log.txt&q=west&at=300",
    "row": "/document?path=seeds/birds.jsonl%231",
    "times": "/document?path=seeds/talk.srt&q=tide",
    "no-such": "/nosuch",
}

COMPLAINS = ("too-much", "no-such")
"""Pages that are errors, of which the browser complains."""


def path_of(page: Any, name: str, served: str) -> str:
    found = PAGES[name]
    for slot, words in (("{id}", "%22along+the+estuary%22"), ("{pdf}", "gates+ships&filter=type:pdf")):
        if slot in found:
            answer = page.request.get(f"{served}/api/search?query={words}")
            found = found.replace(slot, answer.json()["hits"][0]["id"])
    return found


def until(page: Any, expression: str) -> None:
    """Wait until an expression is true. Playwright's own way evaluates in the page, which that forbids."""
    for _ in range(200):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never true: {expression}")


def hits(page: Any) -> list[str]:
    return [text.strip() for text in page.locator(".hit h2").all_inner_texts()]


def test_hits_come_while_one_types(opened: Open) -> None:
    page = opened("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("hero")
    until(page, "document.title.startsWith('hero ')")  # what was typed before has hits, too
    assert hits(page) == ["Herons"]
    assert page.url.endswith("/?q=hero")
    assert page.title() == "hero – searchlib"
    assert page.locator("#status").inner_text() == "1 paragraph in 1 document"
    page.keyboard.type("ns gauges")
    until(page, "document.querySelectorAll('.hit').length > 1")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.press("Enter")
    page.reload()
    assert len(hits(page)) > 1


def test_words_are_completed_by_the_keyboard(opened: Open) -> None:
    page = opened("/")
    page.keyboard.type("estu")
    page.wait_for_selector("#completions li")
    box = page.locator("#q")
    assert box.get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    chosen = str(box.get_attribute("aria-activedescendant"))
    assert page.locator(f"#{chosen}").get_attribute("aria-selected") == "true"
    word = page.locator(f"#{chosen}").inner_text()
    page.keyboard.press("Enter")
    until(page, "document.querySelector('#completions') === null")
    assert box.input_value() == word == "estuary"
    page.keyboard.type(" tid")
    page.wait_for_selector("#completions li")
    page.keyboard.press("Escape")
    assert page.locator("#completions").count() == 0
    assert box.input_value() == "estuary tid"
    page.keyboard.type("e")
    page.wait_for_selector("#completions li")
    page.locator("#completions li").first.click()
    assert box.input_value().startswith("estuary tide")


def test_a_facet_narrows_and_going_back_widens_again(opened: Open) -> None:
    page = opened("/?q=tide")
    before = hits(page)
    page.get_by_role("link", name="Ben <Low>").click()
    assert hits(page) == ["Egrets"]
    page.locator("#q").press("End")
    page.keyboard.type(" follow")
    page.wait_for_url("**follow**")
    assert "in=author%3ABen" in page.url
    page.locator("#q").press("Enter")
    until(page, "!document.querySelector('#main').hasAttribute('aria-busy')")
    page.go_back()
    until(page, "!location.search.includes('follow')")
    page.go_back()
    until(page, "!location.search.includes('in=')")
    assert hits(page) == before


def test_the_order_is_chosen_and_taken_back(opened: Open) -> None:
    page = opened("/?q=tide")
    page.select_option("#sort", "-year")
    page.wait_for_url("**sort=-year**")
    until(page, "document.querySelector('.hit h2').innerText.trim() === 'Egrets'")
    page.go_back()
    until(page, "!location.search.includes('sort')")
    until(page, "document.querySelector('.hit h2').innerText.trim() !== 'Egrets'")
    assert page.locator("#sort").input_value() == ""


def test_hits_are_gone_through_opened_and_cited_by_keys(opened: Open, served: str) -> None:
    page = opened("/?q=estuary")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    second = page.locator(".hit").nth(1)
    assert page.evaluate("document.activeElement.closest('.hit').dataset.id") == second.get_attribute("data-id")
    page.keyboard.press("c")
    until(page, "document.querySelector('#status').textContent === 'Citation copied'")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert f"searchlib:{second.get_attribute('data-id')}" in copied
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/p/**")
    page.keyboard.press("c")
    until(page, "document.querySelector('#status').textContent === 'Citation copied'")


def test_a_reference_that_is_typed_opens_its_paragraph_and_going_back_leads_out_of_it(
    opened: Open, served: str
) -> None:
    page = opened("/")
    place = path_of(page, "paragraph", served).partition("?")[0]
    page.locator("#q").focus()
    page.keyboard.type(f"searchlib:{place.removeprefix('/p/')}#char=0,6")
    page.wait_for_url("**searchlib**")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{place}?char=0,6")
    assert page.locator(".here mark").all_inner_texts() == ["Gauges"]
    page.go_back()
    page.wait_for_url(f"{served}/")


def test_a_paragraph_of_a_document_is_cited_by_a_key(opened: Open) -> None:
    page = opened("/document?path=seeds/tides.md&q=tide")
    page.keyboard.press("c")  # of which paragraph?
    page.locator(".number").nth(1).focus()
    page.keyboard.press("c")
    until(page, "document.querySelector('#status').textContent === 'Citation copied'")
    assert "Gauges along the estuary" in page.evaluate("navigator.clipboard.readText()")
    page.goto("/document?path=seeds/tides.md#p1")
    page.keyboard.press("c")
    until(page, "document.querySelector('#status').textContent === 'Citation copied'")
    assert "The tide turns" in page.evaluate("navigator.clipboard.readText()")


def test_keys_that_are_letters_can_be_turned_off(opened: Open) -> None:
    page = opened("/?q=tide")
    page.get_by_label("letters are keys").uncheck()
    page.reload()
    page.locator(".hit a").first.focus()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.closest('.hit') !== null")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.closest('.hit') === document.querySelectorAll('.hit')[1]")
    page.get_by_label("letters are keys").check()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"


def test_a_citation_is_copied_in_each_form(opened: Open, served: str) -> None:
    page = opened("/")
    page.goto(path_of(page, "paragraph", served))
    buttons = page.locator("button.copy")
    assert buttons.count() == 6
    for number in range(buttons.count()):
        buttons.nth(number).click()
        until(page, "document.querySelector('#status').textContent.endsWith(' copied')")
        assert page.evaluate("navigator.clipboard.readText()") == page.locator(".form pre").nth(number).inner_text()
        page.evaluate("document.querySelector('#status').textContent = ''")


def test_a_page_of_a_pdf_is_drawn_with_the_matches_marked(opened: Open, served: str) -> None:
    page = opened("/")
    page.goto(path_of(page, "drawn", served), wait_until="networkidle")
    assert page.locator(".drawn rect").count() == 2
    sizes = page.evaluate(
        "fetch(document.querySelector('.drawn image').href.baseVal).then((answer) => answer.blob())"
        ".then(createImageBitmap).then((picture) => [picture.width, picture.height])"
    )
    assert sizes[0] * 8 == pytest.approx(sizes[1] * 6, rel=0.01)
    mark = page.locator(".drawn rect").first.bounding_box()
    whole = page.locator(".drawn svg").bounding_box()
    assert whole["x"] < mark["x"] < whole["x"] + whole["width"]
    assert whole["y"] < mark["y"] < whole["y"] + whole["height"] / 2


def test_a_document_opens_at_the_paragraph(opened: Open) -> None:
    page = opened("/?q=%22Entry+300%22")
    page.locator(".hit .where a").first.click()
    page.wait_for_url("**#p300")
    shown = page.locator("#p300")
    box = shown.bounding_box()
    assert 0 <= box["y"] < page.viewport_size["height"]
    assert shown.locator("mark").all_inner_texts() == ["Entry", "300"]


def test_all_works_without_a_script(opened: Open) -> None:
    page = opened("/", java_script_enabled=False)
    page.fill("#q", "tide")
    page.locator("button[type=submit]").click()
    assert len(hits(page)) > 2
    page.get_by_role("link", name="Ben <Low>").click()
    assert hits(page) == ["Egrets"]
    page.get_by_role("link", name="take away").click()
    page.select_option("#sort", "-year")
    page.locator("button[type=submit]").click()
    assert hits(page)[0] == "Egrets"
    page.locator(".hit h2 a").first.click()
    assert page.locator(".form pre").count() >= 4
    assert page.locator("button.copy:visible").count() == 0
    page.get_by_role("link", name="The whole document").click()
    assert page.locator("mark").all_inner_texts() == ["tide"]
    page.goto("/?q=wind")
    page.get_by_role("link", name="Next").click()
    assert page.locator(".hits").get_attribute("start") == "11"


@pytest.mark.parametrize("name", [name for name in PAGES if name not in COMPLAINS])
def test_a_page_fits_a_phone(opened: Open, served: str, name: str) -> None:
    page = opened("/", **PHONE)
    page.goto(path_of(page, name, served))
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")


def test_dark_is_dark_and_print_has_what_is_read(opened: Open) -> None:
    light = opened("/?q=tide")
    dark = opened("/?q=tide", **DARK)
    brightness = "Math.max(...getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number))"
    assert light.evaluate(brightness) > 240
    assert dark.evaluate(brightness) < 60
    dark.emulate_media(media="print")
    assert dark.evaluate(brightness.replace("backgroundColor", "color")) < 60  # on paper, which is white
    light.emulate_media(media="print")
    assert not light.locator(".facets").is_visible()
    assert not light.locator("#search").is_visible()
    assert light.locator(".hit").first.is_visible()


@pytest.mark.parametrize("how", [{}, DARK, PHONE], ids=["light", "dark", "phone"])
def test_axe_finds_nothing(browser: Any, axe: str, served: str, how: dict[str, Any]) -> None:
    context = browser.new_context(base_url=served, **how)
    page = context.new_page()
    rules = 0
    for name in PAGES:
        page.goto(path_of(page, name, served))
        if name == "hits":
            page.locator("#q").press("End")
            page.keyboard.type(" pa")
            page.wait_for_selector("#completions")
        rules += passed(page, axe)
    print(f"axe-core: {len(PAGES)} pages, {rules} rules passed, no violation")
    context.close()


def passed(page: Any, axe: str) -> int:
    """How many rules of axe-core a page keeps; it has to break none."""
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    broken = [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]]
    assert not broken, (page.url, broken)
    return len(found["passes"])


def test_a_token_is_given_once_and_indexes_are_listed(browser: Any, axe: str, built: Path) -> None:
    token = "a-token-for-the-walk"
    indexes = ("one=indexes/default", "two=indexes/default")
    with serving(*indexes, "--root-path", "/find", folder=built, SEARCHLIB_TOKEN=token) as (address, _):
        place = address.partition("?")[0]
        page = browser.new_page()
        page.goto(f"{place}one/?q=tide")
        assert page.locator("h1").inner_text() == "A token is needed"
        passed(page, axe)
        page.get_by_label("Token").fill(token)
        page.get_by_role("button", name="Enter").click()
        page.wait_for_url(f"{place}one/?q=tide")
        page.goto(place)
        assert page.locator(".indexes a").all_inner_texts() == ["one", "two"]
        passed(page, axe)
        page.get_by_role("link", name="two").click()
        page.keyboard.type("heron")
        page.wait_for_selector(".hit")
        assert page.url == f"{place}two/?q=heron"
        page.close()


def test_screenshots(opened: Open, served: str) -> None:
    folder = os.environ.get("SEARCHLIB_SHOTS")
    if not folder:
        pytest.skip("SEARCHLIB_SHOTS names no folder to put screenshots into")
    Path(folder).mkdir(parents=True, exist_ok=True)
    for kind, how in (("light", {}), ("dark", DARK), ("phone", PHONE)):
        for name in PAGES:
            if name not in COMPLAINS:
                page = opened("/", **({"viewport": {"width": 1200, "height": 800}} | how))
                page.goto(path_of(page, name, served))
                page.screenshot(path=Path(folder) / f"{name}-{kind}.png")
