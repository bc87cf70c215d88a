"""What there is to derive, the options of one derivation, and the rules."""

import json

import pytest

from deltarule.language.catalogue import catalogue
from deltarule.proving.cited import CITED


def test_the_list_holds_every_derivation(invoke):
    out = invoke("derive", "--list").out
    assert all(f"  {name}" in out for name in catalogue())


def test_the_list_as_json(invoke):
    entries = json.loads(invoke("derive", "--list", "--json").out)["derivations"]
    assert [entry["name"] for entry in entries] == list(catalogue())
    conv = next(entry for entry in entries if entry["name"] == "conv2d")
    assert "conv" in conv["aliases"] and conv["group"] == "Layers with parameters"
    groups = {entry["name"]: entry["group"] for entry in entries}
    assert groups["lstm"] == "Sequences"
    assert groups["half_squared"] == "Losses"
    assert groups["mlp"] == "Networks"
    assert groups["gradient_descent"] == "Updates"


def test_options_of_one_derivation(invoke):
    out = invoke("derive", "mlp", "--options").out
    assert "--layers 2" in out and "--bias" in out and "N, D, H1, M" in out
    values = json.loads(invoke("derive", "conv", "--options", "--json").out)
    assert {"stride", "dilation", "pad"} <= {option["name"] for option in values["options"]}


@pytest.mark.slow
def test_every_rule_is_explained(invoke):
    for name, rule in CITED.items():
        done = invoke("derive", "--explain", name)
        assert done.status == 0
        assert name in done.out and rule.reason.split()[0] in done.out


def test_a_part_of_a_rules_name_will_do(invoke):
    assert invoke("derive", "--explain", "SIFT").out.startswith("sift the delta")
    assert json.loads(invoke("derive", "--explain", "count", "--json").out)["rule"] == "count"


def test_all_rules_are_listed(invoke):
    out = invoke("derive", "--explain", "list").out
    assert "Deltas are removed\n  sift the delta:" in out and "take cases:" in out
    values = json.loads(invoke("derive", "--explain", "list", "--json").out)
    assert [rule["rule"] for rule in values["rules"]] == list(CITED)


def test_a_rule_is_shown_with_its_example_and_where_it_is_seen(invoke):
    assert invoke("derive", "--explain", "use the value").out.endswith(
        "Example\n"
        "  g·exp(z[c])/(Σ_k exp(z[k])) = g·p[c]\n"
        "    given: p[c] = exp(z[c])/(Σ_k exp(z[k]))\n"
        "\n"
        "Where\n"
        "  The formula is made shorter.\n"
        "  derive batch_norm --steps shows it.\n"
    )
