"""Submissions of a small class, in every form in which they are handed in."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

SHEET = """
title = "A neuron"
network = "mlp"

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
#: The sheet as it is when it asks for three quantities.
PLAIN = SHEET.replace("[options]", 'asked = ["s2", "yhat", "E"]\n\n[options]', 1)
QUESTIONS = (
    SHEET
    + """
[[question]]
id = "1a"
kind = "numbers"
asked = ["h1", "yhat"]
marks = 3

[[question]]
id = "1b"
kind = "formula"
asked = "dE/dTheta2"
marks = 2

[[question]]
id = "2"
kind = "counting"
of = "lenet5"
what = "parameters"

[[question]]
id = "3"
kind = "code"
function = "relu_forward"
convention = "cs231n"

[[question]]
id = "4"
kind = "choice"
text = "Where is the sigmoid steepest?"
choices = ["at 0", "at 1"]
right = "a"
"""
)


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
