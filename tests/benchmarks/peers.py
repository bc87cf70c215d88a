"""The peers: the same forward pass and all gradients in PyTorch, JAX and NumPy."""
# pyright: reportMissingImports=false

from __future__ import annotations

import os


def torch_run(peer: str, settings: dict, arrays: dict, threads: int, layout: str = "plain"):
    """A function that does one forward and backward pass in PyTorch."""
    import torch
    import torch.nn.functional as F

    torch.set_num_threads(threads)
    t = {n: torch.tensor(a) for n, a in arrays.items()}
    if layout == "channels_last":
        t = {n: a.to(memory_format=torch.channels_last) if a.ndim == 4 else a
             for n, a in t.items()}  # fmt: skip
    if layout == "no mkldnn":
        torch.backends.mkldnn.enabled = False
    leaves = [n for n, a in t.items() if a.is_floating_point() and n not in ("y", "dy")]
    for n in leaves:
        t[n].requires_grad_()
    cell = torch.nn.LSTM(64, 128) if peer == "lstm" else torch.nn.RNN(64, 128)
    cell = cell.to(t["x"].dtype)

    def conv():
        out = F.conv2d(t["x"], t["w"], t["b"], settings["stride"], settings["pad"])
        out.backward(t["dy"])

    def mlp():
        h = torch.sigmoid(t["x"] @ t["Theta1"])
        out = torch.sigmoid(h @ t["Theta2"])
        (((t["y"] - out) ** 2).sum() / 2).backward()

    def max_pool():
        F.max_pool2d(t["x"], 2).backward(t["dy"])

    def rnn():
        out, _ = cell(t["x"], t["h0"][None])
        (((t["y"] - (out @ t["W_hy"] + t["b_y"])) ** 2).sum() / 2).backward()

    def lstm():
        out, _ = cell(t["x"], (t["h0"][None], t["c0"][None]))
        out.backward(t["dy"])

    once = {"conv": conv, "mlp": mlp, "max_pool": max_pool, "rnn": rnn, "lstm": lstm}[peer]

    def run():
        for n in leaves:
            t[n].grad = None
        cell.zero_grad()
        once()

    return run


def jax_run(peer: str, settings: dict, arrays: dict, threads: int):
    """A function that does one compiled forward and backward pass in JAX."""
    if threads == 1:
        os.environ["XLA_FLAGS"] = (
            "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
        )
    import jax
    import jax.numpy as jnp
    from jax import lax

    jax.config.update("jax_enable_x64", arrays["x"].dtype == "float64")
    given = {n: jnp.asarray(a) for n, a in arrays.items()}
    dy = given.pop("dy", None)

    def conv(p):
        s, pad = settings["stride"], settings["pad"]
        out = lax.conv_general_dilated(
            p["x"], p["w"], (s, s), ((pad, pad), (pad, pad)),
            dimension_numbers=("NCHW", "OIHW", "NCHW"),
        )  # fmt: skip
        return out + p["b"][None, :, None, None]

    def mlp(p):
        h = jax.nn.sigmoid(p["x"] @ p["Theta1"])
        out = jax.nn.sigmoid(h @ p["Theta2"])
        return ((p["y"] - out) ** 2).sum() / 2

    def max_pool(p):
        window = (1, 1, 2, 2)
        return lax.reduce_window(p["x"], -jnp.inf, lax.max, window, window, "VALID")

    def rnn(p):
        def step(h, s):
            h = jnp.tanh(s + h @ p["W_hh"])
            return h, h

        _, hs = lax.scan(step, p["h0"], p["x"] @ p["W_xh"] + p["b_h"])
        return ((p["y"] - (hs @ p["W_hy"] + p["b_y"])) ** 2).sum() / 2

    def lstm(p):
        wx = jnp.concatenate([p[f"W_x{g}"] for g in "ifog"], 1)
        wh = jnp.concatenate([p[f"W_h{g}"] for g in "ifog"], 1)
        bias = jnp.concatenate([p[f"b_{g}"] for g in "ifog"])

        def step(state, s):
            h, c = state
            i, f, o, g = jnp.split(s + h @ wh, 4, axis=1)
            c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
            h = jax.nn.sigmoid(o) * jnp.tanh(c)
            return (h, c), h

        _, hs = lax.scan(step, (p["h0"], p["c0"]), p["x"] @ wx + bias)
        return hs

    forward = {"conv": conv, "mlp": mlp, "max_pool": max_pool, "rnn": rnn, "lstm": lstm}[peer]

    @jax.jit
    def both(p):
        value, back = jax.vjp(forward, p)
        return value, back(jnp.ones_like(value) if dy is None else dy)

    return lambda: jax.block_until_ready(both(given))
