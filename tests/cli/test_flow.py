"""`trace flow`: bars, JSON, products of factors; and what each time contributes to a gradient."""

import json

import pytest


def test_a_recurrent_network_vanishes(invoke):
    done = invoke("trace", "flow", "rnn", "--steps", 30, "--alone")
    assert done.status == 0, done.err
    assert "vanishes" in done.out and "█" in done.out
    assert "t = 29" in done.out and "t = 0" in done.out


@pytest.mark.slow
def test_a_chain_in_json_with_other_activations_beside_it(invoke):
    done = invoke("trace", "flow", "chain", "--depth", 20, "--activation", "sigmoid", "--json")
    values = json.loads(done.out)
    assert values["verdict"] == "vanishing" and 0 < values["rate"] < 0.26
    assert len(values["places"]) == 20
    assert values["places"][1]["factor"] == pytest.approx(
        values["places"][1]["size"] / values["places"][0]["size"]
    )
    assert {b["options"].get("activation") for b in values["beside"]} >= {"tanh", "relu"}


@pytest.mark.parametrize(
    ("factor", "product"), [("1", "1"), ("1.01", "20959"), ("0.99", "4.32e−05"), ("0.01", "0")]
)
def test_products_of_the_decks(invoke, factor, product):
    out = invoke("trace", "flow", "--factor", factor, "--steps", 1000).out
    assert f"= {product}:" in out


def test_bad_numbers_and_networks_are_refused(invoke):
    assert "whole number" in invoke("trace", "flow", "rnn", "--steps", "0").err
    assert "neither times nor layers" in invoke("trace", "flow", "dense").err.replace("\n", " ")


@pytest.mark.slow
def test_every_time_contributes_to_a_gradient_of_the_sheet(invoke):
    out = invoke("trace", "bptt", "--example", "gomez").out
    told = out[out.index("What each time contributes") :]
    for quantity in ("∂E/∂W_hf from t = 0", "∂E/∂W_hf from t = 1", "∂E/∂W_hf, their sum"):
        assert quantity in told
