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
    ("factor", "steps", "said", "number"),
    [
        ("1", 1000, "1 to the power 1000 = 1: steady", 1.0),
        ("1.01", 1000, "1.01 to the power 1000 = 20959: exploding", 20959.155637813852),
        ("0.99", 1000, "0.99 to the power 1000 = 4.32e−5: vanishing", 4.317124741065786e-05),
        ("0.01", 1000, "0.01 to the power 1000 = 1e−2000: vanishing", None),
        ("2", 3000, "2 to the power 3000 = 1.23e903: exploding", None),
        ("−0.5", 3001, "−0.5 to the power 3001 = −4.06e−904: vanishing", None),
        ("-1", 7, "−1 to the power 7 = −1: steady", -1.0),
        ("0", 7, "0 to the power 7 = 0: vanishing", 0.0),
        ("1.5", 3, "1.5 to the power 3 = 3.375: exploding", 3.375),
        ("1e-400", 2, "1e−400 to the power 2 = 1e−800: vanishing", None),
    ],
)
def test_products_of_the_decks_and_beyond_float64(invoke, factor, steps, said, number):
    asked = "trace", "flow", f"--factor={factor}", "--steps", steps
    assert invoke(*asked).out.strip() == said
    values = json.loads(invoke(*asked, "--json").out, parse_constant=pytest.fail)
    assert values["product"] == (None if number is None else pytest.approx(number))
    assert (values["log10"] is None) == (factor == "0")


def test_bad_numbers_and_networks_are_refused(invoke):
    for steps in ("0", "2.5", "nan", "1e13", "1e999999999"):
        refused = invoke("trace", "flow", "rnn", "--steps", steps)
        assert refused.status == 2 and "--steps" in refused.err
    assert "0 is no integer from 1 to 1e12" in invoke("trace", "flow", "rnn", "--steps", "0").err
    assert "is not a number" in invoke("trace", "flow", "--factor", "inf").err
    assert "beyond 10^±100000" in invoke("trace", "flow", "--factor", "1e999999999").err
    assert "beyond the numbers of float64" in invoke("trace", "flow", "rnn", "--gain", "1e400").err
    assert "neither times nor layers" in invoke("trace", "flow", "dense").err.replace("\n", " ")


@pytest.mark.slow
def test_every_time_contributes_to_a_gradient_of_the_sheet(invoke):
    out = invoke("trace", "bptt", "--example", "gomez").out
    told = out[out.index("What each time contributes") :]
    for quantity in ("∂E/∂W_hf from t = 0", "∂E/∂W_hf from t = 1", "∂E/∂W_hf, their sum"):
        assert quantity in told
