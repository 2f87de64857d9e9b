"""Messages come back as they were sent, and whatever else comes is refused before anything is kept of it."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from grader.wire import DTYPES, MAX_ARRAYS, MAX_BYTES, MAX_HEADER, Decoder, WireError, encode

some_arrays = st.lists(
    st.sampled_from(DTYPES).flatmap(
        lambda name: arrays.arrays(np.dtype(name), arrays.array_shapes(min_dims=0, min_side=0, max_side=4))
    ),
    max_size=4,
)
some_header = st.dictionaries(
    st.text(max_size=5).filter(lambda key: key != "arrays"),
    st.none() | st.integers() | st.text(max_size=5) | st.booleans(),
)


def raw(header: object, body: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(4, "little") + text + body


@settings(max_examples=30, deadline=None)
@given(some_header, some_arrays, st.data())
def test_a_message_comes_back_as_it_was_sent_however_it_is_cut(header, values, data):
    message = encode(header, values)
    cut = data.draw(st.integers(0, len(message)))
    decoder = Decoder()
    ((read, back),) = decoder.feed(message[:cut]) + decoder.feed(message[cut:])
    assert read == header
    assert not decoder.inside
    for old, new in zip(values, back, strict=True):
        assert (old.dtype, old.shape, old.tobytes()) == (new.dtype, new.shape, new.tobytes())


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=60), some_arrays, st.data())
def test_garbage_gives_a_message_or_a_refusal_and_nothing_else(garbage, values, data):
    message = bytearray(encode({"a": 1}, values))
    place = data.draw(st.integers(0, len(message)))
    message[place : place + len(garbage)] = garbage
    try:
        read = Decoder().feed(bytes(message))
    except WireError:
        return
    assert all(isinstance(header, dict) and all(a.dtype.name in DTYPES for a in found) for header, found in read)


def test_several_messages_in_one_piece_are_all_read():
    decoder = Decoder()
    assert [header["n"] for header, _ in decoder.feed(encode({"n": 1}) + encode({"n": 2}) + b"\x05")] == [1, 2]
    assert decoder.inside


def test_what_is_read_can_be_written_to():
    ((_, (array,)),) = Decoder().feed(encode({}, [np.zeros(3)]))
    array += 1
    assert array.tolist() == [1, 1, 1]


def test_numbers_in_the_other_order_of_bytes_keep_their_values():
    ((_, (array,)),) = Decoder().feed(encode({}, [np.arange(3, dtype=">f8")]))
    assert array.dtype == np.float64
    assert array.tolist() == [0, 1, 2]


ARRAY = {"dtype": "float64", "shape": [2]}
REFUSED = {
    "a header of no length": (0).to_bytes(4, "little"),
    "a header longer than any": (MAX_HEADER + 1).to_bytes(4, "little"),
    "a header of four gigabytes": b"\xff\xff\xff\xff",
    "no JSON": raw(b"{]"),
    "no text": raw(b'{"a": "\xff\xfe"}'),
    "no object": raw([1, 2]),
    "no arrays": raw({"a": 1}),
    "NaN": raw(b'{"a": NaN, "arrays": []}'),
    "a key twice": raw(b'{"a": 1, "a": 2, "arrays": []}'),
    "a deep nest": raw(b'{"arrays": [], "a": ' + b"[" * 30000 + b"]" * 30000 + b"}"),
    "a nest deeper than is needed": raw(b'{"arrays": [], "a": ' + b"[" * 20 + b"]" * 20 + b"}"),
    "a number of many digits": raw(b'{"arrays": [], "a": ' + b"9" * 20000 + b"}"),
    "too many arrays": raw({"arrays": [{"dtype": "bool", "shape": [0]}] * (MAX_ARRAYS + 1)}),
    "objects": raw({"arrays": [{**ARRAY, "dtype": "object"}]}),
    "a pickled dtype": raw({"arrays": [{**ARRAY, "dtype": "V8"}]}),
    "a structured dtype": raw({"arrays": [{**ARRAY, "dtype": [["a", "f8"]]}]}),
    "a negative extent": raw({"arrays": [{**ARRAY, "shape": [-1]}]}),
    "an extent that is true": raw({"arrays": [{**ARRAY, "shape": [True]}]}),
    "an extent that is no integer": raw({"arrays": [{**ARRAY, "shape": [1.5]}]}),
    "an enormous extent": raw({"arrays": [{**ARRAY, "shape": [2**62]}]}),
    "an enormous extent times zero": raw({"arrays": [{**ARRAY, "shape": [2**62, 0]}]}),
    "extents whose product overflows": raw({"arrays": [{**ARRAY, "shape": [2**20] * 16}]}),
    "many dimensions": raw({"arrays": [{**ARRAY, "shape": [1] * 40}]}),
    "more than all may have together": raw({"arrays": [{"dtype": "bool", "shape": [MAX_BYTES]}] * 2}),
    "an array with another field": raw({"arrays": [{**ARRAY, "order": "F"}]}),
    "an array that is a number": raw({"arrays": [3]}),
}


@pytest.mark.parametrize("message", REFUSED.values(), ids=list(REFUSED))
def test_refuses(message):
    with pytest.raises(WireError):
        Decoder().feed(message)


@pytest.mark.parametrize("dtype", ["object", "S3", "datetime64[s]", "longdouble"])
def test_what_has_no_plain_numbers_is_not_sent(dtype):
    with pytest.raises(WireError):
        encode({}, [np.zeros(2, dtype=dtype)])
