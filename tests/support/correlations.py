"""Sums over windows of 3 × 3 taps by NumPy, and a kernel's file where nothing is compiled."""

import importlib.util

import numpy as np


def correlated(x, w, pads) -> np.ndarray:
    """Σ_{c,k,l} w[f, c, k, l]·x[n, c, i + k − p0, j + l − p1]; negative pads cut off."""
    out = [max(0, p) for p in pads]
    x = np.pad(x, ((0, 0), (0, 0), (out[0], out[0]), (out[1], out[1])))
    x = x[:, :, max(0, -pads[0]) : x.shape[2] + min(0, pads[0])]
    x = x[:, :, :, max(0, -pads[1]) : x.shape[3] + min(0, pads[1])]
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], (2, 3))
    return np.einsum("ncijkl,fckl->nfij", windows, w, optimize=True)


def by_numpy(x, w, dy, pads) -> dict:
    """All three sums, in float64."""
    x, w, dy = (a.astype(np.float64) for a in (x, w, dy))
    turned = w.transpose(1, 0, 2, 3)[:, :, ::-1, ::-1]
    dw = correlated(x.transpose(1, 0, 2, 3), dy.transpose(1, 0, 2, 3), pads).transpose(1, 0, 2, 3)
    rest = [2 - p for p in pads]
    return {"y": correlated(x, w, pads), "x": correlated(dy, turned, rest), "w": dw}


def drawn(seed, n, c, f, h, w, pads, dtype=np.float64) -> dict:
    random = np.random.default_rng(seed)
    i, j = (s + 2 * p - 2 for s, p in zip((h, w), pads))
    shapes = {"x": (n, c, h, w), "w": (f, c, 3, 3), "dy": (n, f, i, j)}
    return {k: random.normal(size=s).astype(dtype) for k, s in shapes.items()}


def plain_python(text: str, folder, monkeypatch):
    """The kernel's file as a module whose functions are not compiled."""
    monkeypatch.setattr("numba.config.DISABLE_JIT", True)
    (folder / "kernel.py").write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("conv_as_python", folder / "kernel.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
