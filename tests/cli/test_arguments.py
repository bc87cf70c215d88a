"""The words of a command line."""

import pytest

from deltarule.cli.arguments import numbers, one_name, split
from deltarule.errors import DeltaruleError


@pytest.mark.parametrize(
    ("words", "bare", "options"),
    [
        (["mlp"], ["mlp"], {}),
        (["mlp", "--layers", "3"], ["mlp"], {"layers": "3"}),
        (["--layers", "3", "mlp"], ["mlp"], {"layers": "3"}),
        (["mlp", "--layers=3", "--bias"], ["mlp"], {"layers": "3", "bias": True}),
        (["mlp", "--no-bias", "--layers", "3"], ["mlp"], {"bias": False, "layers": "3"}),
        (["mlp", "--output-activation", "tanh"], ["mlp"], {"output_activation": "tanh"}),
        (["a", "--alpha", "-0.5"], ["a"], {"alpha": "-0.5"}),
        (["a", "--bias", "--layers", "2"], ["a"], {"bias": True, "layers": "2"}),
    ],
)
def test_words_are_split(words, bare, options):
    assert split(words) == (bare, options)


def test_one_dash_is_no_option():
    with pytest.raises(DeltaruleError, match="there is no option -x"):
        split(["mlp", "-x"])


def test_sizes_are_read():
    assert numbers(["N=2", "D=3,M=4"]) == {"N": 2, "D": 3, "M": 4}


@pytest.mark.parametrize("setting", ["N", "N=", "N=two", "N=1.5", "=2x"])
def test_other_settings_are_refused(setting):
    with pytest.raises(DeltaruleError, match="gives no size a whole number"):
        numbers([setting])


def test_large_integers_are_integers():
    assert numbers(["N=1000000000"]) == {"N": 10**9}
    with pytest.raises(DeltaruleError, match="N = 3000000000 is too large"):
        numbers(["N=3000000000"])


def test_one_name_is_wanted():
    assert one_name(["mlp"], "derive mlp") == "mlp"
    with pytest.raises(DeltaruleError, match="no derivation is named"):
        one_name([], "derive mlp")
    with pytest.raises(DeltaruleError, match="'3' stands behind 'mlp'"):
        one_name(["mlp", "3"], "derive mlp")


@pytest.mark.parametrize(
    ("word", "remedy"), [("stride=2", "write --stride 2"), ("N=2", "write --set N=2")]
)
def test_an_option_as_in_python_is_told_as_on_the_command_line(word, remedy):
    with pytest.raises(DeltaruleError) as caught:
        one_name(["conv2d", word], "derive conv2d")
    assert caught.value.remedy == remedy
