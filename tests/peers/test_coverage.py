"""Every derivation is compared with a peer, or it is told why there is none."""

import ast
from pathlib import Path

import pytest

from deltarule.language.catalogue import catalogue

torch = pytest.importorskip("torch")

HERE = Path(__file__).parent
#: Files that compare no derivation with a function of a library: what is emitted, by itself.
OTHERS = (Path(__file__).name, "test_files.py")
ALONE = {
    "models from papers and lectures, which neither library has": (
        "additive_attention crelu crf glimpse hmm irnn kalman kalman_vector lms lstm_p maxout "
        "memory_read randomized_relu scalar_chain scrn stochastic_pool true_convolution"
    ),
    "networks made of layers that are compared one by one": (
        "bidirectional_rnn char_rnn conv_pool deep_rnn inception many_to_many many_to_one "
        "mlpconv one_to_many residual residual_conv sequence_output shared_resnet"
    ),
    "the same as another, but for a factor or a penalty on weights": (
        "averaged_momentum conv1x1 half_squared hinge l1_penalty l2_penalty"
    ),
}


def named() -> set[str]:
    """The derivations that the tables and tests of this folder name."""
    found = set()
    for path in HERE.glob("*.py"):
        if path.name not in OTHERS:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            found |= {
                n.value
                for n in ast.walk(tree)
                if isinstance(n, ast.Constant) and isinstance(n.value, str)
            }
    return found & set(catalogue())


def test_every_derivation_has_a_peer_or_a_reason():
    alone = {name for names in ALONE.values() for name in names.split()}
    assert named() | alone == set(catalogue())
    assert not named() & alone
