"""Arrays and numbers as a test to paste has them, and what is read back from them."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

#: What is printed of a number where that will do, and below which it is 0.
DIGITS, NOTHING = 9, 1e-8


def literal(array: np.ndarray, exact: bool = False) -> str:
    """An array as the text that makes it; `exact` with all its digits."""
    if not array.shape:
        return number(array[()], exact)
    return f"np.array({nested(array, exact)})" if array.size else f"np.zeros({array.shape})"


def nested(array: np.ndarray, exact: bool = False) -> str:
    """An array as lists of lists."""
    if not array.shape:
        return number(array[()], exact)
    return "[" + ", ".join(nested(a, exact) for a in array) + "]"


def number(value: Any, exact: bool = False) -> str:
    """A number; whole ones without zeros behind the point, as `2.`."""
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value))
    if isinstance(value, (np.integer, int)):
        return str(int(value))
    own = float(value)
    text = repr(own) if exact else f"{0.0 if abs(own) < NOTHING else own:.{DIGITS}g}"
    text = text.removesuffix("0") if text.endswith(".0") else text
    return f"{text}." if re.fullmatch(r"-?\d+", text) else text


def read_back(array: np.ndarray, exact: bool = False) -> np.ndarray:
    """What the printed text of an array stands for."""
    if array.dtype.kind != "f":
        return array
    flat = [float(number(v, exact)) for v in array.ravel()]
    return np.array(flat, dtype=float).reshape(array.shape)
