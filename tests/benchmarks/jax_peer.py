"""The JAX peer: each workload compiled as one function, in the ways that could be its fastest.

A formulation is a function of the arrays and settings that returns the leaves by name, the
forward pass as a function of them and of the rest, the rest (targets), the upstream gradient (None
for a loss), and how to turn the gradients of the leaves into those of the tensors.
"""

from __future__ import annotations

import os
from functools import partial


def prepared(peer: str, way: str, arrays: dict, settings: dict, threads: int):
    """A function that does one compiled pass, and one that names what it gave."""
    if threads == 1:
        os.environ["XLA_FLAGS"] = (
            "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
        )
    import jax
    import numpy as np

    jax.config.update("jax_enable_x64", arrays[next(iter(arrays))].dtype == "float64")
    leaves, forward, rest, upstream, named = WAYS[peer][way](arrays, settings)
    leaves, rest, upstream = jax.tree.map(jax.numpy.asarray, (leaves, rest, upstream))

    @jax.jit
    def both(leaves, rest, upstream):
        value, back = jax.vjp(lambda p: forward(p, rest), leaves)
        return value, back(jax.numpy.ones_like(value) if upstream is None else upstream)[0]

    def told(given):
        value, grads = jax.tree.map(np.asarray, given)
        return named({"value": value, **grads})

    def run():
        return jax.block_until_ready(both(leaves, rest, upstream))

    run.compiled = lambda: both.lower(leaves, rest, upstream).compile()
    return run, told


def _only(a: dict, *names: str) -> dict:
    return {n: a[n] for n in names}


def conv(a, settings, layout="NCHW"):
    """NHWC: images lie with their channels together, from the start."""
    from jax import lax

    s, pad = settings["stride"], settings["pad"]
    turn = (0, 2, 3, 1) if layout == "NHWC" else (0, 1, 2, 3)
    back = (0, 3, 1, 2) if layout == "NHWC" else (0, 1, 2, 3)
    kernel = (2, 3, 1, 0) if layout == "NHWC" else (0, 1, 2, 3)
    unkernel = (3, 2, 0, 1) if layout == "NHWC" else (0, 1, 2, 3)
    words = (layout, "HWIO" if layout == "NHWC" else "OIHW", layout)
    leaves = {"x": a["x"].transpose(turn), "w": a["w"].transpose(kernel), "b": a["b"]}

    def forward(p, _):
        out = lax.conv_general_dilated(
            p["x"], p["w"], (s, s), ((pad, pad),) * 2, dimension_numbers=words
        )
        return out + (p["b"] if layout == "NHWC" else p["b"][:, None, None])

    def named(g):
        turned = {"value": back, "x": back, "w": unkernel}
        return {n: v.transpose(turned[n]) if n in turned else v for n, v in g.items()}

    return leaves, forward, {}, a["dy"].transpose(turn), named


def windows(a, settings):
    """In one, two or three directions, in groups of channels."""
    from jax import lax

    d = a["x"].ndim - 2
    pads, groups = ((settings["pad"],) * 2,) * d, settings.get("groups", 1)

    def forward(p, _):
        out = lax.conv_general_dilated(p["x"], p["w"], (1,) * d, pads, feature_group_count=groups)
        return out + p["b"].reshape(-1, *(1,) * d)

    return _only(a, "x", "w", "b"), forward, {}, a["dy"], dict


def mlp(a, _settings):
    import jax

    def forward(p, rest):
        h = jax.nn.sigmoid(p["x"] @ p["Theta1"])
        return ((rest["y"] - jax.nn.sigmoid(h @ p["Theta2"])) ** 2).sum() / 2

    return _only(a, "x", "Theta1", "Theta2"), forward, _only(a, "y"), None, dict


