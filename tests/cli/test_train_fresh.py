"""A run is begun anew in place of another one only where that is said."""

from __future__ import annotations

from pathlib import Path

import pytest

SHORT = ("train", "neuron", "--data", "clusters:rows=40", "--epochs", "2", "--no-plots")


def everything(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_a_run_is_kept_until_it_is_said_to_begin_afresh(graphc, tmp_path):
    run = tmp_path / "run"
    assert graphc(*SHORT, "--out", run).code == 0
    before = everything(run)
    refused = graphc(*SHORT, "--seed", 1, "--out", run, "--json").data
    assert "holds a run already" in refused["message"]
    assert "--fresh begins anew in its place" in refused["hint"]
    assert everything(run) == before
    again = graphc(*SHORT, "--seed", 1, "--out", run, "--fresh", "--json")
    assert (again.code, again.data["resumed"], again.data["seed"]) == (0, None, 1)
    alone = tmp_path / "alone"
    graphc(*SHORT, "--seed", 1, "--out", alone)
    assert everything(run) == everything(alone)


def test_plots_of_the_run_before_go_with_it(graphc, tmp_path):
    run = tmp_path / "run"
    graphc(*SHORT[:-1], "--out", run)
    assert (run / "plots" / "boundary.png").exists()
    graphc("train", "linear", "--data", "line", "--epochs", "1", "--out", run, "--fresh")
    names = sorted(file.name for file in (run / "plots").iterdir())
    assert names == ["curve.png", "loss.png", "mae.png", "mse.png", "predicted.png"]


def test_a_damaged_run_may_be_begun_afresh(graphc, tmp_path):
    run = tmp_path / "run"
    graphc(*SHORT, "--out", run)
    (run / "weights.safetensors").write_bytes(b"")
    assert "is damaged" in graphc(*SHORT, "--out", run).err
    assert graphc(*SHORT, "--out", run, "--fresh").code == 0
    assert graphc("evaluate", run, "--data", "clusters").code == 0


def test_where_there_is_no_run_afresh_means_nothing(graphc, tmp_path):
    assert graphc(*SHORT, "--out", tmp_path / "run", "--fresh").code == 0


@pytest.mark.parametrize("fresh", [(), ("--fresh",)])
@pytest.mark.parametrize("name", ["manifest.json", "model.net", "history.csv"])
def test_a_file_that_no_run_has_written_is_not_written_over(name, fresh, graphc, tmp_path):
    (tmp_path / name).write_text("somebody's own")
    answer = graphc(*SHORT, "--out", tmp_path, *fresh)
    assert answer.code == 2
    assert name in answer.err
    assert {key: value for key, value in everything(tmp_path).items() if key != ".lock"} == {name: b"somebody's own"}


def test_to_go_on_and_to_begin_afresh_is_too_much(graphc, tmp_path):
    answer = graphc(*SHORT, "--out", tmp_path / "run", "--fresh", "--resume")
    assert (answer.code, "choose one of them" in answer.err) == (2, True)
