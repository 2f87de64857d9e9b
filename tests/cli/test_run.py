"""`graphc run`: values of any tensor or derivative, and what it says of arrays that do not fit."""

from __future__ import annotations

import unicodedata
import zipfile

import numpy as np


def test_outputs_loss_and_gradient_come_under_the_names_asked(graphc, logistic, tmp_path):
    answer = graphc("run", "logistic", "--inputs", logistic, "--of", "y,L,dL/dw,dL/db", "-o", tmp_path / "out.npz")
    assert (answer.code, answer.out, answer.err) == (0, "", "")
    given, got = np.load(logistic), np.load(tmp_path / "out.npz")
    y = 1 / (1 + np.exp(-(given["x"] @ given["w"] + given["b"])))
    delta = (y - given["t"]) / 3
    assert sorted(got.files) == ["L", "dL/db", "dL/dw", "y"]
    np.testing.assert_allclose(got["y"], y, rtol=1e-12)
    np.testing.assert_allclose(got["dL/dw"], given["x"].T @ delta, rtol=1e-12)
    np.testing.assert_allclose(got["dL/db"], delta.sum(), rtol=1e-12)
    assert got["L"].shape == got["dL/db"].shape == ()


def test_the_derivative_of_a_tensor_is_its_jacobian(graphc, logistic, tmp_path):
    graphc("run", "logistic", "--inputs", logistic, "--of", "dy/dw", "-o", tmp_path / "out.npz")
    given = np.load(logistic)
    y = 1 / (1 + np.exp(-(given["x"] @ given["w"] + given["b"])))
    np.testing.assert_allclose(np.load(tmp_path / "out.npz")["dy/dw"], (y * (1 - y))[:, None] * given["x"], rtol=1e-12)


def test_without_a_request_it_gives_outputs_and_loss(graphc, logistic):
    answer = graphc("run", "logistic", "--inputs", logistic, "--json")
    assert [value["name"] for value in answer.data["values"]] == ["y", "L"]
    assert answer.data["schema"] == "graphc/run/1"


def test_the_float_type_of_the_inputs_is_kept(graphc, logistic, tmp_path):
    with np.load(logistic) as given:
        np.savez(tmp_path / "single.npz", **{name: given[name].astype(np.float32) for name in given.files})
    graphc("run", "logistic", "--inputs", tmp_path / "single.npz", "--of", "y,dL/dw", "-o", tmp_path / "out.npz")
    assert {array.dtype for array in np.load(tmp_path / "out.npz").values()} == {np.dtype("float32")}


def test_a_missing_array_is_named_with_a_likely_slip(graphc, logistic, tmp_path):
    with np.load(logistic) as given:
        np.savez(tmp_path / "in2.npz", **{("weights" if name == "w" else name): given[name] for name in given.files})
    answer = graphc("run", "logistic", "--inputs", tmp_path / "in2.npz")
    assert answer.code == 2
    assert "has no array `w` of shape (m,)" in answer.err
    assert "Traceback" not in answer.err


def test_a_wrong_shape_is_told_with_what_was_expected_and_what_was_given(graphc, logistic, tmp_path):
    with np.load(logistic) as given:
        np.savez(tmp_path / "in2.npz", **{**given, "w": np.ones(5)})
    answer = graphc("run", "logistic", "--inputs", tmp_path / "in2.npz")
    assert answer.code == 2
    assert "`w`" in answer.err
    assert "5" in answer.err
    assert "2" in answer.err
    assert len(answer.err.splitlines()) <= 2


def test_a_nan_among_the_inputs_is_said_with_its_place(graphc, logistic, tmp_path):
    with np.load(logistic) as given:
        x = given["x"].copy()
        x[2, 1] = np.nan
        np.savez(tmp_path / "in2.npz", **{**given, "x": x})
    answer = graphc("run", "logistic", "--inputs", tmp_path / "in2.npz")
    assert answer.code == 2
    assert "`x`" in answer.err
    assert "NaN at [2, 1]" in answer.err


def test_an_unknown_name_gets_a_suggestion(graphc, logistic):
    answer = graphc("run", "logistic", "--inputs", logistic, "--of", "dL/dv")
    assert answer.code == 2
    assert "`v`" in answer.err


def test_files_that_are_no_archive_of_numbers_are_refused(graphc, tmp_path):
    text, pickled, single = tmp_path / "a.npz", tmp_path / "b.npz", tmp_path / "c.npz"
    text.write_text("not an archive")
    np.savez(pickled, x=np.array([{"code": 1}], dtype=object))
    with single.open("wb") as file:
        np.save(file, np.ones(3))
    for file in (text, pickled, single, tmp_path / "missing.npz", tmp_path):
        answer = graphc("run", "logistic", "--inputs", file)
        assert answer.code == 2
        assert file.name in answer.err
        assert "Traceback" not in answer.err


def test_errors_as_json_stand_alone_on_stdout(graphc, tmp_path):
    net = tmp_path / "bad.net"
    net.write_text("input x[n]\noutput y = sgima(x)\n")
    answer = graphc("run", net, "--json")
    assert answer.code == 2
    assert answer.err == ""
    assert answer.data["schema"] == "graphc/error/1"
    assert (answer.data["file"], answer.data["line"], answer.data["col"]) == (str(net), 2, 12)
    assert "sigma" in answer.data["hint"]


def test_what_is_not_needed_may_be_anything(graphc, logistic, tmp_path):
    with np.load(logistic) as given:
        np.savez(tmp_path / "in2.npz", **given, labels=np.array(["a", "b"]))
    with zipfile.ZipFile(tmp_path / "in2.npz", "a") as archive:
        archive.writestr("readme.txt", "hi")
    assert graphc("run", "logistic", "--inputs", tmp_path / "in2.npz").code == 0


def test_a_wanted_member_that_is_no_array_of_numbers_is_named(graphc, logistic, tmp_path):
    with np.load(logistic) as given:
        rest = {name: given[name] for name in given.files if name != "x"}
    for content in (b"hi", b"\x93NUMPY", b""):
        np.savez(tmp_path / "in2.npz", **rest)
        with zipfile.ZipFile(tmp_path / "in2.npz", "a") as archive:
            archive.writestr("x.npy", content)
        answer = graphc("run", "logistic", "--inputs", tmp_path / "in2.npz")
        assert answer.code == 2
        assert "`x`" in answer.err
        assert "inside" not in answer.err


def test_a_name_is_found_however_its_accents_are_stored(graphc, tmp_path):
    net = tmp_path / "accent.net"
    net.write_text("input é[n]\noutput y = 2*é\n", "utf-8")
    np.savez(tmp_path / "in.npz", **{unicodedata.normalize("NFD", "é"): np.ones(2)})
    assert graphc("run", net, "--inputs", tmp_path / "in.npz").out == "y = [2. 2.]\n"


def test_without_a_file_the_arrays_that_are_needed_are_listed(graphc):
    answer = graphc("run", "logistic")
    assert answer.code == 2
    assert "`x` of shape (n, m)" in answer.err