def pool(a, _settings, kind="max", way="windows"):
    """By JAX's windows, or by reshaping to windows of 2 × 2."""
    import jax.numpy as jnp
    from jax import lax

    n, c, h, w = a["x"].shape
    window = (1, 1, 2, 2)

    def forward(p, _):
        x = p["x"]
        if way == "reshape":
            seen = x.reshape(n, c, h // 2, 2, w // 2, 2)
            return seen.max((3, 5)) if kind == "max" else seen.mean((3, 5))
        if way == "slices":
            parts = [x[:, :, u::2, v::2] for u in (0, 1) for v in (0, 1)]
            if kind == "mean":
                return sum(parts) / 4
            return jnp.maximum(jnp.maximum(*parts[:2]), jnp.maximum(*parts[2:]))
        if kind == "max":
            return lax.reduce_window(x, -jnp.inf, lax.max, window, window, "VALID")
        return lax.reduce_window(x, 0.0, lax.add, window, window, "VALID") / 4

    return _only(a, "x"), forward, {}, a["dy"], dict


def batch_norm(a, _settings):
    import jax.numpy as jnp

    def forward(p, _):
        mean, variance = p["x"].mean((0, 2, 3)), p["x"].var((0, 2, 3))
        scale = p["gamma"] / jnp.sqrt(variance + 1e-5)
        return (p["x"] - mean[:, None, None]) * scale[:, None, None] + p["beta"][:, None, None]

    return _only(a, "x", "gamma", "beta"), forward, {}, a["dy"], dict


def attention(a, _settings, way="products"):
    import jax
    import jax.numpy as jnp

    def forward(p, _):
        if way == "library":
            q, k, v = (p[n][:, :, None] for n in "QKV")
            return jax.nn.dot_product_attention(q, k, v)[:, :, 0]
        e = jnp.einsum("nid,njd->nij", p["Q"], p["K"]) * p["Q"].shape[-1] ** -0.5
        return jnp.einsum("nij,njm->nim", jax.nn.softmax(e), p["V"])

    return _only(a, "Q", "K", "V"), forward, {}, a["dy"], dict


def lenet5(a, _settings, layout="NCHW"):
    """NHWC: the images have one channel and need no turning; the flat entries do."""
    import jax.numpy as jnp
    from jax import lax

    last = layout == "NHWC"
    words = (layout, "HWIO" if last else "OIHW", layout)
    leaves = {n: v for n, v in a.items() if n != "dfc5"}
    if last:
        leaves |= {n: a[n].transpose(2, 3, 1, 0) for n in ("w1", "w2")}
        leaves["x"] = a["x"].transpose(0, 2, 3, 1)
        leaves["W3"] = a["W3"].reshape(16, 5, 5, 120).transpose(1, 2, 0, 3).reshape(400, 120)

    def forward(p, _):
        h = p["x"]
        for k in "12":
            bias = p[f"b{k}"] if last else p[f"b{k}"][:, None, None]
            s = lax.conv_general_dilated(h, p[f"w{k}"], (1, 1), "VALID", dimension_numbers=words)
            h = jnp.tanh(s + bias)
            n, i, j, l = h.shape
            shape = (n, i // 2, 2, j // 2, 2, l) if last else (n, i, j // 2, 2, l // 2, 2)
            h = h.reshape(shape).mean((2, 4) if last else (3, 5))
        h = h.reshape(h.shape[0], -1)
        for k in "34":
            h = jnp.tanh(h @ p[f"W{k}"] + p[f"b{k}"])
        return h @ p["W5"] + p["b5"]

    def named(g):
        if last:
            g |= {n: g[n].transpose(3, 2, 0, 1) for n in ("w1", "w2")}
            g["x"] = g["x"].transpose(0, 3, 1, 2)
            g["W3"] = g["W3"].reshape(5, 5, 16, 120).transpose(2, 0, 1, 3).reshape(400, 120)
        return g

    return leaves, forward, {}, a["dfc5"], named


def recurrent(a, _settings, kind="lstm", unroll=1):
    """Inputs for all times in one product, then a scan; the gates' weights lie side by side."""
    import jax
    import jax.numpy as jnp
    import numpy as np

    gates = {"lstm": "ifog", "gru": "rzg", "rnn": "h"}[kind]
    packed = {k: np.concatenate([a[f"{k}{g}"] for g in gates], -1) for k in ("W_x", "W_h", "b_")}
    others = [n for n in a if n[:2] not in ("W_", "b_") and n not in ("y", "dy")]
    others += [n for n in ("b_u", "W_hy", "b_y") if n in a]

    def step(p, state, s):
        if kind == "rnn":
            h = jnp.tanh(s + state @ p["W_h"])
            return h, h
        if kind == "lstm":
            h, c = state
            s = s + h @ p["W_h"]
            i, f, o = jnp.split(jax.nn.sigmoid(s[:, :384]), 3, axis=1)
            c = f * c + i * jnp.tanh(s[:, 384:])
            h = o * jnp.tanh(c)
            return (h, c), h
        carried = state @ p["W_h"]
        r, z = jnp.split(jax.nn.sigmoid(s[:, :256] + carried[:, :256]), 2, axis=1)
        g = jnp.tanh(s[:, 256:] + r * (carried[:, 256:] + p["b_u"]))
        h = g + z * (state - g)
        return h, h

    def forward(p, rest):
        first = (p["h0"], p["c0"]) if kind == "lstm" else p["h0"]
        seen = p["x"] @ p["W_x"] + p["b_"]
        hs = jax.lax.scan(partial(step, p), first, seen, unroll=unroll)[1]
        if kind == "rnn":
            return ((rest["y"] - (hs @ p["W_hy"] + p["b_y"])) ** 2).sum() / 2
        return hs

    def named(g):
        apart = {n: v for n, v in g.items() if n not in packed}
        for kind_of, joined in ((k, g[k]) for k in packed):
            for gate, piece in zip(gates, np.split(joined, len(gates), -1)):
                apart[f"{kind_of}{gate}"] = piece
        return apart

    rest = _only(a, "y") if kind == "rnn" else {}
    return {**_only(a, *others), **packed}, forward, rest, a.get("dy"), named


def _scans(kind: str) -> dict:
    return {
        "scan": partial(recurrent, kind=kind),
        "scan, unroll 5": partial(recurrent, kind=kind, unroll=5),
    }


def _pools(kind: str) -> dict:
    return {way: partial(pool, kind=kind, way=way) for way in ("windows", "reshape", "slices")}


WAYS = {
    "conv": {"NCHW": conv, "NHWC": partial(conv, layout="NHWC")},
    "windows": {"channels first": windows},
    "mlp": {"products": mlp},
    "batch_norm": {"means": batch_norm},
    "max_pool": _pools("max"),
    "avg_pool": _pools("mean"),
    "attention": {"products": attention, "library": partial(attention, way="library")},
    "lenet5": {"NCHW": lenet5, "NHWC": partial(lenet5, layout="NHWC")},
    "rnn": _scans("rnn"),
    "lstm": _scans("lstm"),
    "gru": _scans("gru"),
}
