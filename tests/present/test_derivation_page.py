"""The page of a derivation as text: well formed, whole, of a reasonable size, and allowing nothing but itself."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from networks import network
from samples import hostile, logistic

from graphc.derivation.derive import derive
from graphc.graph.network import load
from graphc.present.derived.html import render

VOID = {"meta", "link", "input", "br", "img", "hr"}


class Reader(HTMLParser):
    """Complains where an element is not closed by its own end."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        given = dict(attributes)
        assert not any(name.startswith("on") or name == "style" for name in given)
        self.ids += [value for name, value in attributes if name == "id" and value]
        self.links += [value for name, value in attributes if name in ("href", "src") and value]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


@pytest.mark.parametrize("model", ["logistic", "softmax-classifier", "mlp", "skip"])
def test_a_page_is_well_formed_and_its_links_stay_in_it(model: str) -> None:
    net = load(model)
    assert net.loss is not None
    found = read(render(derive(net.loss, net.params, net), "index"))
    assert len(found.ids) == len(set(found.ids))
    outside = [link for link in found.links if link != "data:," and link.removeprefix("#") not in found.ids]
    assert outside == []


def test_a_page_is_well_formed_whatever_people_wrote() -> None:
    word = "</style></summary><script>1</script><!--<img src='x'>\"&\x00\x1b"
    page = render(hostile(word), "scalar")
    assert "img" not in read(page).seen
    assert "\x00" not in page
    assert "\x1b" not in page


def test_a_page_without_a_network_has_its_steps_all_the_same() -> None:
    from dataclasses import replace

    found = read(render(replace(logistic(), net=None)))
    assert "math" in found.seen
    assert "svg" not in found.seen


def test_the_policy_of_a_page_names_its_own_style_and_script_and_nothing_else() -> None:
    page = render(logistic())
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        assert f"'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'" in policy


def test_a_certificate_that_failed_is_said_and_counted() -> None:
    page = render(hostile("!"))
    assert "✗ 0 of 11 steps certified" in page
    assert "not certified" in page
    assert "✓ 11 of 11 steps certified" in render(logistic())


def test_a_condition_is_said_beside_its_step_and_with_the_result() -> None:
    assert render(logistic()).count("<mi>t</mi></math> in {0, 1}</") == 2


@pytest.mark.slow
def test_many_equal_layers_make_a_page_of_a_reasonable_size() -> None:
    lines = ["input h0[n, 8]", "input t[n, 1] : in {0, 1}", "param V[8, 1]"]
    for step in range(1, 31):
        lines += [f"param W{step}[8, 8]", f"h{step} = tanh(h{step - 1} @ W{step})"]
    lines += ["output y = sigma(h30 @ V)", "loss L = mean(binary_cross_entropy(y, t))"]
    net = network("\n".join(lines))
    assert net.loss is not None
    page = render(derive(net.loss, net.params, net))
    read(page)
    assert len(page) < 600_000
    assert "more of the same form" in page
