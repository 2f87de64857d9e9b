"""The page of a derivation in a browser: what can be opened opens, links lead somewhere, nothing is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
from chromium import Browser
from pages import page, sample
from samples import hostile, logistic

from graphc.present.derived.html_notebook import fragment

HEAVY = pytest.param("attention", marks=pytest.mark.slow)
MODELS = ["logistic", "deep3", "softmax-classifier", "rnn", HEAVY, pytest.param("lenet5", marks=pytest.mark.slow)]
OUTSIDE = """[...document.querySelectorAll('a[href]')].map(a => a.getAttribute('href'))
    .filter(href => !href.startsWith('#') || !document.getElementById(href.slice(1)))"""
TARGET = "document.querySelector(':target')"


@pytest.mark.parametrize("model", MODELS)
def test_a_page_asks_for_nothing_complains_of_nothing_and_all_its_links_lead_somewhere(
    browser: Browser, tmp_path: Path, model: str
) -> None:
    path = page(tmp_path, model)
    browser.open(path)
    browser.settle()
    assert browser.complaints() == []
    assert [address for address in browser.requests() if not address.startswith("data:")] == [path.as_uri()]
    assert browser.value(OUTSIDE) == []
    names = browser.value("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(names) == len(set(names))


@pytest.mark.parametrize("scripts", [True, False])
def test_a_step_unfolds_by_mouse_and_by_key(browser: Browser, tmp_path: Path, scripts: bool) -> None:
    browser.scripts(scripts)
    browser.open(sample(tmp_path))
    closed = "details.unfold:not([open])"
    assert not browser.visible("details.unfold .step")
    browser.click(f"{closed} > summary")
    assert browser.visible("details.unfold[open] .step .equation math")
    browser.value(f"document.querySelector('{closed} > summary').focus()")
    browser.press("Enter")
    assert browser.value("document.querySelectorAll('details.unfold[open]').length") == 2


@pytest.mark.parametrize("scripts", [True, False])
def test_the_zoom_opens_what_looks_closer(browser: Browser, tmp_path: Path, scripts: bool) -> None:
    browser.scripts(scripts)
    browser.open(sample(tmp_path))
    seen = {}
    for zoom in ("graph", "index", "scalar"):
        browser.click(f"label[for=zoom-{zoom}]")
        seen[zoom] = [browser.visible(f"details.{kind} .step") for kind in ("index", "scalar")]
    assert seen == {"graph": [False, False], "index": [True, False], "scalar": [True, True]}


def test_a_page_asked_for_at_a_zoom_is_open_there(browser: Browser, tmp_path: Path) -> None:
    browser.open(sample(tmp_path, "index"))
    assert browser.visible("details.index .step")
    assert not browser.visible("details.scalar .step")
    assert browser.value("document.querySelector('#zoom-index').checked")


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("width", [1280, 600])
def test_a_step_leads_to_its_tensor_and_the_tensor_back_to_its_steps(
    browser: Browser, tmp_path: Path, scripts: bool, width: int
) -> None:
    browser.scripts(scripts)
    browser.size(width)
    browser.open(sample(tmp_path))
    assert not browser.visible(".card")
    browser.click("#step-2 > .line .tensor")
    assert browser.value(f"{TARGET}.querySelector('h3').firstChild.textContent.trim()") == "y"
    assert browser.visible(".card")
    box = browser.value(f"{TARGET}.closest('.card').id")
    framed = f"getComputedStyle(document.querySelector('figure a[href=\"#{box}\"] .shape')).strokeWidth"
    assert browser.value(framed) == "3.5px"
    browser.click(":target a[href='#step-2']")
    assert browser.value(f"{TARGET}.id") == "step-2"
    assert in_view(browser, ":target > .line")
    assert browser.value(framed) != "3.5px"


def test_a_box_of_the_graph_shows_the_steps_about_it(browser: Browser, tmp_path: Path) -> None:
    browser.open(sample(tmp_path))
    for number in range(browser.value("document.querySelectorAll('figure a').length")):
        browser.click(f"figure a:nth-of-type({number + 1})")
        assert browser.visible(".card:target, .card:has(:target)")
    steps = "new Set([...document.querySelectorAll('.card a[href^=\"#step\"]')].map(a => a.getAttribute('href')))"
    named = "[...document.querySelectorAll('.step')].filter(s => s.querySelector(':scope > .line .tensor'))"
    assert browser.value(f"{named}.filter(s => !{steps}.has('#' + s.id)).map(s => s.id)") == []


@pytest.mark.parametrize("scripts", [True, False])
def test_a_link_into_what_is_folded_opens_it(browser: Browser, tmp_path: Path, scripts: bool) -> None:
    browser.scripts(scripts)
    path = sample(tmp_path)
    browser.open(path)
    inner = browser.value("document.querySelector('details.unfold .step').id")
    browser.open(path, f"#{inner}")
    browser.settle()
    assert in_view(browser, f"[id='{inner}'] .equation")


def test_a_step_shows_the_lines_it_became_and_a_line_its_steps(browser: Browser, tmp_path: Path) -> None:
    browser.open(sample(tmp_path))
    last = browser.value("[...document.querySelectorAll('#steps > .steps > .step')].pop().id")
    browser.click(f"#{last} > .line > .opens > .became > summary")
    shown = browser.value(f"document.querySelector('#{last} .became .code').innerText")
    assert "np.dot(dL_dw_difference, x, out=dL_dw)" in shown
    browser.click(f"#{last} .became .code + p a")
    assert in_view(browser, ".code :target")
    assert browser.value(f"{TARGET}.closest('.group').querySelector('.from a[href=\"#{last}\"]') !== null")


def test_what_cancelled_says_that_no_line_computes_it(browser: Browser, tmp_path: Path) -> None:
    browser.open(sample(tmp_path))
    browser.click("#step-1 > .line > .opens > .became > summary")
    said = browser.value("document.querySelector('#step-1 .became').innerText")
    assert "∂L/∂y cancelled: the program never computes it" in said
    assert "np.subtract(y, t, out=dL_dw_difference)" in said


@pytest.mark.parametrize("model", ["softmax-classifier", pytest.param("rnn", marks=pytest.mark.slow), HEAVY])
def test_nothing_is_wider_than_a_phone(browser: Browser, tmp_path: Path, model: str) -> None:
    browser.size(360, 740)
    browser.open(page(tmp_path, model, zoom="scalar"))
    browser.value("document.querySelectorAll('details').forEach(part => part.open = true)")
    browser.settle()
    assert browser.value("document.scrollingElement.scrollWidth") == 360


@pytest.mark.parametrize("model", ["logistic", HEAVY])
def test_nothing_is_cut_off_on_paper(browser: Browser, tmp_path: Path, model: str) -> None:
    browser.size(718, 1000)  # A4 between its margins, in the pixels of a style sheet
    browser.media("print")
    browser.open(page(tmp_path, model, zoom="scalar"))
    assert browser.value("document.scrollingElement.scrollWidth") <= 718
    cut = """[...document.querySelectorAll('.equation, .code, figure')].filter(e => e.checkVisibility()
        && e.scrollWidth > e.clientWidth + 1).map(e => e.textContent.slice(0, 200))"""
    assert browser.value(cut) == []
    assert browser.visible("figure svg")
    assert browser.visible("details.scalar .step")
    assert not browser.visible("nav")
    assert browser.value("[...document.querySelectorAll('.result')].every(e => e.checkVisibility())")


def test_what_people_wrote_is_never_run(browser: Browser, tmp_path: Path) -> None:
    word = "</summary></style></script><script>window.ran = 1</script><img src=x onerror='window.ran = 2'>\"'&\x00\x1b"
    path = sample(tmp_path, "scalar", hostile(word))
    browser.open(path)
    browser.settle()
    assert browser.value("window.ran") is None
    assert browser.complaints() == []
    assert [address for address in browser.requests() if not address.startswith("data:")] == [path.as_uri()]
    assert browser.value("document.querySelectorAll('img').length") == 0
    assert browser.value("document.querySelectorAll('script').length") == 1
    assert "window.ran = 1" in browser.value("document.querySelector('h1').innerText")


def test_in_a_notebook_nothing_else_looks_different(browser: Browser, tmp_path: Path) -> None:
    around = """<!DOCTYPE html><h1>A notebook</h1><p><a href="#">link</a> <code>code</code></p><pre>x = 1</pre>
        <details><summary>more</summary></details><ol class="steps"><li class="step">mine</li></ol>
        <svg><text class="title">a</text><g class="input"><rect class="shape"/></g></svg><figure>f</figure>"""
    path = tmp_path / "notebook.html"
    looks = """[...document.querySelectorAll('body > :not(.graphc), body > :not(.graphc) *')].map(e =>
        [...getComputedStyle(e)].map(name => getComputedStyle(e)[name]).join(';'))"""
    seen = []
    for shown in ("", fragment(logistic()) + fragment(logistic())):
        path.write_text(around + shown, "utf-8")
        browser.open(path)
        seen.append([look.replace("\n", "") for look in browser.value(looks)])
    assert seen[0] == seen[1]
    assert browser.complaints() == []
    browser.click(".graphc + .graphc label[for$=zoom-index]")
    assert browser.visible(".graphc + .graphc details.index .step")
    assert not browser.visible(".graphc:has(+ .graphc) details.index .step")


CONTRAST = """(() => {
  const canvas = document.createElement('canvas').getContext('2d');
  const rgb = text => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = text; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data]; };
  const light = ([r, g, b]) => [r, g, b].map(c => c / 255)
    .map(c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
    .reduce((sum, c, k) => sum + c * [.2126, .7152, .0722][k], 0);
  const behind = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
    if (c[3] === 255) return c; } return [255, 255, 255, 255]; };
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const poor = new Set();
  for (let text; text = walk.nextNode();) {
    const e = text.parentElement;
    if (!text.data.trim() || e.closest('svg, script') || !e.checkVisibility()) continue;
    const [a, b] = [light(rgb(getComputedStyle(e).color)), light(behind(e))].sort((a, b) => b - a);
    if ((a + .05) / (b + .05) < 4.5) poor.add(`${e.className || e.tagName}: ${text.data.trim().slice(0, 20)}`);
  }
  return [...poor];
})()"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_stands_out_from_what_is_behind_it(browser: Browser, tmp_path: Path, scheme: str) -> None:
    browser.media(scheme=scheme)
    browser.open(page(tmp_path, "softmax-classifier", zoom="scalar"))
    browser.value("document.querySelectorAll('details').forEach(part => part.open = true)")
    browser.click("figure a")
    dark = browser.value("matchMedia('(prefers-color-scheme: dark)').matches")
    assert dark == (scheme == "dark")
    assert browser.value(CONTRAST) == []


def test_everything_that_can_be_reached_has_a_name_and_headings_are_in_order(browser: Browser, tmp_path: Path) -> None:
    browser.open(page(tmp_path, "logistic"))
    nodes = browser("Accessibility.getFullAXTree")["nodes"]
    said = [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if not node["ignored"]]
    assert [role for role, name in said if role in ("link", "radio", "DisclosureTriangle", "button") and not name] == []
    assert {"banner", "main", "navigation", "complementary"} <= {role for role, _ in said}
    levels = browser.value(
        "[...document.querySelectorAll('h1,h2,h3')].filter(e => e.checkVisibility()).map(e => e.tagName)"
    )
    assert levels[0] == "H1"
    assert levels.count("H1") == 1
    assert browser.value("document.documentElement.lang") == "en"


def in_view(browser: Browser, selector: str) -> bool:
    return browser.visible(selector) and browser.value(
        f'(r => r.top < innerHeight && r.bottom > 0)(document.querySelector("{selector}").getBoundingClientRect())'
    )
