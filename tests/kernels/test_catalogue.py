"""Every derivation's kernel against the evaluator, on small sizes: its text run as plain Python.

What each compiler pass rewrites is evaluated too, so that an error is found where it is made.
All new memory is full of NaN: a number that the kernel does not write cannot pass.
"""

import numpy as np
import pytest
from agreement import agree, evaluated
from extremes import givens, wrong
from laid_out import as_python
from once import derivation_of, loaded, settings_of, traced
from passes_agree import disagreements
from variants import FULL, catalogued
from whole_network import agrees

from deltarule.arithmetic.base import Undecided
from deltarule.kernels.module.needed_memory import must_live
from deltarule.kernels.module.source import Module
from deltarule.kernels.passes.program import Program
from deltarule.language.catalogue import catalogue

_NOTHING = np.empty(0)


def on_a_plane(name: str, option: str) -> bool:
    """Whether a layer of volumes has the option from its sister of planes: in a run that is not
    full it is turned there, and in the one of lines; volumes run in loops that take ten times as
    long.
    """
    plane = name.replace("3d", "2d")
    return plane != name and plane in catalogue() and option in loaded(plane).options


CASES = [(name, None) for name in catalogued()] + [
    (name, option.name)
    for name in catalogued()
    for option in loaded(name).options.values()
    if isinstance(option.default, int) and not isinstance(option.default, bool)
    if FULL or not on_a_plane(name, option.name)
]


@pytest.mark.parametrize(("name", "option"), CASES, ids=lambda c: c or "")
def test_the_kernel_agrees_with_the_evaluator(name, option, tmp_path, monkeypatch):
    """Seed 0 runs small products as plain loops, seed 1 in tiles, as options are tried."""
    settings = {} if option is None else {option: loaded(name).options[option].default + 1}
    settings |= settings_of(name)
    made, steps = traced(name, **settings)
    assert made.derivation.verified or not made.gradients or right(made)
    written = Module(made, "float64")
    text = written.text()
    module = as_python(text, tmp_path, monkeypatch)
    for seed in (0, 1) if option is None or FULL else (1,):
        for limit, small in (("SMALL", 0), ("STRIP", 2), ("UNCUT", 0), ("STORED", 0)):
            if seed and hasattr(module, limit):
                monkeypatch.setattr(module, limit, small)
        values = evaluated(made, seed)
        assert disagreements(made, steps, values) == []
        agree(module, made, values.arrays)
        assert taken(module, made, values.arrays) <= allowed(written, values.arrays)
    if option is None or FULL:
        hold_at_extremes(made, {"float64": text}, tmp_path, monkeypatch)


def taken(module, made: Program, arrays: dict) -> int:
    """The bytes of all arrays that both passes are given and make."""
    given = [arrays[n] for n in module.GIVEN]
    _, forward, values = module.ready_forward(*given)
    kept = [values[n] for n in module.KEPT]
    backward = module.ready_backward(*given, *kept, *(arrays[g] for g in made.upstream.values()))[1]
    owners = [_owner(a) for a in (*given, *forward, *backward)]
    pieces = {id(b): b.nbytes for b in owners}
    return sum(pieces.values())


def _owner(array) -> np.ndarray:
    """The piece of memory that an array lies in; sizes take none."""
    while getattr(array, "base", None) is not None:
        array = array.base
    return np.asarray(array) if isinstance(array, np.ndarray) else _NOTHING


def allowed(written: Module, arrays: dict) -> float:
    """1.5 × what must live, and a cache line for each array that two passes have."""
    shapes = {n: a.shape for n, a in arrays.items()}
    program = written.program
    many = sum(len(one.reads) + len(one.writes) for one in (program.forward, program.backward))
    return 1.5 * must_live(written, shapes) + 64 * many


def right(made: Program) -> bool:
    """Whether its gradients are, as a whole; where the numbers of a layer itself lie on kinks,
    whatever is drawn, step by step.
    """
    try:
        return all(agrees(made.derivation, seed) for seed in (0, 1))
    except Undecided:
        found = derivation_of(made.network)
        return found.verified and found.equations() == made.derivation.equations()


def hold_at_extremes(made: Program, texts: dict[str, str], tmp_path, monkeypatch) -> None:
    """Overflow, cancellation and zeros: what balls say, in one of both types (in a full run both).

    Ties between balls and divisions by 0 have no value; then other numbers are drawn. `texts` are
    those of the kernel that are there already, by type.
    """
    types = ("float32", "float64")
    for dtype in types if FULL else types[len(made.network.name) % 2 :][:1]:
        text = texts.get(dtype) or Module(made, dtype).text()
        module = as_python(text, tmp_path, monkeypatch)
        for seed in range(5):
            arrays, sizes = givens(made, seed, dtype)
            try:
                told = wrong(made, results(module, made, arrays), arrays, sizes, dtype)
            except Undecided:
                continue
            assert told == []
            break
        else:
            raise AssertionError("none of five draws has a value")


def results(module, made: Program, arrays: dict) -> dict:
    """All results of both passes, by the names of the equations that they belong to."""
    given = [arrays[n] for n in module.GIVEN]
    with np.errstate(all="ignore"):
        values = module.forward(*given)
        upstream = [arrays[g] for g in made.upstream.values()]
        gradients = module.backward(*given, *(values[n] for n in module.KEPT), *upstream)
    found = {n: values[n] for n in made.forward.results}
    return found | {made.gradients[t]: g for t, g in gradients.items()}
