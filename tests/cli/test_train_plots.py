"""What `graphc train` says of plots."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

FEW = ("train", "spiral", "--data", "spiral:rows=40", "--epochs", "1", "--out")


def test_it_says_where_plots_are_and_names_them(graphc, tmp_path):
    run = tmp_path / "run"
    assert f"The run is in {run}, its plots in {run / 'plots'}\n" in graphc(*FEW, run).out
    names = graphc(*FEW, run, "--resume", "--json").data["plots"]
    assert names == ["loss.png", "accuracy.png", "boundary.png", "confusion.png"]
    assert sorted(file.name for file in (run / "plots").iterdir()) == sorted(names)


def test_without_matplotlib_it_trains_and_says_how_to_get_plots(graphc, tmp_path, monkeypatch: pytest.MonkeyPatch):
    for name in [name for name in sys.modules if name.partition(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    found = graphc(*FEW, tmp_path)
    assert found.code == 0
    assert f"The run is in {tmp_path}\nFor plots of it: pip install 'graphc[plot]'\n" in found.out
    assert graphc(*FEW, tmp_path, "--resume", "--json").data["plots"] == []
    assert not (tmp_path / "plots").exists()


def test_plots_that_cannot_be_written_are_told_and_the_run_is_there(graphc, tmp_path: Path):
    (tmp_path / "plots").write_text("in the way")
    found = graphc(*FEW, tmp_path)
    assert found.code == 0
    assert "There are no plots: cannot make the folder" in found.out
    assert (tmp_path / "weights.safetensors").exists()


def test_whoever_wants_no_plots_gets_none_and_waits_for_none(graphc, tmp_path, monkeypatch: pytest.MonkeyPatch):
    for name in [name for name in sys.modules if name.partition(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, name)
    found = graphc(*FEW, tmp_path / "run", "--no-plots")
    assert f"The run is in {tmp_path / 'run'}\nNext: " in found.out
    assert not (tmp_path / "run" / "plots").exists()
    assert not any(name.partition(".")[0] == "matplotlib" for name in sys.modules)


@pytest.mark.parametrize("rate", ["50", "1e12"])
def test_a_training_that_went_wrong_shows_its_loss_up_to_there(rate: str, graphc, tmp_path):
    run = tmp_path / "run"
    wrong = ("train", "linear", "--data", "line", "--optimizer", "gd", "--lr", rate, "--out", run)
    assert f"what the loss did is in {run / 'plots' / 'loss.png'}" in graphc(*wrong, "--json").data["hint"]
    assert [file.name for file in (run / "plots").iterdir()] == ["loss.png"]


def test_a_first_step_that_goes_wrong_leaves_nothing_to_draw(graphc, tmp_path):
    (tmp_path / "wrong.net").write_text(
        "input x[n]\ninput t[n]\nparam w\noutput y = w*x\nloss L = mean((y - t)**2)/0 + log(-1 - w**2)\n"
    )
    found = graphc("train", tmp_path / "wrong.net", "--data", "line", "--out", tmp_path / "run")
    assert (found.code, "what the loss did" in found.err) == (2, False)
    assert not (tmp_path / "run" / "plots").exists()
