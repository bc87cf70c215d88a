"""Dropout by other generators, and with the scale kept apart from the mask."""
import numpy as np


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return x.copy(), {"train": False}
    generator = np.random.default_rng(dropout_param.get("seed"))
    mask = generator.binomial(1, p, size=x.shape).astype(bool)
    return np.where(mask, x / p, 0.0), {"train": True, "mask": mask, "p": p}


def dropout_backward(dout, cache):
    if not cache["train"]:
        return dout
    dx = np.zeros_like(dout)
    dx[cache["mask"]] = dout[cache["mask"]] / cache["p"]
    return dx
