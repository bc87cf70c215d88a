"""What goes over the channel: everything of base types comes back, anything else is refused."""

import json

import numpy as np
import pytest

from deltarule.sandbox.inside.messages import (
    DTYPES,
    FRAME,
    MAGIC,
    BadMessage,
    Blocks,
    Kept,
    Other,
    TooLarge,
    Unpacking,
    from_npy,
    lengths,
    npy,
    packed,
    parsed,
    to_bytes,
)
from deltarule.sandbox.inside.seccomp_filter import DENIED, instructions


def _through(value):
    blocks = Blocks()
    data = to_bytes({"result": packed(value, blocks)}, blocks)
    text, arrays = lengths(data[: FRAME.size], 1 << 20)
    rest = data[FRAME.size :]
    assert len(rest) == text + arrays
    message, found = parsed(rest[:text], bytearray(rest[text:]))
    return Unpacking(found, kept=True).value(message["result"])


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3), (1,) * 30])
def test_arrays_come_back(dtype, shape):
    array = np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(dtype)
    back = _through(array)
    assert type(back) is np.ndarray and back.dtype == array.dtype and back.flags.writeable
    assert back.shape == shape and np.array_equal(back, array)


def test_any_layout_comes_back_and_numpy_reads_it_too(tmp_path):
    for array in (np.ones((2, 3)).T, np.arange(9)[::-2], np.arange(3, dtype=">i4")):
        assert np.array_equal(_through(array), array)
        (tmp_path / "a.npy").write_bytes(npy(array))
        assert np.array_equal(np.load(tmp_path / "a.npy", allow_pickle=False), array)
    np.save(tmp_path / "b.npy", np.asfortranarray(np.arange(6.0).reshape(2, 3)))
    back = from_npy(memoryview((tmp_path / "b.npy").read_bytes()))
    assert np.array_equal(back, np.arange(6.0).reshape(2, 3))


def test_a_matrix_comes_back_as_an_array():
    back = _through(np.matrix([[1.0, 2.0]]))
    assert type(back) is np.ndarray and np.array_equal(back, [[1.0, 2.0]])


def test_trees_come_back():
    value = {"a": [1, (2.5, None)], 3: {"b": "é", "c": True}, "k": Kept(4, (1, 0))}
    assert _through(value) == value
    assert _through([{1}, 1 << 70, np.array([None])]) == [
        Other("set"),
        Other("int above 64 bits"),
        Other("array of object"),
    ]
    assert type(_through(np.float32(2))) is np.float32


TREES = [
    {"array": 1},
    {"array": True},
    {"array": -1},
    {"list": 3},
    {"list": [], "tuple": []},
    {},
    {"dict": [1]},
    {"dict": [[{"list": []}, 1]]},
    {"other": 3},
    {"kept": []},
    {"kept": ["a"]},
    {"scalar": 0},
    [1],
]


@pytest.mark.parametrize("tree", TREES, ids=str)
def test_other_trees_are_refused(tree):
    with pytest.raises(BadMessage):
        Unpacking([np.ones(2)], kept=True).value(tree)


def test_what_is_kept_is_no_answer():
    with pytest.raises(BadMessage):
        Unpacking([]).value({"kept": [1]})


def test_frames_are_held_against_limits_before_anything_is_read():
    with pytest.raises(TooLarge, match="an answer of 1152921504606846977 bytes"):
        lengths(FRAME.pack(MAGIC, 1, 1 << 60), 1 << 20)
    with pytest.raises(TooLarge):
        lengths(FRAME.pack(MAGIC, 1 << 30, 0), 1 << 20)
    with pytest.raises(BadMessage, match="something else was written"):
        lengths(b"all tests passed", 1 << 20)


@pytest.mark.parametrize(
    "message", ["[]", "{}", '{"arrays": 1}', '{"arrays": [-1]}', '{"arrays": [9]}', "{", "1e999"]
)
def test_other_messages_are_refused(message):
    with pytest.raises(BadMessage):
        parsed(message.encode(), bytearray(3))
    assert json.dumps(message)


@pytest.mark.parametrize("cut", [1, 9, 40, 127, 130])
def test_cut_arrays_are_refused(cut):
    with pytest.raises(BadMessage):
        from_npy(memoryview(npy(np.ones(3))[:cut]))


def test_the_filter_is_whole_on_both_machines():
    for machine, column in (("x86_64", 1), ("aarch64", 2)):
        numbers = [row[column] for row in DENIED if row[column]]
        assert len(set(numbers)) == len(numbers)
        assert len(instructions(machine)) == 8 * (13 + 2 * len(numbers))
    assert instructions("unknown") == b"" and len({row[0] for row in DENIED}) == len(DENIED)
