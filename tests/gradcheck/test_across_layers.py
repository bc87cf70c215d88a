"""Networks checked layer by layer on scaled-down copies, and what such a copy has to keep."""

from dataclasses import replace

import pytest
from once import derived, loaded

from deltarule.calculus.by_layers import derive_by_layers
from deltarule.calculus.without_steps import derive_unverified
from deltarule.counting.copy_costs import copy_sentence, copy_to_calculate
from deltarule.gradcheck.across_layers import check_across_layers
from deltarule.gradcheck.choose import check_derivation
from deltarule.gradcheck.result import worst_of_each_form
from deltarule.language.load import load
from deltarule.language.scaled_copies import scaled_copy

#: The networks; `vgg` and `resnet152` with fewer layers of each kind, `vgg13` for its sisters.
NETWORKS = {
    "alexnet": {},
    "classifier": {},
    "googlenet": {},
    "image_mlp": {},
    "keras_cnn": {},
    "lenet1": {},
    "lenet5": {},
    "nin": {},
    "resnet152": {"blocks": "2-1-1-1"},
    "vgg": {"configuration": "C"},
    "vgg13": {},
}


def by_layers(network, like=None):
    found = derive_by_layers(network, None, 0, derive_unverified, like)
    assert found is not None
    return found


def kinds(derivation):
    """The layers that were derived: their equations with symbols for sizes."""
    own = [d.network for d in derivation.layers]
    return {(n.equations, *n.tensors.values(), *n.definitions.items()) for n in own}


@pytest.mark.slow
@pytest.mark.parametrize("name", NETWORKS)
def test_every_gradient_of_a_network_is_right(name):
    """On a copy that consists of the very layers of the network: 0.2 to 1 s."""
    network = load(name, **NETWORKS[name])
    copy = scaled_copy(network)
    assert copy is not None
    derivation = by_layers(copy.network, network)
    assert kinds(derivation) == kinds(by_layers(network))
    checks = check_across_layers(derivation, sizes={"N": 2})
    assert [c.name for c in checks if not c.right] == []
    wanted = {t for t in derivation.gradients if t != derivation.of}
    assert {c.tensor for c in checks} == wanted
    assert sum(len(c.note) > 0 for c in worst_of_each_form(checks)) < len(checks)


@pytest.mark.parametrize(
    "name",
    "rnn lstm bidirectional_rnn crf max_pool2d embedding concatenation residual_norm".split(),
)
def test_recurrences_and_parts_of_tensors(name):
    assert all(c.right for c in check_across_layers(derived(name)))


@pytest.mark.parametrize("tensor", ["w2", "pool1", "fc3", "b2"])
def test_a_wrong_gradient_is_found_where_it_is(tensor):
    derivation = by_layers(scaled_copy(loaded("lenet5")).network)
    gradient = derivation.gradients[tensor]
    wrong = replace(gradient, expr=gradient.expr * 3)
    gradients = {**derivation.gradients, tensor: wrong}
    found = check_across_layers(replace(derivation, gradients=gradients))
    assert [c.tensor for c in found if not c.right] == [tensor]


@pytest.mark.slow
def test_a_copy_keeps_windows_and_layers():
    network = loaded("alexnet")
    copy = copy_to_calculate(network)
    assert copy is not None
    for own, theirs in zip(copy.network.tensors.values(), network.tensors.values(), strict=True):
        assert (own.name, own.role, len(own.axes)) == (theirs.name, theirs.role, len(theirs.axes))
        assert all((a == 1) == (b == 1) for a, b in zip(own.axes, theirs.axes, strict=True))
    assert copy.network.tensors["w1"].axes[2:] == (11, 11)
    assert copy_sentence(copy) == (
        "on a copy of all layers with 2 to 6 maps or units, x [N, 3, 99, 131] for [N, 3, 227, 227];"
        " at its own sizes it takes 830 times as many multiplications"
    )


@pytest.mark.parametrize("name", ["conv2d", "lenet5", "mlp", "rnn"])
def test_what_is_small_is_no_copy(name):
    assert copy_to_calculate(loaded(name)) is None


@pytest.mark.slow
def test_a_large_network_is_checked_on_its_copy():
    found = check_derivation("nin", {"N": 1}, compiled=True)
    assert "[N, 3, 99, 131]" in found.copy
    assert found.kernel is None
    assert len(found.checks) == 52
    assert all(c.right for c in found.checks)
