"""The gallery shows what its page says of it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "gallery.md").read_text("utf-8")
SHOWN = sorted(re.findall(r"\(pictures/(gallery-[\w-]+\.png)\)", PAGE))
LARGEST = 150_000


def test_every_picture_of_the_gallery_is_on_its_page_and_every_one_on_the_page_is_there():
    assert sorted(file.name for file in (ROOT / "docs" / "pictures").glob("gallery-*")) == SHOWN


@pytest.mark.parametrize("name", SHOWN)
def test_a_picture_is_small_enough_for_a_page(name):
    assert (ROOT / "docs" / "pictures" / name).stat().st_size < LARGEST


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gallery")
    subprocess.run([sys.executable, ROOT / "docs" / "gallery", folder], check=True, stdout=subprocess.DEVNULL)
    return folder


@pytest.fixture(scope="module")
def facts(built: Path) -> dict[str, Any]:
    return json.loads((built / "gallery.json").read_text("utf-8"))


@pytest.mark.slow
def test_the_gallery_builds_all_of_its_pictures(built):
    assert sorted(file.name for file in built.glob("*.png")) == SHOWN
    assert all(file.stat().st_size < LARGEST for file in built.glob("*.png"))


@pytest.mark.slow
def test_a_small_rate_is_slow_the_right_one_finds_the_line_and_a_large_one_diverges(facts):
    said = facts["rates"]
    (start, slow), (_, right), (_, away) = said["loss"].values()
    assert right < slow / 10 < start / 10
    assert away > 2 * start
    assert said["line"]["0.3"] == pytest.approx(said["least squares"], abs=0.01)


@pytest.mark.slow
def test_one_net_is_too_small_one_is_right_and_one_learns_by_heart(facts):
    under, fitting, over = (facts["spiral"][name] for name in ("Underfitting", "Fitting", "Overfitting"))
    assert max(under) < 0.95
    assert min(fitting) >= 0.98
    assert over[0] == 1
    assert over[1] < 0.95


@pytest.mark.slow
def test_slopes_are_those_of_the_slides(facts):
    said = facts["activations"]
    h, slope = (said["sigmoid σ"][key] for key in ("value at 0.5", "slope at 0.5"))
    assert slope == pytest.approx(h * (1 - h), abs=1e-3)
    assert said["softmax of (z, 0), first part"] == said["sigmoid σ"]
    h, slope = (said["tanh"][key] for key in ("value at 0.5", "slope at 0.5"))
    assert slope == pytest.approx(1 - h**2, abs=1e-3)
    saturated = {name.split()[0]: one["saturated"] for name, one in said.items()}
    assert saturated["step"] == 1
    assert saturated["linear"] == saturated["leaky"] == saturated["PReLU,"] == 0
    assert saturated["relu"] == pytest.approx(0.5, abs=0.01)
    assert saturated["tanh"] > saturated["sigmoid"] > 0.2


@pytest.mark.slow
def test_each_regulariser_changes_a_run_that_learns_by_heart(facts):
    said = dict(facts["regularisers"])
    alone = said.pop("Nothing against it")
    assert alone["accuracy"][0] == 1
    assert alone["held-out loss"] > 50 * alone["loss"]
    assert len(said) == 5
    for one in said.values():
        assert one["held-out loss"] < 0.85 * alone["held-out loss"]
    l1, l2, _, stopped, _ = said.values()
    assert max(l1["sum of |w|"], l2["sum of |w|"]) < alone["sum of |w|"] / 2
    assert stopped["epochs"] < alone["epochs"] / 2


@pytest.mark.slow
def test_the_error_falls_with_every_doubling_of_the_neurons(facts):
    errors = list(facts["approximation"].values())
    assert len(errors) == 5
    assert all(after < before for before, after in pairwise(errors))
    assert errors[-1] < errors[0] / 100


@pytest.mark.slow
def test_the_net_whose_filters_are_shown_tells_digits(facts):
    assert facts["digits"]["val_accuracy"] > 0.95
