"""Messages to people, word by word: fact, place, remedy, and exit status 2."""

import json

import pytest

MESSAGES = [
    (["derive"], "no derivation is named", "put its name first: derive mlp --layers 3"),
    (["derive", "mpl"], "there is no derivation called mpl", "did you mean 'mlp'?"),
    (["derive", "./nowhere.py"], "there is no derivation file ./nowhere.py", "check the path"),
    (
        ["derive", "mlp", "--lyers", "3"],
        "the derivation mlp has no option lyers",
        "did you mean 'layers'?",
    ),
    (
        ["derive", "mlp", "--layers", "x"],
        "layers = x is not a whole number",
        "give layers as a whole number",
    ),
    (["derive", "mlp", "--layers", "0"], "layers = 0 is too small", "layers is at least 1"),
    (
        ["derive", "mlp", "--activation", "tann"],
        "activation = tann is not among the choices",
        "did you mean 'tanh'?",
    ),
    (["derive", "mlp", "--wrt", "Theta9"], "mlp has no tensor Theta9", "did you mean 'Theta2'?"),
    (["derive", "mlp", "--wrt", "y"], "there is no gradient by y: it is a target", "ask for"),
    (["derive", "conv", "--wrt", "y"], "dL/dy comes from outside", "ask for one of b, w, x"),
    (["derive", "conv", "--stride", "0"], "stride = 0 is too small", "stride is at least 1"),
    *(
        ([*words, "--set", "N=-1"], "N = -1 is too small", "N is at least 1")
        for words in (
            ["trace", "dense", "--random"],
            ["derive", "dense", "--kernel"],
            ["derive", "dense", "--count"],
            ["check", "gradient", "dense", "--no-kernel"],
        )
    ),
    (["derive", "dense", "--set", "Q=2"], "dense has no size Q", "its sizes are N, D, M"),
    (["derive", "dense", "--set", "N"], "'N' gives no size a whole number", "write --set N=2"),
    # A size of 0 leaves nothing to compute or compare, in every command that takes one.
    *(
        (
            [*words, "--set", "N=0"],
            f"{tensor}[N, {axis}] has no entries at N = 0: there is nothing to compute",
            "N is at least 1",
        )
        for words, tensor, axis in (
            (["trace", "dense", "--random"], "x", "D"),
            (["derive", "mean_squared_error"], "yhat", "M"),
            (["derive", "dense", "--kernel"], "x", "D"),
            (["derive", "dense", "--count"], "x", "D"),
            (["check", "gradient", "dense", "--no-kernel"], "x", "D"),
        )
    ),
    (
        ["trace", "dense", "--random", "--set", "N=1000000000"],
        "dense is too large to be worked through: x has 2000000000 entries",
        "work with its layers or smaller sizes, or count them: derive dense --count",
    ),
    (
        ["trace", "vgg11", "--random"],
        "vgg11 is too large to be worked through, whatever its sizes: s_1a has",
        "work with one of its layers, or with a copy of its file",
    ),
    (
        ["check", "gradient", "dense", "--no-kernel", "--set", "N=1000000000"],
        "dense is too large to be measured: x has 2000000000 entries",
        "smaller sizes",
    ),
    (["derive", "dense", "--set", "N=3000000000"], "N = 3000000000 is too large", "N is at most"),
    (["derive", "--explain", "siftt"], "there is no rule called siftt", "did you mean 'sift'?"),
    (
        ["derive", "mlp", "--latex", "--markdown"],
        "--latex and --markdown exclude each other",
        "keep one",
    ),
    (["trace", "backprop"], "there are no numbers for backprop", "give --example and one of"),
    (["trace", "conv", "--example", "slide"], "the sheet is about mlp, not conv", "trace backprop"),
    (["trace", "mlp", "--example", "slid"], "there is no example 'slid'", "did you mean 'slide'?"),
    (["trace", "./no.toml"], "there is no file ./no.toml", "check the path"),
    (
        ["trace", "dense", "--random", "--rounding", "half-up"],
        "it is not said to how many digits to round",
        "give --decimals or --significant too",
    ),
    (["trace", "dense", "--random", "--only", "foo"], "dense has no quantity foo", "it has"),
    (
        ["trace", "slide", "--set", "N=2"],
        "--set is for --random or --equation alone",
        "add --random",
    ),
    (
        ["check", "gradient", "dense", "--rtol", "nan"],
        "invalid value for --rtol: nan is not a finite number",
        "check gradient --help",
    ),
    (
        ["check", "gradient", "dense", "--timeout", "inf"],
        "invalid value for --timeout: inf is not a finite number",
        "check gradient --help",
    ),
    (
        ["check", "gradient", "dense", "--rtol", "x"],
        "invalid value for --rtol: x is not a valid number",
        "check gradient --help",
    ),
    (["train", "--rate", "nan"], "invalid value for --rate: nan is not a finite", "train --help"),
    (["check"], "nothing to check is named", "or check example slide"),
    (["check", "example"], "no example is named", "the examples are"),
    (["check", "slide", "--foo"], "there is no option --foo", "see check --help"),
]


@pytest.mark.parametrize(("words", "fact", "remedy"), MESSAGES)
def test_the_screen_tells_fact_place_and_remedy(invoke, words, fact, remedy):
    done = invoke(*words, width=200)
    assert done.status == 2
    assert not done.out
    lines = done.err.splitlines()
    assert lines[0].startswith("error:") and fact in lines[0]
    assert lines[-1].startswith("remedy:") and remedy in lines[-1]
    assert len(lines) < 20 and "Traceback" not in done.err


TWICE = [message for message in MESSAGES if "--latex" not in message[0]]


@pytest.mark.parametrize(("words", "fact", "remedy"), TWICE)
def test_json_tells_them_too(invoke, words, fact, remedy):
    done = invoke(*words, "--json")
    assert done.status == 2
    error = json.loads(done.out)["error"]
    assert set(error) == {"fact", "place", "remedy"}
    assert fact in error["fact"] and remedy in error["remedy"]


FAULTY = [
    ("y[n] = 2 * x[n", "the file is not Python", "page.py, line 6"),
    ("y[n] = 2 * x[k]", "index k comes out of nowhere", "page.py, line 6"),
    ("y[n] = 2 * q[n]", "q is not known", "page.py, line 6"),
    ('z = intermediate("z", N); y[n] = z[n]; z[n] = y[n]', "circle", "page.py, line 6"),
    ("", "holds no equation", ""),
]


@pytest.mark.parametrize(("line", "fact", "place"), FAULTY)
def test_a_faulty_derivation_file_is_told_by_its_line(invoke, tmp_path, line, fact, place):
    page = tmp_path / "page.py"
    page.write_text(
        "from deltarule.language import *\n"
        'N = size("N")\nn, k = indices("n k")\nx = input("x", N)\ny = output("y", N)\n' + line
    )
    done = invoke("derive", page, width=300)
    assert done.status == 2
    assert fact in done.err and place in done.err and "Traceback" not in done.err


def test_a_fault_of_our_own_is_told_as_one(invoke, monkeypatch):
    def broken(_request):
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("deltarule.cli.derive.show_derivation", broken)
    monkeypatch.delenv("DELTARULE_TRACEBACK", raising=False)
    done = invoke("derive", "dense", width=200)
    assert done.status == 2
    assert "deltarule met a fault of its own: ZeroDivisionError: division by zero" in done.err
