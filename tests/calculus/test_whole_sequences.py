"""Every recurrent derivation and sequence model against dual numbers sent through all of it."""

import pytest
from once import formulas_of, loaded
from whole_network import gap

CASES = [
    ("rnn", {}),
    ("rnn", {"batch": False, "bias": False, "activation": "relu"}),
    ("irnn", {}),
    ("scrn", {}),
    ("gru", {}),
    ("gru", {"reset": "after", "update": "1-z", "readout": True, "loss": "half_squared"}),
    ("lstm", {}),
    ("lstm", {"readout": True, "loss": "cross_entropy", "outputs": "last"}),
    ("lstm_p", {"peephole": True, "g": "tanh", "h": "identity"}),
    ("peephole_lstm", {}),
    ("packed_lstm", {"order": "ifgo"}),
    ("bidirectional_rnn", {}),
    ("deep_rnn", {}),
    ("deep_rnn", {"cell": "lstm", "layers": 3, "outputs": "last"}),
    ("one_to_many", {}),
    ("many_to_one", {}),
    ("many_to_many", {}),
    ("char_rnn", {}),
    ("hmm", {}),
    ("crf", {}),
    ("kalman", {}),
    ("kalman_vector", {}),
    ("attention", {}),
    ("attention", {"mask": "causal", "batch": False}),
    ("additive_attention", {}),
    ("memory_read", {}),
    ("glimpse", {}),
    ("rnn", {"truncate": 2}),
    ("lstm", {"chunks": 2}),
    ("gru", {"unroll": 3}),
]


@pytest.mark.parametrize(("times", "examples"), [(1, 3), (2, 1), (5, 3)])
@pytest.mark.parametrize("case", range(len(CASES)), ids=lambda k: str(CASES[k]))
def test_equal_to_dual_numbers(case, times, examples):
    name, options = CASES[case]
    one, two = gap(formulas_of(loaded(name, **options)), T=times, N=examples, D=2, H=3)
    assert one.overlaps(two)
    assert (one - two).abs_upper() < 1e-40
