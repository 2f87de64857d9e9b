"""A run that was killed goes on to the same bits; a file that was damaged is named."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from graphc.language.errors import GraphcError
from graphc.learn import checkpoint
from graphc.learn.checkpoint import Files, read_files
from graphc.learn.plan import Plan
from graphc.learn.run import CALLBACKS, HISTORY, OPTIMIZER, WEIGHTS, Run
from graphc.learn.train import Trained, train

NET = """
input x[n, 2]
input t[n, 1] : in {0, 1}
param W[2, 8]
param b[8]
param V[8, 1]
output y = sigma(dropout(tanh(x @ W + b), 0.2) @ V)
loss L = mean(binary_cross_entropy(y, t))
"""
RESULTS = (WEIGHTS, OPTIMIZER, CALLBACKS, HISTORY)
LEARNER = """
import sys
from graphc.learn.plan import Plan
from graphc.learn.train import train
train(open(sys.argv[1]).read(), "net", Plan("net", "moons:rows=300", epochs=int(sys.argv[3]), patience=1000,
      augment="rotate=20,shift=0.1"),
      sys.argv[2], resume=True, every=0)
"""


def plan(**settings) -> Plan:
    return Plan("net", "moons:rows=60", **{"epochs": 6, "batch_size": 16, "seed": 5, **settings})


def learn(folder: Path, text: str = NET, resume: bool = False, **settings) -> Trained:
    return train(text, "net", plan(**settings), folder, resume=resume, every=0)


def results(folder: Path) -> dict[str, bytes]:
    files = Run.open(folder).files
    return {name: files[name] for name in RESULTS}


@pytest.mark.slow
def test_killed_at_any_moment_it_goes_on_to_the_same_bits(tmp_path):
    net = tmp_path / "net.net"
    net.write_text(NET)
    command = [sys.executable, "-c", LEARNER, str(net)]
    epochs = "150"
    subprocess.run([*command, str(tmp_path / "whole"), epochs], check=True, timeout=120)
    moments, reached = random.Random(1), []
    killed = tmp_path / "killed"
    for _ in range(5):
        process = subprocess.Popen([*command, str(killed), epochs])
        before = reached[-1] if reached else 0
        while process.poll() is None and _epoch(killed) <= before:
            time.sleep(0.01)
        time.sleep(moments.uniform(0, 0.2))
        process.send_signal(signal.SIGKILL)
        process.wait()
        reached.append(_epoch(killed))
    assert len(set(reached)) > 2, f"the kills came at {reached}"
    subprocess.run([*command, str(killed), epochs], check=True, timeout=120)
    assert results(killed) == results(tmp_path / "whole")


def _epoch(folder: Path) -> int:
    return Run.open(folder).progress["epoch"] if checkpoint.exists(folder) else 0


class Killed(BaseException):
    """As if the process ended here."""


@pytest.mark.slow
@pytest.mark.parametrize("calls", ["replace", "fsync", "write"])
def test_whatever_was_being_written_the_folder_holds_one_whole_version(calls, tmp_path, monkeypatch):
    learn(tmp_path / "whole", epochs=2)
    expected = results(tmp_path / "whole")
    for moment in range(60):
        folder = tmp_path / str(moment)
        with monkeypatch.context() as patch:
            _kill_at(patch, calls, moment)
            try:
                learn(folder, epochs=2)
            except Killed:
                pass
            else:
                break
        learn(folder, epochs=2, resume=True)
        assert results(folder) == expected
    assert moment > 10


def _kill_at(patch: pytest.MonkeyPatch, calls: str, moment: int) -> None:
    """End at the moment-th call; of a write, after half of it."""
    left = [moment]

    def counted(call, half=None):
        def function(*arguments):
            left[0] -= 1
            if left[0] < 0:
                if half:
                    half(*arguments)
                raise Killed
            return call(*arguments)

        return function

    if calls == "write":
        write = checkpoint._write
        half = lambda file, content: file.write_bytes(content[: len(content) // 2])  # noqa: E731
        patch.setattr(checkpoint, "_write", counted(write, half))
    else:
        patch.setattr(checkpoint.os, calls, counted(getattr(os, calls)))


def test_more_epochs_later_are_as_if_they_had_been_asked_for_at_once(tmp_path):
    learn(tmp_path / "whole", epochs=8, patience=50)
    learn(tmp_path / "parts", epochs=3, patience=50)
    learn(tmp_path / "parts", epochs=8, patience=50, resume=True)
    assert results(tmp_path / "parts") == results(tmp_path / "whole")


def test_a_run_that_is_done_is_not_trained_again(tmp_path):
    first = learn(tmp_path / "run")
    again = learn(tmp_path / "run", resume=True)
    assert again.resumed == 6
    assert again.step.count == first.step.count
    assert again.metrics == first.metrics


def test_the_parameters_in_the_folder_are_those_of_the_best_epoch(tmp_path):
    trained = learn(tmp_path / "run", epochs=60, patience=3, lr=0.3)
    assert trained.early
    best = min(trained.history["val_loss"])
    assert trained.metrics["val_loss"] == pytest.approx(best)
    assert len(trained.history) == trained.history["val_loss"].index(best) + 1 + 3
    assert learn(tmp_path / "run", epochs=60, patience=3, lr=0.3, resume=True).metrics == trained.metrics


# -- what is refused


def test_a_run_is_not_written_over(tmp_path):
    learn(tmp_path / "run")
    before = results(tmp_path / "run")
    with pytest.raises(GraphcError, match="holds a run already"):
        learn(tmp_path / "run", seed=9)
    assert results(tmp_path / "run") == before


def test_a_run_that_went_wrong_may_be_replaced(tmp_path):
    text = "input x[n, 2]\ninput t[n, 1]\nparam W[2, 1]\noutput y = x @ W\nloss L = mean((y - t)**2)"
    with pytest.raises(GraphcError, match="at step"):
        learn(tmp_path / "run", text, optimizer="gd", lr=1e30)
    assert learn(tmp_path / "run", text, optimizer="gd", lr=0.1).history.last["loss"] < 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"seed": 6}, "--seed 5"),
        ({"batch_size": 8}, "--batch-size 16"),
        ({"optimizer": "sgd"}, "--optimizer adam"),
        ({"augment": "flip"}, "without --augment"),
        ({"data": "moons"}, "the data moons:rows=60"),
    ],
)
def test_a_run_goes_on_as_it_began(given, said):
    with pytest.raises(GraphcError, match=said):
        plan().continued(given)


def test_another_model_or_other_data_are_told(tmp_path):
    learn(tmp_path / "run", epochs=2)
    with pytest.raises(GraphcError, match="the model is not the one"):
        learn(tmp_path / "run", NET.replace("tanh", "relu"), resume=True)
    with pytest.raises(GraphcError, match="the data are not those"):
        train(NET, "net", Plan("net", "moons:rows=61"), tmp_path / "run", resume=True)


@pytest.mark.parametrize("name", [*RESULTS, "model.net", "run.json", "progress.json", "manifest.json"])
@pytest.mark.parametrize("damage", ["cut", "changed", "gone"])
def test_a_damaged_file_is_named_and_not_loaded(name, damage, tmp_path):
    learn(tmp_path / "run", epochs=2)
    file = tmp_path / "run" / name
    content = file.read_bytes()
    if damage == "gone":
        file.unlink()
    else:
        middle = len(content) // 2
        other = bytes([content[middle] ^ 1])
        file.write_bytes(content[:middle] if damage == "cut" else content[:middle] + other + content[middle + 1 :])
    with pytest.raises(GraphcError) as caught:
        Run.open(tmp_path / "run")
    assert name in str(caught.value)


def test_a_manifest_that_names_files_elsewhere_is_refused(tmp_path):
    Files(tmp_path / "run").write({"../secret": b"secret"})
    with pytest.raises(GraphcError, match=r"manifest\.json is damaged"):
        read_files(tmp_path / "run")


def test_two_do_not_train_in_one_folder(tmp_path):
    pytest.importorskip("fcntl")
    with checkpoint.alone(tmp_path / "run"), pytest.raises(GraphcError, match="another process trains"):
        learn(tmp_path / "run")


def test_a_reader_sees_one_version_while_another_is_written(tmp_path):
    Files(tmp_path).write({"a": b"0", "b": b"0"})
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), "120"])
    seen = []
    while writer.poll() is None:
        found = read_files(tmp_path)
        assert found["a"] == found["b"]
        seen.append(int(found["a"]))
    assert writer.returncode == 0
    assert seen == sorted(seen)
    assert len(set(seen)) > 5, "the reader met too few versions"


WRITER = """
import sys
from pathlib import Path
from graphc.learn.checkpoint import Files
files = Files(Path(sys.argv[1]))
for number in range(1, int(sys.argv[2])):
    files.write({name: b"%d" % number for name in ("a", "b")})
"""
