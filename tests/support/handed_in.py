"""Submissions of a small class, in every form in which they are handed in."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

#: What is right of the slide, and two answers that are not.
RIGHT = {
    "s1": "[1.35, 2.45, -1.65]",
    "h1": "[0.79, 0.92, 0.16]",
    "s2": "0.51",
    "yhat": "0.62",
    "E": "0.072",
    "dE/dyhat": "-0.38",
}

SHEET = """
title = "A neuron"
network = "mlp"
asked = ["s2", "yhat", "E"]

[options]
layers = 2
loss = "half_squared"
bias = false
orientation = "ThetaTx"
batch = false

[given]
x = [1.0, -0.5]
y = 1.0
Theta1 = [[1.2, 2.1, 1.5], [-0.3, -0.7, 0.3]]
Theta2 = [-0.2, 0.5, 1.3]
"""


def toml(values: Mapping[str, str]) -> str:
    """An answers file."""
    return "[answers]\n" + "".join(f"{json.dumps(n)} = {v}\n" for n, v in values.items())


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    """An archive of some files."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in files.items():
            packed.writestr(zipfile.ZipInfo(name, (2026, 11, 5, 10, 0, 0)), text)
    return data.getvalue()


def folder(place: Path, files: Mapping[str, str | bytes]) -> Path:
    """A folder with some files."""
    for name, text in files.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
    return place
