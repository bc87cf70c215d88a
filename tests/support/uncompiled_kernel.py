"""A kernel's file as a module whose functions are not compiled: nothing waits for Numba."""

from __future__ import annotations

import importlib.util
import sys

from deltarule.kernels.module.source import Module
from deltarule.kernels.passes.program import Program


def uncompiled_kernel(made: Program, folder, monkeypatch):
    """The kernel of a program, run as plain Python."""
    monkeypatch.setattr("numba.config.DISABLE_JIT", True)
    path = folder / "kernel.py"
    path.write_text(Module(made, "float64").text(), encoding="utf-8")
    spec = importlib.util.spec_from_file_location("uncompiled_module", path)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "uncompiled_module", module)
    spec.loader.exec_module(module)
    return module
