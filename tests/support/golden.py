"""Golden files: what the program writes, kept in tests/golden/ as somebody has read it.

A row of `FILES` is a file's name and what makes its text anew. After a change that is meant,
`python tests/golden/refresh.py` writes the files, and the diff of the commit shows it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from difflib import unified_diff
from functools import partial
from pathlib import Path
from unittest.mock import patch

FOLDER = Path(__file__).resolve().parents[1] / "golden"
REFRESH = "python tests/golden/refresh.py"


def screen(*words: str) -> str:
    """What a command shows on a screen of 80 columns."""
    from click.testing import CliRunner

    from deltarule.cli.programs import app

    with patch.dict(os.environ, {"COLUMNS": "80"}):
        done = CliRunner().invoke(app, words)
    if done.exit_code:
        raise RuntimeError(f"{' '.join(words)} ended with {done.exit_code}: {done.output}")
    return done.stdout


def kernel(name: str) -> str:
    """What is a kernel's own in its file: the functions around the prelude's."""
    from once import programmed

    from deltarule.kernels.module.source import Module

    return Module(programmed(name), "float64").without_prelude()


def framework_file(target: str, name: str) -> str:
    """A file for a framework."""
    from deltarule.frameworks.file_text import emitted_for

    return emitted_for(target, name, {})


FILES: dict[str, Callable[[], str]] = {
    "dense_steps.txt": partial(screen, "derive", "dense", "--steps"),
    "conv_steps.txt": partial(screen, "derive", "conv", "--steps"),
    "dense_kernel.txt": partial(kernel, "dense"),
    "conv2d_kernel.txt": partial(kernel, "conv2d"),
    "lstm_kernel.txt": partial(kernel, "lstm"),
    "dense_numpy.txt": partial(framework_file, "numpy", "dense"),
    "rnn_torch.txt": partial(framework_file, "torch", "rnn"),
    "conv2d_jax.txt": partial(framework_file, "jax", "conv2d"),
    "softmax_cross_entropy_kernel.txt": partial(kernel, "softmax_cross_entropy"),
}


def kept(name: str) -> str:
    """A golden file's text; empty if there is none yet."""
    path = FOLDER / name
    return path.read_text(encoding="utf-8") if path.exists() else ""


def difference(name: str, made: str) -> str:
    """How a text differs from the golden file, as a diff with what to do; empty if it does not."""
    lines = [text.splitlines(keepends=True) for text in (kept(name), made)]
    diff = "".join(unified_diff(*lines, f"tests/golden/{name}", "made now"))
    return diff and f"{diff}\nif this is meant: {REFRESH} {name}"


def refresh(names: Iterable[str] = ()) -> list[str]:
    """Write the golden files of some names, or all; gives those that changed."""
    changed = []
    for name in tuple(names) or FILES:
        if name not in FILES:
            raise SystemExit(f"no golden file is called {name}; there are {', '.join(FILES)}")
        made = FILES[name]()
        if made != kept(name):
            (FOLDER / name).write_text(made, encoding="utf-8")
            changed.append(name)
    return changed
