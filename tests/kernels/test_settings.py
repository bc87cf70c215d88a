"""Whatever is given as a setting or an array: it is right, or refused with a remedy."""

from fractions import Fraction
from functools import partial

import numpy as np
import pytest

import deltarule
from deltarule.kernels import build, threads
from deltarule.kernels.passes.program import loaded

NAN, HUGE = float("nan"), 2**70
#: Settings that are refused, with the beginning of what is said.
REFUSED = [
    ("threads", (0, -1, "2", 2.0, True, NAN, []), "is no number of threads", {"parallel": True}),
    ("threads", (2, 10**30), "has no effect without parallel=True", {}),
    ("parallel", ("x", "no", 0, 1, None, NAN, []), "is neither True nor False", {}),
    ("transforms", ("no", 0, 1, NAN, [], np.ones(2)), "is neither True nor False", {}),
    (
        "dtype",
        ("float16", "f8", None, 3, [], complex, np.int64, np.dtype(">f8")),
        "there are no kernels in",
        {},
    ),
    ("wrt", (5, [1], NAN, b"W", [None]), "is not a name", {}),
    ("wrt", ("Q", ["W", "Q"], ""), "the kernel has no gradient by", {}),
    ("cache", (5, [], True, NAN), "is no path", {}),
    ("progress", (5, "print", []), "cannot be called", {}),
    ("bias", ("maybe", 2, None, []), "is not yes or no", {}),
    ("activation", (3, None, "nope", []), "is not among the choices", {}),
    ("N", ("abc", 2.0, 2.5, NAN, True, None, [], "²", "--5"), "is not a whole number", {}),
    ("N", (HUGE, -HUGE, 2**31, "9" * 5000), "is too large", {}),
    ("N", (-1, "−1"), "is too small", {}),
    ("not there", (1, None), "has no setting", {}),
]
NAMES = (None, 5, [], 2.0, b"dense", "", "nope", "./nope.py", "/", "\0.py")


@pytest.fixture
def kernel(monkeypatch, tmp_path):
    """`deltarule.kernel` as far as the text of the kernel; nothing is written or compiled."""

    def written(name, settings, *_, **__):
        loaded(name, {k: v for k, v in settings.items() if k != "wrt"})
        build.source(name, settings)

    monkeypatch.setattr(build, "module", written)
    return partial(deltarule.kernel, "dense")


@pytest.mark.parametrize(("word", "values", "told", "more"), REFUSED, ids=lambda x: str(x)[:20])
def test_a_setting_of_the_wrong_kind_is_refused(kernel, word, values, told, more):
    for value in values:
        with pytest.raises(deltarule.DeltaruleError) as caught:
            kernel(**{word: value, **more})
        assert told in caught.value.fact, value
        assert caught.value.place and caught.value.remedy
        assert len(caught.value.fact) < 200 or word == "N"


@pytest.mark.parametrize("name", NAMES)
def test_what_is_no_name_of_a_derivation_is_refused(name):
    for call in (deltarule.kernel, deltarule.load, deltarule.derive):
        with pytest.raises(deltarule.DeltaruleError) as caught:
            call(name)
        assert caught.value.remedy


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("abc", "is no number"),
        ("1/0", "is no number"),
        ("nan", "is no number"),
        (NAN, "is no number"),
        (float("inf"), "is no number"),
        (True, "is no number"),
        (None, "is no number"),
        ([], "is no number"),
        (1j, "is no number"),
        (10**400, "is too large"),
        ("1e-400", "is too small"),
        ("1e999999999", "is no number"),
    ],
)
def test_a_constant_that_is_no_number_is_refused(value, told):
    with pytest.raises(deltarule.DeltaruleError) as caught:
        loaded("batch_norm", {"epsilon": value})
    assert told in caught.value.fact and caught.value.remedy


def test_numbers_of_any_type_count():
    for value in (0.125, "1/8", "0.125", Fraction(1, 8), np.float32(0.125), np.float64(0.125)):
        assert list(loaded("batch_norm", {"epsilon": value})[1].values()) == [Fraction(1, 8)]
    for value in (2, "2", np.int64(2), np.uint8(2), " 2 "):
        assert loaded("conv2d", {"stride": value})[0].options["stride"].value == 2
        assert str(loaded("dense", {"N": value})[0].tensors["x"].axes[0]) == "2"


def test_what_would_take_forever_is_refused():
    for name, settings in (("rnn", {"unroll": 10**9}), ("conv2d", {"stride": 2**70})):
        with pytest.raises(deltarule.DeltaruleError, match="is too large"):
            deltarule.load(name, **settings)


# ---- arrays --------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def dense(cache):
    return deltarule.kernel("dense", dtype="float32", cache=cache)


def arrays(kind="f4") -> dict:
    """Small whole numbers, which every type holds."""
    return {
        "x": np.arange(6).reshape(2, 3).astype(kind),
        "W": np.eye(3, 2).astype(kind),
        "b": np.array([1, 0]).astype(kind),
        "dy": np.ones((2, 2)).astype(kind),
    }


def calls(kernel, given: dict):
    """All ways to hand arrays over."""
    forward = {n: a for n, a in given.items() if n != "dy"}
    yield lambda: {"y": kernel.forward(**forward)}
    yield lambda: kernel.backward(**given)
    yield lambda: {**kernel.both(**given)[0], **kernel.both(**given)[1]}
    yield lambda: {**kernel.bind(**given).both()[0], **kernel.bind(**given).both()[1]}


