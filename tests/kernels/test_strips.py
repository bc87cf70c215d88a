"""Attention strip by strip: no array of all queries and keys, and the same results."""

from functools import partial

import numpy as np
import pytest
from agreement import agree, probed
from laid_out import as_python
from once import programmed

from deltarule import layer
from deltarule.kernels.lowering.tiles_in_place import tiles_in_place
from deltarule.kernels.module.source import Module
from deltarule.kernels.passes.program import program
from deltarule.kernels.passes.strip_groups import Strips, in_strips
from deltarule.kernels.passes.triangles import is_triangular

CASES = [
    {"mask": mask, "heads": heads, "batch": batch}
    for mask in ("none", "causal", "top_left", "bottom_right", "given", "added")
    for heads, batch in (("none", True), ("all", True), ("none", False))
]


@pytest.mark.parametrize("stored", [0, 10**6])
@pytest.mark.parametrize("options", CASES, ids=lambda o: "-".join(map(str, o.values())))
def test_strips_give_what_the_whole_gives(options, stored, tmp_path, monkeypatch):
    """Strips of two queries, with the weights kept for the backward pass or computed again."""
    made = programmed("attention", **options)
    groups = in_strips(made)[1]
    assert groups.keys() == {"forward", "backward"}
    # Causal weights are computed up to the diagonal.
    assert {*map(is_triangular, groups.values())} == {options["mask"] in ("causal", "top_left")}
    module = as_python(Module(made, "float64").text(), tmp_path, monkeypatch)
    monkeypatch.setattr(module, "STRIP", 2)
    monkeypatch.setattr(module, "UNCUT", 0)
    monkeypatch.setattr(module, "STORED", stored)
    for keys in {"J": 3}, {"J": 8}, {}:
        if not keys or options["mask"] in ("top_left", "bottom_right"):
            agree(module, made, probed(made, 0, I=5, **keys))


@pytest.mark.parametrize("batch", [1, 3])
def test_threads_share_sequences_and_heads_where_there_are_as_many(batch, tmp_path, monkeypatch):
    """Each then computes its rows alone: no thread is woken by one of several."""
    made = programmed("attention", heads="all", mask="causal")
    text = Module(made, "float64", parallel=True).text()
    module = as_python(text, tmp_path, monkeypatch)
    monkeypatch.setattr(module, "STRIP", 2)
    monkeypatch.setattr(module, "UNCUT", 0)
    monkeypatch.setattr(module, "threads", lambda: 4)
    calls = []
    for name in ("strip1", "strip2"):
        known = getattr(module, name)
        note = partial(_noted, calls, name, known)
        monkeypatch.setattr(module, name, note)
    values = probed(made, 0, I=5, N=batch)
    agree(module, made, values)
    rows = values["Q"].shape[0] * values["Q"].shape[1]
    alone = batch == 3
    assert alone == (rows >= 4)
    assert set(calls) == {("strip1", int(alone)), ("strip2", int(alone))}


@pytest.mark.parametrize("mask", ["none", "causal"])
@pytest.mark.parametrize("stored", [0, 10**6])
def test_what_all_strips_multiply_with_is_packed_once(mask, stored, tmp_path, monkeypatch):
    """Keys and values, for each sequence: not for each strip, nor where there is only one strip."""
    made = programmed("attention", mask=mask)
    text = Module(made, "float64").text()
    module = as_python(text, tmp_path, monkeypatch)
    monkeypatch.setattr(module, "STORED", stored)
    monkeypatch.setattr(module, "UNCUT", 0)
    values, packed, known = probed(made, 0, I=5, N=3), [], module.pack_all

    def pack_all(*arguments):
        packed.append(arguments)
        known(*arguments)

    monkeypatch.setattr(module, "pack_all", pack_all)
    for strip in (2, 5):
        packed.clear()
        monkeypatch.setattr(module, "STRIP", strip)
        agree(module, made, values)
        # Keys twice in the backward pass, where scores are computed again.
        assert len(packed) == (3 * (2 + 2 + (stored == 0)) if strip == 2 else 0)


