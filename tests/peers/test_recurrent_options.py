"""Options of recurrent layers as PyTorch's have them: two directions, final states, lengths."""

from __future__ import annotations

import itertools

import pytest
import torch
from test_lecture_layers import draw
from test_spaces_and_states import agrees
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

T, N, D, H = 5, 3, 2, 4
LENGTHS = torch.tensor([3, 5, 1])
#: Each layer's module, its gates in PyTorch's order, its states, and its options that say so.
LAYERS = {
    "lstm": (torch.nn.LSTM, "ifgo", "hc", {"orientation": "Wx"}),
    "gru": (torch.nn.GRU, "rzg", "h", {"orientation": "Wx", "reset": "after"}),
    "rnn": (torch.nn.RNN, "h", "h", {"orientation": "Wx", "readout": False, "loss": "none"}),
}


def arguments(name: str, ways: tuple[str, ...]) -> dict:
    """Our arguments by name; those of the way back end in _b."""
    _, gates, states, _ = LAYERS[name]
    given = {"x": draw(T, N, D)}
    for way in ways:
        given |= {f"{s}0{way}": draw(N, H) for s in states}
        for gate in gates:
            given |= {f"W_x{gate}{way}": draw(H, D), f"W_h{gate}{way}": draw(H, H)}
            given[f"b_{gate}{way}"] = draw(H)
        if name == "gru":
            given[f"b_u{way}"] = draw(H)
    return given


def by_torch(name: str, ways: tuple[str, ...], final: bool, lengths: bool):
    """PyTorch's layer as a function of our arguments; what it gives, in our order."""
    module, gates, states, _ = LAYERS[name]

    def function(x, length=None, **given):
        weights = {}
        for way, suffix in zip(ways, ("_l0", "_l0_reverse"), strict=False):
            parts = {k: [given[f"{k}{gate}{way}"] for gate in gates] for k in ("W_x", "W_h", "b_")}
            inner = torch.zeros(len(gates) * H, dtype=x.dtype)
            if name == "gru":
                inner = torch.cat([inner[: 2 * H], given[f"b_u{way}"]])
            weights |= {
                f"weight_ih{suffix}": torch.cat(parts["W_x"]),
                f"weight_hh{suffix}": torch.cat(parts["W_h"]),
                f"bias_ih{suffix}": torch.cat(parts["b_"]),
                f"bias_hh{suffix}": inner,
            }
        made = module(D, H, bidirectional=len(ways) > 1, dtype=x.dtype)
        first = tuple(torch.stack([given[f"{s}0{way}"] for way in ways]) for s in states)
        if lengths:
            x = pack_padded_sequence(x, LENGTHS, enforce_sorted=False)
        start = first if len(first) > 1 else first[0]
        y, last = torch.func.functional_call(made, weights, (x, start))
        y = pad_packed_sequence(y, total_length=T)[0] if lengths else y
        last = last if isinstance(last, tuple) else (last,)
        ends = [state[k] for k in range(len(ways)) for state in last] if final else []
        return (*ends, y)

    return function


#: Each option alone, and all of them; a kernel of two directions takes its time to compile.
CASES = [
    (name, *flags)
    for name in LAYERS
    for flags in itertools.product((False, True), repeat=3)
    if sum(flags) in (1, 3) and not (name == "rnn" and flags[0])
] + [("rnn", False, True, True)]


@pytest.mark.parametrize("name, bidirectional, final, lengths", CASES)
@pytest.mark.parametrize("compiled", [False, True])
def test_options_of_a_recurrent_layer(name, bidirectional, final, lengths, compiled):
    ways = ("", "_b") if bidirectional else ("",)
    given = arguments(name, ways)
    if lengths:
        given["length"] = LENGTHS
    options = {"final": final, "lengths": lengths}
    if name != "rnn":  # whose two directions are a derivation of their own
        options["bidirectional"] = bidirectional
    theirs = by_torch(name, ways, final, lengths)
    agrees(name, theirs, given, compiled, **LAYERS[name][3], **options)


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("compiled", [False, True])
def test_batch_first(name, compiled):
    forward = by_torch(name, ("",), final=False, lengths=False)

    def theirs(x, **weights):
        return tuple(y.transpose(0, 1) for y in forward(x.transpose(0, 1), **weights))

    given = {**arguments(name, ("",)), "x": draw(N, T, D)}
    agrees(name, theirs, given, compiled, **LAYERS[name][3], layout="batch_first")
