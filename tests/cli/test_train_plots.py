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
