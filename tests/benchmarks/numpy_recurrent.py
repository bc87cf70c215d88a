"""The NumPy peer's recurrent layers: inputs for all times in one product, weights' gradients too.

What every step needs is one product of the state; the gates lie side by side.
"""

from __future__ import annotations

import numpy as np


def sigmoid(s):
    """1/(1 + e^−s), in place."""
    np.negative(s, out=s)
    np.exp(s, out=s)
    s += 1
    return np.reciprocal(s, out=s)


def side_by_side(a, kind, gates):
    """The weights of all gates in one matrix (or the biases in one row)."""
    return np.ascontiguousarray(np.concatenate([a[f"{kind}{g}"] for g in gates], -1))


def apart(gradient, kind, gates):
    """The gradients of the gates' weights, by name."""
    return {f"{kind}{g}": p for g, p in zip(gates, np.split(gradient, len(gates), -1))}


def flat(values):
    """All times and rows under one another."""
    return values.reshape(-1, values.shape[-1])


def rnn(a, _settings):
    """tanh states, read out at every time; half the squared error."""
    x, wx, wh, b = a["x"], a["W_xh"], a["W_hh"], a["b_h"]
    wy, by, target, h0 = a["W_hy"], a["b_y"], a["y"], a["h0"]
    T, N, D = x.shape
    H = wh.shape[0]

    def run():
        hs = np.empty((T + 1, N, H), x.dtype)
        hs[0] = h0
        seen = (flat(x) @ wx + b).reshape(T, N, H)
        for t in range(T):
            np.tanh(seen[t] + hs[t] @ wh, out=hs[t + 1])
        states = flat(hs[1:])
        gap = states @ wy + by - flat(target)
        dh = (gap @ wy.T).reshape(T, N, H)
        ds = 1 - hs[1:] * hs[1:]
        carried = 0
        for t in range(T - 1, -1, -1):
            ds[t] *= dh[t] + carried
            carried = ds[t] @ wh.T
        rows = flat(ds)
        return {
            "value": np.vdot(gap, gap) / 2,
            "W_hy": states.T @ gap,
            "b_y": gap.sum(0),
            "W_hh": flat(hs[:-1]).T @ rows,
            "W_xh": flat(x).T @ rows,
            "b_h": rows.sum(0),
            "x": (rows @ wx.T).reshape(x.shape),
            "h0": carried,
        }

    return run


def lstm(a, _settings):
    """The three sigmoid gates and g side by side: one product and one exp a step."""
    x, dy = a["x"], a["dy"]
    gates = "ifog"
    wx, wh = side_by_side(a, "W_x", gates), side_by_side(a, "W_h", gates)
    b = side_by_side(a, "b_", gates)
    (T, N, _), H = x.shape, wh.shape[0]

    def run():
        hs, cs = (np.empty((T + 1, N, H), x.dtype) for _ in "hc")
        hs[0], cs[0] = a["h0"], a["c0"]
        act = (flat(x) @ wx + b).reshape(T, N, 4 * H)
        tanh_c = np.empty((T, N, H), x.dtype)
        for t in range(T):
            s = act[t]
            s += hs[t] @ wh
            sigmoid(s[:, : 3 * H])
            np.tanh(s[:, 3 * H :], out=s[:, 3 * H :])
            i, f, o, g = (s[:, k * H : (k + 1) * H] for k in range(4))
            np.multiply(f, cs[t], out=cs[t + 1])
            cs[t + 1] += i * g
            np.tanh(cs[t + 1], out=tanh_c[t])
            np.multiply(o, tanh_c[t], out=hs[t + 1])
        ds = np.empty_like(act)
        dh, dc = np.zeros((N, H), x.dtype), np.zeros((N, H), x.dtype)
        for t in range(T - 1, -1, -1):
            i, f, o, g = (act[t, :, k * H : (k + 1) * H] for k in range(4))
            dh += dy[t]
            dc += dh * o * (1 - tanh_c[t] * tanh_c[t])
            ds[t, :, :H] = dc * g * i * (1 - i)
            ds[t, :, H : 2 * H] = dc * cs[t] * f * (1 - f)
            ds[t, :, 2 * H : 3 * H] = dh * tanh_c[t] * o * (1 - o)
            ds[t, :, 3 * H :] = dc * i * (1 - g * g)
            dc *= f
            np.matmul(ds[t], wh.T, out=dh)
        rows = flat(ds)
        return {
            "value": hs[1:],
            "h0": dh,
            "c0": dc,
            "x": (rows @ wx.T).reshape(x.shape),
            **apart(flat(x).T @ rows, "W_x", gates),
            **apart(flat(hs[:-1]).T @ rows, "W_h", gates),
            **apart(rows.sum(0), "b_", gates),
        }

    return run


def gru(a, _settings):
    """Both gates and u = W h + b side by side: one product a step."""
    x, dy = a["x"], a["dy"]
    gates = "rzg"
    wx, wh = side_by_side(a, "W_x", gates), side_by_side(a, "W_h", gates)
    b, bu = side_by_side(a, "b_", gates), a["b_u"]
    (T, N, _), H = x.shape, wh.shape[0]

    def run():
        hs = np.empty((T + 1, N, H), x.dtype)
        hs[0] = a["h0"]
        act = (flat(x) @ wx + b).reshape(T, N, 3 * H)
        us = np.empty((T, N, H), x.dtype)
        for t in range(T):
            s, carried = act[t], hs[t] @ wh
            s[:, : 2 * H] += carried[:, : 2 * H]
            sigmoid(s[:, : 2 * H])
            r, z, g = (s[:, k * H : (k + 1) * H] for k in range(3))
            np.add(carried[:, 2 * H :], bu, out=us[t])
            g += r * us[t]
            np.tanh(g, out=g)
            np.multiply(z, hs[t] - g, out=hs[t + 1])
            hs[t + 1] += g
        ds, dcarried = np.empty_like(act), np.empty_like(act)
        dh = np.zeros((N, H), x.dtype)
        for t in range(T - 1, -1, -1):
            r, z, g = (act[t, :, k * H : (k + 1) * H] for k in range(3))
            dh += dy[t]
            dg = dh * (1 - z) * (1 - g * g)
            ds[t, :, :H] = dg * us[t] * r * (1 - r)
            ds[t, :, H : 2 * H] = dh * (hs[t] - g) * z * (1 - z)
            ds[t, :, 2 * H :] = dg
            dcarried[t, :, : 2 * H] = ds[t, :, : 2 * H]
            dcarried[t, :, 2 * H :] = dg * r
            dh *= z
            dh += dcarried[t] @ wh.T
        rows, carried = flat(ds), flat(dcarried)
        return {
            "value": hs[1:],
            "h0": dh,
            "x": (rows @ wx.T).reshape(x.shape),
            **apart(flat(x).T @ rows, "W_x", gates),
            **apart(flat(hs[:-1]).T @ carried, "W_h", gates),
            **apart(rows.sum(0), "b_", gates),
            "b_u": carried[:, 2 * H :].sum(0),
        }

    return run
