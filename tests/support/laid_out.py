"""Equations as functions of arrays, without a derivation around them, and poisoned memory.

Whatever a kernel finds in new memory here is NaN, so that a number that nobody wrote shows.
"""

from __future__ import annotations

import builtins
import dis
import sys
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import CodeType, ModuleType

import numpy as np

from deltarule.kernels.lowering.matcher import Matcher
from deltarule.kernels.lowering.schedule import Schedule
from deltarule.kernels.module import kernel_file
from deltarule.kernels.passes.draft import Draft
from deltarule.kernels.passes.program import written
from deltarule.kernels.prelude import texts
from deltarule.kernels.python_text.identifiers import Spelling
from deltarule.kernels.python_text.indented import Lines
from deltarule.kernels.python_text.real_text import Code
from deltarule.language.load import load
from deltarule.networks.network import Network
from deltarule.networks.recurrences import blocks
from deltarule.signed_files import fingerprint

#: What whole numbers in new memory are: as an index it is far outside.
POISON = -(2**40)


def poisoned(shape, dtype=np.float64) -> np.ndarray:
    """A new array full of NaN, or of whole numbers that nothing can use."""
    kind = np.dtype(dtype)
    small = kind.kind == "i" and kind.itemsize < 8
    return np.full(shape, np.nan if kind.kind in "fc" else -99 if small else POISON, kind)


class PoisonedNumpy(ModuleType):
    """NumPy whose new memory is poisoned, for kernels whose functions are not compiled."""

    empty = staticmethod(poisoned)

    @staticmethod
    def empty_like(array: np.ndarray) -> np.ndarray:
        """New memory for an array like another."""
        return poisoned(array.shape, array.dtype)

    def __getattr__(self, name: str):
        return getattr(np, name)


def as_python(text: str, folder: Path, monkeypatch) -> ModuleType:
    """A kernel's text as a module whose functions are not compiled, in poisoned memory."""
    monkeypatch.setattr("numba.config.DISABLE_JIT", True)
    path = folder / f"kernel_{fingerprint(text)}.py"
    path.write_text(text, encoding="utf-8")
    module = ModuleType(path.stem)
    module.__file__ = str(path)
    monkeypatch.setitem(sys.modules, path.stem, module)
    code = _compiled(text, path.name)
    exec(code, vars(module))  # noqa: S102 - our own text
    assert unknown_names(code, set(vars(module))) == set()
    module.__dict__["np"] = PoisonedNumpy("numpy")
    module.__dict__["hand_over"] = _poison
    return module


@lru_cache(maxsize=64)
def _compiled(text: str, name: str) -> CodeType:
    """A text as bytecode: the tests of one derivation ask for the same one in turn."""
    return compile(text, name, "exec")


def _poison(array: np.ndarray) -> None:
    """Memory whose array is done with, or not begun, holds nothing that a kernel may read."""
    array.fill(np.nan)


def unknown_names(code: CodeType, known: set[str]) -> set[str]:
    """The names that functions read and nobody gives, in lines that never run, too."""
    return _global_names(code) - known - set(vars(builtins))


#: The global names that a function reads, by its bytecode: kernels have many functions in common.
_names_read: dict[tuple[bytes, tuple[str, ...]], set[str]] = {}


def _global_names(code: CodeType) -> set[str]:
    """The global names that a piece of code reads, and what is defined in it."""
    key = code.co_code, code.co_names
    if key not in _names_read:
        _names_read[key] = {
            instruction.argval
            for instruction in dis.get_instructions(code)
            if instruction.opname == "LOAD_GLOBAL"
        }
    inside = (part for part in code.co_consts if isinstance(part, CodeType))
    return _names_read[key].union(*map(_global_names, inside))


class LaidOut:
    """The equations of a derivation's file as one function of arrays: `text` and `arguments`."""

    def __init__(self, path: str, dtype: str = "float64"):
        self.network: Network = load(path)
        results = tuple(t.name for t in self.network.tensors.values() if not t.given)
        equations = self.network.equations
        one = written(Draft(equations, dict(self.network.tensors), equations), results)
        self.spelling, self.one = Spelling(), one
        code = Code(self.spelling, dict(one.tensors), {}, False)
        code.numbers = {}
        body = Lines(1)
        schedule = Schedule(Matcher(code), body)
        for block in blocks(one.equations):
            schedule.block(block)
        self.arrays = [*one.reads, *one.writes]
        self.sizes = sorted(
            {s for t in self.network.tensors.values() for a in t.axes for s in a.free_symbols},
            key=str,
        )
        named = [*map(self.spelling.tensor, self.arrays), *map(self.spelling.symbol, self.sizes)]
        lines = Lines()
        lines.add("@kept", f"def whole({', '.join(named)}):")
        for tensor, pointer in code.pointers.items():
            lines.add(f"    {pointer} = data({self.spelling.tensor(tensor)})")
        head = kernel_file.head(dtype, parallel=False)
        prelude = texts.text({*schedule.prelude, "addresses"})
        self.text = "\n".join([head, prelude, str(lines), str(body), "    return", ""])

    def run(self, module: ModuleType, given: Mapping, sizes: Mapping[str, int]) -> dict:
        """All that is written, by name; what was there before is NaN."""
        numbers = {s: sizes[s.name] for s in self.sizes}
        arrays = {}
        for name in self.arrays:
            tensor = self.one.tensors[name]
            shape = [int(a.subs(numbers)) for a in tensor.axes] or [1]
            arrays[name] = np.ascontiguousarray(given[name]) if name in given else poisoned(shape)
        module.whole(*arrays.values(), *numbers.values())
        return {name: arrays[name] for name in self.one.writes}
