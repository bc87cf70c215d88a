"""The contract of `derive --json`."""

import json

import pytest

STEP = {"rule", "before", "after", "reason", "condition", "verified"}


@pytest.mark.parametrize("words", [["dense"], ["mlp", "--layers", "3"], ["conv"]])
def test_the_fields_of_the_contract(invoke, words):
    values = json.loads(invoke("derive", *words, "--json").out)
    assert {"network", "gradients"} <= set(values)
    for name, gradient in values["gradients"].items():
        assert "/" not in name, "keyed by the bare tensor name"
        assert {"index_form", "words", "latex", "steps"} <= set(gradient)
        assert gradient["steps"] and all(set(step) >= STEP for step in gradient["steps"])
        assert all(step["verified"] for step in gradient["steps"])


def test_each_step_begins_where_the_last_one_ended(invoke):
    values = json.loads(invoke("derive", "conv", "--json").out)
    for gradient in values["gradients"].values():
        for one, two in zip(gradient["steps"], gradient["steps"][1:]):
            assert one["after"] == two["before"]
        left, _, right = gradient["index_form"].partition(" = ")
        assert gradient["steps"][0]["before"] == left
        assert gradient["steps"][-1]["after"] == right


def test_no_delta_is_left_in_a_closed_form(invoke):
    values = json.loads(invoke("derive", "conv", "--json").out)
    assert set(values["gradients"]) == {"w", "b", "x"}
    assert all("δ" not in g["index_form"] for g in values["gradients"].values())


def test_wrt_leaves_the_others_out(invoke):
    values = json.loads(invoke("derive", "mlp", "--wrt", "Theta1", "--json").out)
    assert list(values["gradients"]) == ["Theta1"]
