"""Sums over windows by a compiled kernel, against the same tap by tap in NumPy."""

import itertools
from types import SimpleNamespace

import numpy as np
from numba import njit

from deltarule.kernels import build

#: A direction in which windows do not move.
STILL = SimpleNamespace(length=1, taps=1, stride=1, dilation=1, pad=0)


def compiled_sums(cache):
    """The three sums into y, w and x, as a function of flat arrays and a plan."""
    names = vars(build.module("grouped_conv2d", {}, "float64", False, cache))
    data, to_y, to_w, to_x = (names[n] for n in ("data", *(f"groups_to_{t}" for t in "ywx")))

    @njit
    def run(x, w, y, first, plan, into):
        if into == 0:
            to_y(data(x), data(w), data(y), data(first), data(plan))
        elif into == 1:
            to_w(data(x), data(w), data(y), data(first), data(plan))
        else:
            to_x(data(x), data(w), data(y), data(first), data(plan))

    return run


def by_taps(x, w, y, moved) -> dict:
    """All three sums of x[n, b, c, …], w[b, f, c, …] and y[n, b, f, …], one tap after the other."""
    pads = [(0, 0)] * 3 + [(p, p + m.reach) for m in moved for p in (m.pad,)]
    wide = np.pad(x, pads)
    into = {"y": np.zeros_like(y), "w": np.zeros_like(w), "x": np.zeros_like(wide)}
    for tap in itertools.product(*map(range, w.shape[3:])):
        firsts = [m.dilation * k for m, k in zip(moved, tap, strict=True)]
        at = (..., *(slice(o, o + m.stride * m.places, m.stride) for o, m in zip(firsts, moved)))
        seen, weights = wide[at], w[(..., *tap)]
        into["y"] += np.einsum("nbctij,bfc->nbftij", seen, weights)
        into["w"][(..., *tap)] += np.einsum("nbctij,nbftij->bfc", seen, y)
        into["x"][at] += np.einsum("nbftij,bfc->nbctij", y, weights)
    inside = (..., *(slice(m.pad, m.pad + n) for m, n in zip(moved, x.shape[3:], strict=True)))
    return into | {"x": into["x"][inside]}


def give_the_sums(summed, moved, n, channels, order, begins):
    """What is summed is put over NaN, added to ones, or to numbers that an axis has.

    What lies behind the arrays in memory is NaN, and so is what no window sees, and one entry that
    some taps see and others do not.
    """
    b, c, f = channels
    for m in moved:
        m.length = max(m.length, m.dilation * (m.taps - 1) + 1 - 2 * m.pad)
        m.reach = m.dilation * (m.taps - 1) + m.stride
        m.places = (m.length + 2 * m.pad - m.dilation * (m.taps - 1) - 1) // m.stride + 1
    random = np.random.default_rng(n)
    x = random.normal(size=(n, b, c, *(m.length for m in moved)))
    w = random.normal(size=(b, f, c, *(m.taps for m in moved)))
    y = random.normal(size=(n, b, f, *(m.places for m in moved)))
    unseen = by_taps(x, np.ones_like(w), np.ones_like(y), moved)["x"] == 0
    x[unseen] = np.nan
    if n in (2, 18):
        x[(0,) * 6] = np.nan
    wanted = by_taps(x, w, y, moved)
    steps = [getattr(m, k) for k in ("stride", "dilation", "pad") for m in moved]
    sizes = (n, b, c, f, *x.shape[3:], *w.shape[3:], *y.shape[3:])
    for into, name in enumerate("ywx"):
        taken = {"x": x, "w": w, "y": y}
        taken[name] = np.full_like(taken[name], 1 if begins == 1 else np.nan)
        first = np.arange(1.0, 1 + taken[name].shape[0 if name == "w" else 1])
        start = [0.0, 1.0, first.reshape(-1, *[1] * (5 if name == "w" else 4))][begins]
        rooms, strides = {}, []
        for key, array in taken.items():
            # The axes lie in another order in memory, with all strides told.
            laid = np.ascontiguousarray(array.transpose(order))
            rooms[key] = np.append(laid.ravel(), np.full(64, np.nan))
            taken[key] = rooms[key][: laid.size].reshape(laid.shape).transpose(np.argsort(order))
            strides += [s // 8 for s in taken[key].strides]
        plan = [*strides, *sizes, *steps, begins, int(name == "w"), int(name != "w"), 0]
        summed(*rooms.values(), first, np.array(plan), into)
        scale = 9 + np.nanmax(np.abs(wanted[name]), initial=0)
        np.testing.assert_allclose(
            taken[name] - start, wanted[name], 0, 1e-13 * scale, err_msg=name
        )
        assert all(np.isnan(room[-64:]).all() for room in rooms.values())
