"""IDX files, NumPy's files and folders of them: what is read, and how wrong files are told apart."""

from __future__ import annotations

import gzip
import io
import pickle
import struct
import zipfile

import numpy as np
import pytest

from graphc.graph.network import load
from graphc.language.errors import GraphcError
from graphc.learn.data import idx
from graphc.learn.data.fit_to import fit_to
from graphc.learn.data.mapped import is_mapped
from graphc.learn.data.read import read
from graphc.learn.data.table import Table

IMAGES = np.arange(5 * 6 * 7, dtype=np.uint8).reshape(5, 6, 7)
LABELS = np.array([0, 3, 1, 9, 3], np.uint8)


def packed(array, code=0x08):
    return bytes([0, 0, code, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


@pytest.fixture
def mnist(tmp_path):
    files = {
        "train-images-idx3-ubyte": packed(IMAGES),
        "train-labels-idx1-ubyte.gz": gzip.compress(packed(LABELS)),
        "t10k-images-idx3-ubyte.gz": gzip.compress(packed(IMAGES[:2])),
        "t10k-labels-idx1-ubyte": packed(LABELS[:2]),
        "README": b"no data",
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def test_a_folder_of_idx_pairs_has_a_part_to_learn_from_and_one_held_out(mnist):
    data = read(mnist)
    np.testing.assert_array_equal(data.inputs["x"][:, 0], IMAGES)
    np.testing.assert_array_equal(data.targets["t"].values, LABELS)
    np.testing.assert_array_equal(data.held_out.inputs["x"][:, 0], IMAGES[:2])
    assert data.classes == data.held_out.classes == tuple("0123456789")
    assert data.picture == (6, 7)


def test_images_of_bytes_reach_lenet_at_its_size_between_0_and_1(mnist):
    feed = fit_to(load("lenet5"), read(mnist))
    x = feed.arrays()["x"]
    assert x.shape == (5, 1, 32, 32)
    assert x.dtype == np.float32
    assert 0 <= x.min() < x.max() <= 1
    assert feed.held_out.arrays()["t"].shape == (2, 10)


def test_one_file_of_images_finds_its_labels_and_does_without_for_predictions(mnist):
    assert read(mnist / "train-images-idx3-ubyte").targets["t"].values.tolist() == LABELS.tolist()
    (mnist / "train-labels-idx1-ubyte.gz").unlink()
    assert not read(mnist / "train-images-idx3-ubyte").targets


@pytest.mark.parametrize(
    ("code", "dtype"), [(0x08, ">u1"), (0x09, ">i1"), (0x0B, ">i2"), (0x0C, ">i4"), (0x0D, ">f4"), (0x0E, ">f8")]
)
def test_every_type_of_idx_is_read(tmp_path, code, dtype):
    array = np.arange(24).reshape(2, 3, 4).astype(dtype)
    (tmp_path / "a.idx3").write_bytes(packed(array, code))
    np.testing.assert_array_equal(idx.read_idx(tmp_path / "a.idx3"), array)


def test_a_large_idx_file_stays_in_its_file(mnist, monkeypatch):
    monkeypatch.setattr(idx, "MAPPED", 10)
    array = idx.read_idx(mnist / "train-images-idx3-ubyte")
    assert is_mapped(array)
    np.testing.assert_array_equal(array, IMAGES)
    x = fit_to(load("autoencoder"), read(mnist_of(mnist, np.full((3, 8, 8), 51, np.uint8)))).arrays()["x"]
    np.testing.assert_allclose(x, np.full((3, 64), 0.2), rtol=1e-6)


def mnist_of(folder, images):
    file = folder / "other-images-idx3-ubyte"
    file.write_bytes(packed(images))
    return file


WHOLE = packed(IMAGES)
ZIPPED = gzip.compress(WHOLE)
WRONG_IDX = [
    (WHOLE[:-9], "the header promises 5 × 6 × 7 numbers, which are 210 bytes, and there are 201"),
    (WHOLE + b"0", "are 210 bytes, and there are more"),
    (WHOLE[:9], "the file ends within its header"),
    (b"\0\0\x08\x03" + struct.pack(">3I", 2**31, 2**31, 2**31) + b"12", "and there are 2"),
    (b"\0\0\x08\x03" + struct.pack(">3I", 0, 6, 7), "the file has no numbers"),
    (b"\0\0\x07\x03" + WHOLE[4:], "this is not an IDX file: it starts with 00 00 07 03"),
    (b"ABCD" + WHOLE[4:], "this is not an IDX file: it starts with 41 42 43 44"),
    (b"", "the file is empty"),
    (b"<!DOCTYPE html>", "the download gave a page instead of the file"),
    (ZIPPED[:-30], "the gzip data end too early"),
    (ZIPPED[:-6] + b"abcdef", "the gzip data are damaged"),
    (ZIPPED[:12] + b"\xff" * 20 + ZIPPED[32:], "the gzip data are damaged"),
    (gzip.compress(WHOLE[:-9]), "and there are 201"),
    (gzip.compress(ZIPPED), "gzipped twice"),
    (packed(LABELS), "this has one axis, as labels have"),
]


@pytest.mark.parametrize(("content", "said"), WRONG_IDX)
def test_wrong_images_are_told_apart(mnist, content, said):
    (mnist / "train-images-idx3-ubyte").write_bytes(content)
    with pytest.raises(GraphcError) as caught:
        read(mnist / "train-images-idx3-ubyte")
    assert str(caught.value).startswith(f"{mnist / 'train-images-idx3-ubyte'}: ")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (packed(LABELS[:4]), "there are 4 labels, and 5 images in train-images-idx3-ubyte"),
        (packed(IMAGES), "these are no labels: 5 × 6 × 7 numbers"),
        (packed(np.array([0, 1, -1, 2, 3], ">i1"), 0x09), "label -1 of row 3 is out of range"),
        (None, "the labels of these images are not beside them"),
    ],
)
def test_labels_that_do_not_belong_to_the_images_are_said(mnist, labels, said):
    (mnist / "train-labels-idx1-ubyte.gz").unlink()
    if labels is not None:
        (mnist / "train-labels-idx1-ubyte").write_bytes(labels)
    with pytest.raises(GraphcError) as caught:
        read(mnist)
    assert said in str(caught.value)


def test_labels_alone_two_sets_and_a_folder_of_something_else_are_said(mnist, tmp_path_factory):
    with pytest.raises(GraphcError, match="these are labels"):
        read(mnist / "t10k-labels-idx1-ubyte")
    mnist_of(mnist, IMAGES)
    with pytest.raises(GraphcError, match="which set is meant"):
        read(mnist)
    with pytest.raises(GraphcError, match="neither IDX files nor"):
        read(tmp_path_factory.mktemp("empty"))


X = np.arange(6.0).reshape(3, 2)
T = np.array([0, 1, 1])


def test_an_archive_has_arrays_by_name(tmp_path):
    np.savez_compressed(tmp_path / "some.npz", x=X, t=T)
    found = fit_to(load("logistic"), read(tmp_path / "some.npz")).arrays()
    np.testing.assert_array_equal(found["x"], X)
    np.testing.assert_array_equal(found["t"], T)


def test_names_that_end_in_test_are_held_out(tmp_path):
    np.savez(tmp_path / "some.npz", x_train=X, y_train=T, x_test=X[:2] + 1, y_test=T[:2])
    feed = fit_to(load("logistic"), read(tmp_path / "some.npz"))
    np.testing.assert_array_equal(feed.held_out.arrays()["x"], X[:2] + 1)
    assert (len(feed), feed.arrays()["t"].tolist()) == (3, [0, 1, 1])


def test_labels_may_be_text_in_an_archive(tmp_path):
    np.savez(tmp_path / "some.npz", x=X, label=np.array(["no", "yes", "yes"]))
    feed = fit_to(load("logistic"), read(tmp_path / "some.npz"))
    assert (feed.classes, feed.arrays()["t"].tolist()) == ({"t": ("no", "yes")}, [0, 1, 1])


def test_an_npy_file_is_a_table_that_stays_in_its_file(tmp_path):
    np.save(tmp_path / "some.npy", np.column_stack([X, T]))
    table = read(tmp_path / "some.npy")
    assert isinstance(table, Table)
    feed = fit_to(load("logistic"), table, np.float64)
    assert is_mapped(feed.columns["x"].source)
    np.testing.assert_array_equal(feed.arrays()["x"], X)
    np.testing.assert_array_equal(feed.arrays()["t"], T)


def test_a_folder_of_npy_files_has_arrays_by_name(tmp_path):
    for name, array in {"x_train": X, "t_train": T, "x_test": X[:1], "t_test": T[:1]}.items():
        np.save(tmp_path / f"{name}.npy", array)
    feed = fit_to(load("logistic"), read(tmp_path), np.float64)
    assert (len(feed), len(feed.held_out)) == (3, 1)
    assert is_mapped(feed.columns["x"].source)


class Trap:
    """Unpickling this would be noticed."""

    def __reduce__(self):
        return (open, ("unpickled", "w"))


@pytest.mark.parametrize(
    "save", [lambda f: np.save(f, np.array([Trap()])), lambda f: np.savez(f, x=np.array([Trap()]))]
)
@pytest.mark.parametrize("ending", ["npy", "npz"])
def test_nothing_pickled_is_loaded(tmp_path, monkeypatch, save, ending):
    monkeypatch.chdir(tmp_path)
    with (tmp_path / f"some.{ending}").open("wb") as file:
        save(file)
    with pytest.raises(GraphcError, match="Python objects, which would have to be unpickled"):
        read(tmp_path / f"some.{ending}")
    (tmp_path / "plain.npz").write_bytes(pickle.dumps([Trap()]))
    with pytest.raises(GraphcError, match="this is a pickle"):
        read(tmp_path / "plain.npz")
    assert not (tmp_path / "unpickled").exists()


def bytes_of(save, *arrays, **named):
    stream = io.BytesIO()
    save(stream, *arrays, **named)
    return stream.getvalue()


def with_member(name, content):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(name, content)
    return stream.getvalue()


NPY, NPZ = bytes_of(np.save, X), bytes_of(np.savez, x=X, t=T)
NAN = X.copy()
NAN[1, 1] = np.nan
WRONG_ARRAYS = [
    ("some.npy", NPY[:-8], "shorter than its header promises"),
    ("some.npy", NPY[:20], "no sound .npy file"),
    ("some.npy", b"1,2\n", "this is not an .npy file"),
    ("some.npy", bytes_of(np.save, NAN), "is NaN in row 2, column 2"),
    ("some.npy", bytes_of(np.save, np.array(["a"])), "not of numbers"),
    ("some.npy", bytes_of(np.save, np.ones((0, 3))), "no rows"),
    ("some.npy", bytes_of(np.save, np.float64(1)), "one number"),
    ("some.npz", NPZ[:-30], "no sound .npz file"),
    ("some.npz", NPZ.replace(X.tobytes(), NAN.tobytes()), "no sound .npz file"),
    ("some.npz", bytes_of(np.savez), "no arrays in it"),
    ("some.npz", bytes_of(np.savez, x=NAN, t=T), "`x` is NaN in row 2, column 2"),
    ("some.npz", bytes_of(np.savez, x=X, t=T[:2]), "x has 3, t has 2"),
    ("some.npz", bytes_of(np.savez, x=X, t=np.array([0, 1, 2])), "2 in row 3 is neither 0 nor 1"),
    ("some.npz", bytes_of(np.savez, x=X, t=np.array([0, 1j, 1])), "not of numbers"),
    ("some.npz", with_member("x.txt", b"no array"), "is no array"),
    ("some.xlsx", with_member("sheet.xml", b"<x/>"), "this is a spreadsheet"),
    ("some.h5", b"\x89HDF\r\n\x1a\n", "this is an HDF5 file"),
    ("some.csv", "x,y\n1,2\n".encode("utf-16"), "text in UTF-16"),
    ("some.csv", b"\x89PNG\r\n", "this is a PNG image"),
]


@pytest.mark.parametrize(("name", "content", "said"), WRONG_ARRAYS)
def test_wrong_arrays_are_told_apart(tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(GraphcError) as caught:
        fit_to(load("logistic"), read(tmp_path / name))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("spirl", "did you mean `spiral`"),
        ("nowhere.csv", "nowhere.csv: there is no such file"),
        ("spiral:noise=x", "is a number, not `x`"),
        ("spiral:turn=2", "did you mean `turns`"),
        ("", "there is no data set and no file"),
    ],
)
def test_what_names_no_data_is_said(what, said):
    with pytest.raises(GraphcError) as caught:
        read(what)
    assert said in str(caught.value)


def test_a_made_set_takes_settings_after_its_name():
    data = read("spiral:rows=30,noise=0,seed=3")
    assert data.rows == 30
    assert (data.inputs["x"] != read("spiral:rows=30,noise=0,seed=4").inputs["x"]).any()


def test_only_a_table_has_a_target_to_choose(tmp_path):
    np.savez(tmp_path / "some.npz", x=X)
    with pytest.raises(GraphcError, match="no columns to choose"):
        read(f"{tmp_path / 'some.npz'}:target=x")
    with pytest.raises(GraphcError, match="`rows` cannot be set for a file"):
        read(f"{tmp_path / 'some.npz'}:rows=3")
