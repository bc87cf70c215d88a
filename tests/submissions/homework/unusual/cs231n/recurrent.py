"""Closures for caches, weights stacked, times walked through as lists."""
from collections import namedtuple

import numpy as np

Step = namedtuple("Step", "x h Wx Wh new")


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    both, weights = np.hstack([x, prev_h]), np.vstack([Wx, Wh])
    new = both.dot(weights)
    new += b
    np.tanh(new, out=new)
    return new, Step(x, prev_h, Wx, Wh, new)


def rnn_step_backward(dnext_h, cache):
    dz = dnext_h - dnext_h * np.square(cache.new)
    both = np.hstack([cache.x, cache.h]).T @ dz
    D = cache.Wx.shape[0]
    back = dz @ np.vstack([cache.Wx, cache.Wh]).T
    return back[:, :D], back[:, D:], both[:D], both[D:], dz.sum(axis=0)


def rnn_forward(x, h0, Wx, Wh, b):
    steps, h = [], h0
    for column in np.rollaxis(x, 1):
        h, step = rnn_step_forward(column, h, Wx, Wh, b)
        steps.append(step)
    return np.stack([s.new for s in steps], axis=1), steps


def rnn_backward(dh, cache):
    total, later, dx = None, 0, []
    for step, own in list(zip(cache, np.moveaxis(dh, 1, 0)))[::-1]:
        dxt, later, *rest = rnn_step_backward(own + later, step)
        dx.insert(0, dxt)
        total = rest if total is None else [a + b for a, b in zip(total, rest)]
    return np.stack(dx, 1), later, *total


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    ai, af, ao, ag = np.split(x @ Wx + prev_h @ Wh + b, 4, axis=1)
    i, f, o = (0.5 * (1 + np.tanh(0.5 * a)) for a in (ai, af, ao))
    g = np.tanh(ag)
    next_c = f * prev_c + i * g
    squashed = np.tanh(next_c)
    next_h = o * squashed

    def backward(dnext_h, dnext_c):
        dc = dnext_c + dnext_h * o * (1 - squashed) * (1 + squashed)
        da = np.concatenate(
            [dc * g * i * (1 - i), dc * prev_c * f * (1 - f), dnext_h * squashed * o * (1 - o),
             dc * i * (1 - g * g)], axis=-1)
        return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, prev_h.T @ da, da.sum(0)

    return next_h, next_c, backward


def lstm_step_backward(dnext_h, dnext_c, cache):
    return cache(dnext_h, dnext_c)


def lstm_forward(x, h0, Wx, Wh, b):
    h, c = h0, 0 * h0
    out, backs = [], []
    for t in range(x.shape[1]):
        h, c, back = lstm_step_forward(x[:, t, :], h, c, Wx, Wh, b)
        out.append(h)
        backs.append(back)
    return np.array(out).transpose(1, 0, 2), backs


def lstm_backward(dh, cache):
    T = dh.shape[1]
    dh_next, dc_next = np.zeros(dh[:, 0].shape), np.zeros(dh[:, 0].shape)
    parts = [None] * T
    for t in range(T - 1, -1, -1):
        parts[t] = cache[t](dh[:, t] + dh_next, dc_next)
        _, dh_next, dc_next = parts[t][:3]
    sums = [np.sum([p[k] for p in parts], axis=0) for k in (3, 4, 5)]
    return np.stack([p[0] for p in parts], axis=1), dh_next, sums[0], sums[1], sums[2]