def read_only(array):
    array.flags.writeable = False
    return array


def shifted(array):
    """An array whose numbers lie at odd addresses."""
    room = np.zeros(array.nbytes + 1, np.uint8)[1:]
    room[:] = np.frombuffer(array.tobytes(), np.uint8)
    return room.view(array.dtype).reshape(array.shape)


LAID_OUT = {
    "as they are": lambda a: a, "Fortran": np.asfortranarray, "read-only": read_only,
    "every second": lambda a: np.repeat(a, 2, axis=-1)[..., ::2],
    "backwards": lambda a: a[::-1].copy()[::-1], "big-endian": lambda a: a.astype(">f4"),
    "not aligned": shifted, "a list": lambda a: a.tolist(),
    "a list of whole numbers": lambda a: a.astype(int).tolist(),
    "tuples": lambda a: tuple(map(tuple, a.tolist())) if a.ndim == 2 else tuple(a.tolist()),
    "rows": lambda a: list(a), "bytes": lambda a: a.astype("u1"), "short": lambda a: a.astype("i2"),
    "a subclass": lambda a: a.view(type("Own", (np.ndarray,), {})), "memory": memoryview,
}  # fmt: skip


@pytest.mark.parametrize("way", LAID_OUT)
def test_numbers_count_however_they_lie(dense, way):
    given = {n: LAID_OUT[way](a) for n, a in arrays().items()}
    for call, usual in zip(calls(dense, given), calls(dense, arrays()), strict=True):
        for name, value in usual().items():
            assert np.array_equal(call()[name], value), name


def test_arrays_that_overlap_are_read_alike(dense):
    room = np.arange(9, dtype="f4")
    given = {
        "x": room[:6].reshape(2, 3),
        "W": room[2:8].reshape(3, 2),
        "b": room[3:5],
        "dy": room[5:9].reshape(2, 2),
    }
    apart = {n: a.copy() for n, a in given.items()}
    before = room.copy()
    for call, usual in zip(calls(dense, given), calls(dense, apart), strict=True):
        for name, value in usual().items():
            assert np.array_equal(call()[name], value), name
    assert np.array_equal(room, before)


WRONG = {
    "a ragged list": ([[1, 2, 3], [4, 5]], "has rows of unequal lengths"),
    "half precision": (np.ones((2, 3), "f2"), "is an array of float16"),
    "double precision": (np.ones((2, 3)), "is an array of float64"),
    "complex": (np.ones((2, 3), complex), "is an array of complex128"),
    "a complex list": ([[1j] * 3] * 2, "is an array of complex128"),
    "objects": (np.ones((2, 3), object), "is an array of object"),
    "text": ([["1"] * 3] * 2, "is an array of <U1"),
    "nothing": (None, "is an array of object"),
    "dates": (np.zeros((2, 3), "M8[D]"), "is an array of datetime64[D]"),
    "fields": (np.zeros((2, 3), [("a", "f4")]), "is an array of [('a', '<f4')]"),
    "masked": (np.ma.masked_array(np.ones((2, 3), "f4")), "is a masked array"),
    "large whole numbers": (np.ones((2, 3), "i8"), "is an array of int64"),
    "a large list": ([[1e300] * 3] * 2, "[0, 0] = 1e+300 is too large for float32"),
    "a huge list": ([[10**50] * 3] * 2, "is an array of object"),
    "a number": (1.0, "has 0 axes"),
    "empty": ([], "has 1 axes"),
    "no axes": (np.float32(1), "has 0 axes"),
    "an axis too many": (np.ones((1, 2, 3), "f4"), "has"),
    "wrong extent": (np.ones((2, 4), "f4"), "has the shape"),
    "turned": (np.ones((3, 2), "f4"), "has the shape"),
    "more than memory holds": (np.broadcast_to(np.float32(1), (2**44, 3)), "there is no room"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_no_array_of_the_kernel_is_refused(dense, case):
    value, told = WRONG[case]
    for call in calls(dense, {**arrays(), "x": value}):
        with pytest.raises(deltarule.DeltaruleError) as caught:
            call()
        assert told in caught.value.fact
        assert caught.value.place == "dense" and caught.value.remedy


def test_more_threads_than_processors_are_as_many_and_that_is_said(monkeypatch, cache):
    monkeypatch.setattr(threads, "processors", lambda: 2)
    monkeypatch.delenv("NUMBA_NUM_THREADS", raising=False)
    with pytest.warns(RuntimeWarning, match="threads = 99, but there are 2 processors: 2 run"):
        made = deltarule.kernel("activation", parallel=True, threads=99, cache=cache)
    assert made.threads == 2
    assert made.recipe[1][1]["threads"] == 99
    monkeypatch.setenv("NUMBA_NUM_THREADS", "128")
    assert deltarule.kernel("activation", parallel=True, threads=99, cache=cache).threads == 99
    monkeypatch.setattr(threads, "processors", lambda: 1)
    monkeypatch.delenv("NUMBA_NUM_THREADS")
    assert threads.too_many(2) == "threads = 2, but there is 1 processor: 1 run"
    assert threads.too_many(1) is None
