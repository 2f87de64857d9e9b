"""What is shown of a training that goes on: a bar on a terminal, lines elsewhere, nothing on stdout."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest

import graphc as gc
from graphc.graph.network import load
from graphc.learn.data.catalogue import make
from graphc.learn.data.fit_to import fit_to
from graphc.learn.fit import fit
from graphc.learn.progress import Lines, progress


def test_elsewhere_there_are_about_ten_lines_with_the_first_and_the_last_epoch():
    model = load("neuron")
    feed, stream = fit_to(model, make("clusters", rows=20)), io.StringIO()
    fit(gc.TrainingStep(model), feed, epochs=95, validation=feed.held_out, callbacks=[progress(stream)])
    lines = stream.getvalue().splitlines()
    assert isinstance(progress(stream), Lines)
    assert 8 <= len(lines) <= 12
    assert lines[0].startswith("epoch 1/95  loss ")
    assert lines[-1].startswith("epoch 95/95  loss ")
    assert "val_accuracy" in lines[-1]


def test_on_a_terminal_there_is_a_bar_that_goes_away_and_stdout_has_the_answer_alone(tmp_path: Path):
    pty = pytest.importorskip("pty")
    outer, inner = pty.openpty()
    command = (
        f"import sys; sys.path.insert(0, {str(Path.cwd())!r}); from graphc.cli.main import main; main(sys.argv[1:])"
    )
    out = tmp_path / "out"
    child = os.fork()
    if not child:  # with a terminal as its stderr and a file as its stdout
        os.dup2(inner, 2)
        os.dup2(os.open(out, os.O_WRONLY | os.O_CREAT), 1)
        os.execv(sys.executable, [sys.executable, "-c", command, "train", "mlp-2-4-1", "--data", "moons", "--epochs",
                                  "200", "--out", str(tmp_path / "run"), "--json"])  # fmt: skip
    os.close(inner)
    said = b""
    while True:
        try:
            part = os.read(outer, 4096)
        except OSError:
            break
        if not part:
            break
        said += part
    assert os.waitpid(child, 0)[1] == 0
    assert b"epoch" in said
    assert b"val_loss" in said
    assert out.read_text().startswith('{"schema": "graphc/train/1"')
