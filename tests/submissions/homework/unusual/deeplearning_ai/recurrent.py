"""Dictionaries for caches, gates stacked, more gradients than asked for."""
import numpy as np


def sigmoid(x):
    return np.exp(-np.logaddexp(0, -x))


def softmax(x):
    shifted = x - np.max(x, axis=0)
    return np.exp(shifted - np.log(np.sum(np.exp(shifted), axis=0)))


def rnn_cell_forward(xt, a_prev, parameters):
    p = parameters
    both = np.r_[a_prev, xt]
    weights = np.c_[p["Waa"], p["Wax"]]
    a_next = np.tanh(weights @ both + p["ba"])
    return a_next, softmax(p["Wya"] @ a_next + p["by"]), {"both": both, "w": weights, "a": a_next}


def rnn_cell_backward(da_next, cache):
    n_a = cache["a"].shape[0]
    dz = da_next * (1 - cache["a"] ** 2)
    dw, back = dz @ cache["both"].T, cache["w"].T @ dz
    return {
        "da_prev": back[:n_a], "dxt": back[n_a:], "dWaa": dw[:, :n_a], "dWax": dw[:, n_a:],
        "dba": dz.sum(1)[:, None], "dz": dz,
    }


def rnn_forward(x, a0, parameters):
    a, y, caches = [a0], [], []
    for t in range(x.shape[-1]):
        a_next, yt, cache = rnn_cell_forward(x[..., t], a[-1], parameters)
        a.append(a_next)
        y.append(yt)
        caches.append(cache)
    return np.stack(a[1:], axis=-1), np.dstack(y), caches


def rnn_backward(da, caches):
    found, later = {}, np.zeros(da.shape[:2])
    dx = []
    for t, cache in reversed(list(enumerate(caches))):
        step = rnn_cell_backward(da[:, :, t] + later, cache)
        later = step["da_prev"]
        dx.append(step["dxt"])
        for name in ("dWaa", "dWax", "dba"):
            found[name] = found.get(name, 0) + step[name]
    return {**found, "dx": np.dstack(dx[::-1]), "da0": later}


def lstm_cell_forward(xt, a_prev, c_prev, parameters):
    p = parameters
    both = np.vstack([a_prev, xt])
    f, i, o = (sigmoid(p["W" + k] @ both + p["b" + k]) for k in "fio")
    g = np.tanh(p["Wc"] @ both + p["bc"])
    c = f * c_prev + i * g
    a = o * np.tanh(c)
    cache = dict(both=both, f=f, i=i, o=o, g=g, c=c, c_prev=c_prev, p=p, n=len(a))
    return a, c, softmax(p["Wy"] @ a + p["by"]), cache


def lstm_cell_backward(da_next, dc_next, cache):
    k = cache
    t = np.tanh(k["c"])
    dc = dc_next + da_next * k["o"] * (1 - t * t)
    d = {
        "f": dc * k["c_prev"] * k["f"] * (1 - k["f"]),
        "i": dc * k["g"] * k["i"] * (1 - k["i"]),
        "c": dc * k["i"] * (1 - k["g"] ** 2),
        "o": da_next * t * k["o"] * (1 - k["o"]),
    }
    back = sum(k["p"]["W" + gate].T @ slope for gate, slope in d.items())
    gradients = {"dW" + gate: slope @ k["both"].T for gate, slope in d.items()}
    gradients |= {"db" + gate: slope.sum(axis=1, keepdims=True) for gate, slope in d.items()}
    return gradients | {"da_prev": back[: k["n"]], "dxt": back[k["n"] :], "dc_prev": dc * k["f"]}


def lstm_forward(x, a0, parameters):
    state = [(a0, np.zeros(a0.shape))]
    outputs = []
    for t in range(x.shape[2]):
        *new, y, cache = lstm_cell_forward(x[:, :, t], *state[-1], parameters)
        state.append(tuple(new))
        outputs.append((y, cache))
    a, c = (np.stack([s[k] for s in state[1:]], axis=2) for k in (0, 1))
    return a, np.stack([y for y, _ in outputs], axis=2), c, ([k for _, k in outputs], x)


def lstm_backward(da, caches):
    caches, x = caches
    steps, a_later, c_later = [], 0, 0
    for t in range(len(caches))[::-1]:
        step = lstm_cell_backward(da[:, :, t] + a_later, c_later, caches[t])
        a_later, c_later = step["da_prev"], step["dc_prev"]
        steps.insert(0, step)
    names = [n for n in steps[0] if n.startswith(("dW", "db"))]
    found = {n: np.sum([s[n] for s in steps], axis=0) for n in names}
    return {"dx": np.stack([s["dxt"] for s in steps], -1), "da0": a_later, **found}
