"""Files damaged anywhere are read, or refused in words; nothing else ever comes of them."""

from __future__ import annotations

import contextlib
import gzip
import io
import struct

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphc.graph.network import load
from graphc.language.errors import GraphcError
from graphc.learn.data.fit_to import fit_to
from graphc.learn.data.read import read


def saved(save, *arrays, **named):
    stream = io.BytesIO()
    save(stream, *arrays, **named)
    return stream.getvalue()


IMAGES = b"\0\0\x08\x03" + struct.pack(">3I", 4, 3, 2) + bytes(range(24))
SOUND = {
    "some.csv": b"a,b,t\n1,2,0\n3,4.5,1\n-1e3,2,0\n",
    "kinds.csv": '\ufeff"a";b;kind\r\n1;2;yes\r\n3;4;no\r\n'.encode(),
    "some.npy": saved(np.save, np.arange(12.0).reshape(4, 3)),
    "some.npz": saved(np.savez, x=np.arange(8.0).reshape(4, 2), t=np.array([0, 1, 0, 1])),
    "packed.npz": saved(np.savez_compressed, x=np.arange(8.0).reshape(4, 2), t=np.array([0, 1, 0, 1])),
    "some-images-idx3-ubyte": IMAGES,
    "some-images-idx3-ubyte.gz": gzip.compress(IMAGES, mtime=0),
}
LIKELY = [b",", b"\n", b'"', b"nan", b"\xff", b"9", b"("]
LOGISTIC = load("logistic")


@pytest.mark.parametrize("name", SOUND)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused_in_words(tmp_path, name, data):
    content = bytearray(SOUND[name])
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content)))
        stop = min(len(content), place + data.draw(st.integers(0, 12)))
        content[place:stop] = data.draw(
            st.binary(max_size=6) | st.sampled_from([b",", b"\n", b'"', b"nan", b"\xff", b"9"])
        )
    file = tmp_path / name
    file.write_bytes(bytes(content))
    with contextlib.suppress(GraphcError):
        feed = fit_to(LOGISTIC, read(file), targets=name.endswith(("v", "y", "z")))
        for array in feed.arrays().values():
            assert np.isfinite(array).all()
