"""Names of gradients are made and taken apart in one way."""

import pytest

from deltarule.expressions.gradient_names import GradientName, gradient_name, is_gradient, tensor_of


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("dE/dTheta2", GradientName("E", "Theta2")),
        ("dE_o[0]/dh1", GradientName("E_o[0]", "h1")),
        ("direct dxhat/dx", GradientName("xhat", "x", direct=True)),
        ("ddelta/dd", GradientName("delta", "d")),
    ],
)
def test_a_name_is_its_parts_and_back(name, parts):
    assert GradientName.parse(name) == parts
    assert str(parts) == name and is_gradient(name)
    assert tensor_of(name) == parts.wrt


@pytest.mark.parametrize("name", ["W", "W after", "delta", "t1", "dW"])
def test_other_names_have_no_parts(name):
    assert GradientName.parse(name) is None
    assert not is_gradient(name) and tensor_of(name) == name


def test_the_same_by_another_tensor():
    assert str(GradientName("E", "s").by("h")) == gradient_name("E", "h") == "dE/dh"