@pytest.mark.parametrize(
    ("mask", "tile", "strips"), [("none", 25, [5]), ("none", 19, [3, 2]), ("causal", 25, [2, 2, 1])]
)
def test_small_tiles_stay_whole(mask, tile, strips, tmp_path, monkeypatch):
    """Unless they are left out behind the diagonal: shorter strips then have less to do."""
    made = programmed("attention", mask=mask)
    module = as_python(Module(made, "float64").text(), tmp_path, monkeypatch)
    monkeypatch.setattr(module, "STRIP", 2)
    monkeypatch.setattr(module, "UNCUT", tile)
    rows, known = [], module.strip1

    def strip1(*arguments):
        rows.append(max(np.shape(x)[0] for x in arguments if np.ndim(x) == 1 and np.size(x) < 6))
        known(*arguments)

    monkeypatch.setattr(module, "strip1", strip1)
    agree(module, made, probed(made, 0, I=5, J=5, N=1))
    assert rows == strips


def _noted(calls, name, known, *arguments):
    calls.append((name, arguments[0]))
    return known(*arguments)


SUMMED = "; y[n,i,m] = Sum[j](a[n,i,j]*V[n,j,m])"


@pytest.mark.parametrize(
    ("lines", "tiles"),
    [
        ("a[n,i,j] = softmax[j](e[n,i,j])", {"e": "a"}),
        ("a[n,i,j] = e[n,i,j]*Sum[l](e[n,i,l]*x[n,l])", {"e": "a"}),
        # What of a row is read again when its first entries are written, or later, must stay.
        ("a[n,i,j] = e[n,i,j]*Sum[l](e[n,l,j])", {}),
        ("a[n,i,j] = Sum[l](e[n,i,l]*x[l,j])", {}),
        ("a[n,i,j] = e[n,i,j]*Sum[l](e[n,i,l] where l <= j)", {}),
        ("a[n,i,j] = x[n,j]*e[n,j,i]", {}),
        ("a[n,i,j] = tanh(e[n,i,j]); z[n,i] = Sum[j](e[n,i,j])", {}),
    ],
)
def test_a_tile_becomes_another_where_nothing_reads_it_again(lines, tiles):
    network = layer("e[n,i,j] = Sum[d](Q[n,i,d]*K[n,j,d]); " + lines + SUMMED)
    equations = network.equations
    (n, i, _), ranges = equations[0].subscripts, dict(equations[0].ranges)
    names = frozenset({"e", "a"})
    group = Strips(tuple(equations), ((n, ranges[n]),), (i, ranges[i]), names, frozenset())
    assert tiles_in_place([group], network.tensors) == tiles


def test_attention_needs_two_tiles():
    made = programmed("attention")
    tensors = {**made.backward.tensors, **made.forward.tensors}
    found = tiles_in_place(in_strips(made)[1].values(), tensors)
    assert found == {"e": "a", "dL/da": "dL/de"}


def test_nothing_larger_than_a_strip_has_room(tmp_path, monkeypatch):
    """Of 1024 queries and as many keys no array is made by either pass."""
    module = as_python(Module(programmed("attention"), "float32").text(), tmp_path, monkeypatch)
    given = [np.zeros((1, 1024, 4), "float32")] * 3
    _, arrays, values = module.ready_forward(*given)
    kept = [values[n] for n in module.KEPT]
    assert [a.shape for a in kept] == [(1, 1024, 0)]
    arrays += module.ready_backward(*given, *kept, given[0])[1]
    assert max(np.size(a) for a in arrays) == 1024 * 4
    small = module.ready_forward(*(x[:, :500] for x in given))[2]
    assert small["a"].shape == (1, 500, 500)


@pytest.mark.parametrize("name", ["mixture_of_experts", "softmax_cross_entropy", "gru"])
def test_what_is_no_large_array_between_products_stays(name):
    assert in_strips(programmed(name))[1] == {}


def test_what_is_no_line_of_the_layer_is_not_read_backward(tmp_path, monkeypatch):
    """A largest logit that is no product is found before the strips, of temperatures by class."""
    text = "p[n,k] = softmax[k](x[n]/s[k]); y[n] = Sum[k](p[n,k]*w[k])"
    made = program(layer(text), {})
    module = as_python(Module(made, "float64").text(), tmp_path, monkeypatch)
    agree(module, made, probed(made, 0, N=5, K=3))
