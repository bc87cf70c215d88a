"""No order of axes changes what a kernel computes: products, windows, pools, rows, scans.

New memory is full of NaN, so that an entry that nobody writes shows, by whatever luck.
"""

import numpy as np
import pytest
from agreement import agree, probed
from laid_out import LaidOut, as_python
from layout_families import FAMILIES, einsums, orders
from variants import FULL

from deltarule.kernels.api import kernel
from deltarule.kernels.module.source import Module
from deltarule.kernels.passes.program import program

#: What is summed over, rows, columns and a batch axis in every place; then without a batch axis
#: in the result, in a factor, or at all.
PRODUCTS = {
    "matrix and vector": ("bik", "bk", "ib"),
    "matrices": ("bik", "bkj", "bij"),
    "batch summed": ("bik", "bkj", "ij"),
    "one matrix for all": ("bik", "kj", "bij"),
    "no batch": ("ik", "kj", "ij"),
    "outer": ("bi", "bj", "bij"),
}
#: Sizes of all kinds: small, empty in turn, and more columns than a vector has lanes.
SIZES = [
    {"B": 2, "I": 3, "J": 5, "K": 4},
    {"B": 2, "I": 3, "J": 5, "K": 0},
    {"B": 0, "I": 3, "J": 2, "K": 2},
    {"B": 1, "I": 1, "J": 1, "K": 1},
]


@pytest.mark.parametrize("kind", PRODUCTS)
def test_products_of_any_layout_are_those_of_einsum(kind, tmp_path, monkeypatch):
    """By plain loops, and (where no product is small) by tiles."""
    left, right, out = map(orders, PRODUCTS[kind])
    cases = [(a, b, c) for a in left for b in right for c in out]
    (tmp_path / "layouts.py").write_text(einsums(cases), encoding="utf-8")
    made = LaidOut(str(tmp_path / "layouts.py"))
    module = as_python(made.text, tmp_path, monkeypatch)
    random = np.random.default_rng(0)
    for n_sizes, small in ((4, getattr(module, "SMALL", 0)), (2, 0)):
        module.__dict__["SMALL"] = small
        for sizes in SIZES[:n_sizes]:
            given = {
                n: random.normal(size=[sizes[a] for a in n[2:].upper()]) for n in made.one.reads
            }
            found = made.run(module, given, sizes)
            wrong = []
            for n, (a, b, c) in enumerate(cases):
                wanted = np.einsum(f"{a},{b}->{c}", given[f"u_{a}"], given[f"v_{b}"])
                if not np.allclose(found[f"y{n}"], wanted, 1e-12, 1e-12):
                    wrong.append(cases[n])
            assert not wrong, sizes


#: Of how many members of a family one is taken where not all are.
EVERY = {"carried": 5, "windows": 7, "pools": 19, "rows": 17, "reductions": 5}


@pytest.mark.parametrize("family", FAMILIES)
def test_kernels_of_any_layout_agree_with_the_evaluator(family, tmp_path, monkeypatch):
    """Forward and all gradients, with small products as loops and in tiles."""
    members = FAMILIES[family] if FULL else FAMILIES[family][:: EVERY[family]]
    assert len({name[-1] for name, _ in members}) == len({name[-1] for name, _ in FAMILIES[family]})
    for name, text in members:
        path = tmp_path / f"{name.replace(' ', '_')}.py"
        path.write_text(text, encoding="utf-8")
        made = program(str(path), {})
        module = as_python(Module(made, "float64").text(), tmp_path, monkeypatch)
        for seed in range(2):
            agree(module, made, probed(made, seed), name)
            module.__dict__["SMALL"] = 0


def test_a_sequence_without_a_first_time_is_refused(tmp_path, monkeypatch):
    """What is read at time 0 would be foreign memory; of one time, all is written."""
    made = program("rnn", {"loss": "none"})
    module = as_python(Module(made, "float64").text(), tmp_path, monkeypatch)
    sizes = {"T": 1, "N": 2, "D": 3, "H": 4, "M": 5}
    agree(module, made, probed(made, 0, **sizes))
    given = [np.ones([sizes[str(a)] for a in made.network.tensors[n].axes]) for n in module.GIVEN]
    empty = [g[:0] if n == "x" else g for n, g in zip(module.GIVEN, given)]
    with pytest.raises(module.Misfit, match="the sequence has no steps: T = 0"):
        module.forward(*empty)


def test_a_batch_axis_that_comes_last(tmp_path, cache):
    """The compiled kernel at sizes that run in tiles, and at small ones."""
    path = tmp_path / "batch_last.py"
    path.write_text(einsums([("bik", "bkj", "ijb")]), encoding="utf-8")
    made = kernel(str(path), cache=cache)
    random = np.random.default_rng(0)
    for size in (3, 25):
        u, v = random.normal(size=(2, size, 30)), random.normal(size=(2, 30, size + 1))
        dy = random.normal(size=(size, size + 1, 2))
        values, gradients = made.both(u_bik=u, v_bkj=v, dy0=dy)
        wanted = {
            "y": np.einsum("bik,bkj->ijb", u, v),
            "u": np.einsum("ijb,bkj->bik", dy, v),
            "v": np.einsum("ijb,bik->bkj", dy, u),
        }
        found = {"y": values["y0"], "u": gradients["u_bik"], "v": gradients["v_bkj"]}
        for name, value in wanted.items():
            np.testing.assert_allclose(found[name], value, 1e-12, 1e-12, err_msg=name)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_large_arrays_that_a_kernel_makes_begin_a_cache_line(dtype, cache):
    x, w, b = (np.ones(shape, dtype) for shape in ((64, 80), (80, 90), (90,)))
    made = kernel("dense", dtype=dtype, cache=cache)
    given = {"x": x, "W": w, "b": b}
    bound = made.bind(**given, dy=x @ w)
    arrays = [made.forward(**given), *bound.values.values(), *bound.gradients.values()]
    large = [a for a in arrays if a.size >= 4096]
    assert len(large) > 2
    assert not any(a.ctypes.data % 64 for a in large)
    assert all(a.flags.c_contiguous for a in large)
