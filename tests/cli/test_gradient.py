"""`check gradient`: rows, JSON, exit status, and what people get wrong."""

import json
from pathlib import Path

import pytest
from planted import wrong_formula, wrong_products

LAYERS = Path(__file__).parents[1] / "gradcheck" / "own_layers.py"


@pytest.fixture(autouse=True)
def plain_python(monkeypatch, tmp_path_factory):
    """Kernels are run uncompiled, from a folder of their own."""
    monkeypatch.setattr("numba.config.DISABLE_JIT", True)
    cache = tmp_path_factory.getbasetemp() / "kernels_as_python"
    monkeypatch.setenv("DELTARULE_CACHE", str(cache))


@pytest.mark.parametrize("width", [40, 80, 120])
def test_a_row_for_each_gradient(invoke, width):
    done = invoke("check", "gradient", "dense", width=width)
    assert done.status == 0, done.err
    assert all(len(line) <= width for line in done.out.splitlines())
    for gradient in ("✓", "∂L/∂b", "∂L/∂W", "∂L/∂x", "dual numbers", "3 of 3 right"):
        assert gradient in done.out
    assert "at N = 2, D = 3, M = 5; N = 3," in done.out.replace("\n", " ")


@pytest.mark.slow
def test_kinks_and_ties_are_told(invoke):
    out = invoke("check", "gradient", "max_pool2d", "--ties", "split").out
    assert "at kinks and ties, among the subgradients: ∂L/∂x (37)" in out
    out = invoke("check", "gradient", "max_pool2d", "--ties", "all").out
    assert "ties are left out" in out and "at kinks" not in out


def test_json_holds_both_values_and_the_index(invoke):
    done = invoke("check", "gradient", "dense", "--set", "N=4", "--json")
    (values,) = json.loads(done.out)["checks"]
    assert done.status == 0 and values["right"] and not values["jacobian"]
    first = values["gradients"][0]
    assert first["settings"]["N"] == 4 and len(first["worst"]) == 1
    assert first["derived"] == pytest.approx(first["measured"])


@pytest.mark.slow
def test_large_sizes_are_measured_by_kernels(invoke):
    out = " ".join(invoke("check", "gradient", "dense", "--jacobian").out.split())
    assert "Jacobian of 26 × 10 by compiled kernels, in 10 passes and" in out
    done = invoke("check", "gradient", "dense", "--set", "N=2,D=301,M=2", "--json")
    (values,) = json.loads(done.out)["checks"]
    assert values["jacobian"] and values["shape"] == [1206, 4] and values["measuring"] > 0
    assert {g["method"] for g in values["gradients"]} == {"exact steps"}
    assert all(g["gap"] < 1e-13 for g in values["gradients"])


def test_the_page_says_which_is_at_fault(invoke, monkeypatch, tmp_path):
    done = invoke("check", "gradient", "dense")
    assert done.status == 0
    assert "✓ the compiled kernel gives the same 4 values and gradients at 4 settings" in done.out
    assert "kernel" not in invoke("check", "gradient", "dense", "--no-kernel").out
    wrong_products(monkeypatch)
    monkeypatch.setenv("DELTARULE_CACHE", str(tmp_path / "wrong"))
    done = invoke("check", "gradient", "dense", width=200)
    assert done.status == 1 and "3 of 3 right" in done.out
    assert "✗ the kernel is at fault, not the formula" in done.out
    assert "in the kernel and" in done.out and "by the equations, at N = " in done.out


def test_json_says_what_is_at_fault(invoke, monkeypatch, tmp_path):
    wrong_formula(monkeypatch, "W")
    monkeypatch.setenv("DELTARULE_CACHE", str(tmp_path / "wrong"))
    done = invoke("check", "gradient", "dense", "--json")
    (values,) = json.loads(done.out)["checks"]
    assert done.status == 1 and not values["right"]
    kernel = values["kernel"]
    assert kernel["fault"] == "formula" and kernel["right"] and kernel["failed"] is None
    assert [r["name"] for r in kernel["results"]] == ["y", "dL/db", "dL/dW", "dL/dx"]
    assert kernel["results"][0]["kernel"] == pytest.approx(kernel["results"][0]["wanted"])


@pytest.mark.parametrize("width", [80, 120])
def test_a_wrong_gradient_of_ones_own_is_told(invoke, width):
    done = invoke("check", "gradient", f"{LAYERS}:sign", width=width)
    assert done.status == 1
    assert all(len(line) <= width for line in done.out.splitlines())
    told = [line for line in done.out.splitlines() if line.startswith("✗")]
    assert len(told) == 1 and "∂L/∂x" in told[0] and "complex step" in told[0]
    assert "its sign is wrong" in done.out and "1 of 2 right" in done.out


@pytest.mark.slow
def test_one_function_several_or_a_whole_file(invoke):
    assert invoke("check", "gradient", f"{LAYERS}:dense").status == 0
    several = invoke("check", "gradient", f"{LAYERS}:dense", f"{LAYERS}:twice", "half_squared")
    assert several.status == 1 and several.out.count(" right") == 3
    assert "it is 2 times what it should be" in several.out
    assert "central differences are taken" in invoke("check", "gradient", f"{LAYERS}:absolute").out
    assert "nothing to hold against" in invoke("check", "gradient", f"{LAYERS}:alone").out
    assert invoke("check", "gradient", f"{LAYERS}:in_place").status == 1


@pytest.mark.slow
def test_what_was_not_checked_is_told_and_others_are_checked(invoke, tmp_path):
    path = tmp_path / "layers.py"
    path.write_text(
        'import os\n\n\ndef f(x: "N"):\n    os._exit(0)\n\n\ndef f_backward(dy):\n    return dy\n'
        'def g(x: "N"):\n    print("here")\n    return x\n\n\ndef g_backward(dy):\n    return dy\n',
        encoding="utf-8",
    )
    done = invoke("check", "gradient", path)
    assert done.status == 1
    assert done.err == (
        "layers.py is run, and may do all that you may; with --sandbox it sees nothing of yours\n"
    )
    for words in (
        "✗ not checked: f or its gradient ended the program, with status 0",
        "layers.py, line 4",
        "it prints: here",
        "1 of 1 right",
        "points with zeros",
    ):
        assert words in done.out
    alone = invoke("check", "gradient", f"{path}:f")
    assert alone.status == 2 and "f or its gradient ended the program" in alone.err
    done = invoke("check", "gradient", path, "--json")
    f, g = json.loads(done.out)["checks"]
    assert done.status == 1 and f["error"]["fact"].startswith("f or its gradient ended")
    assert g["error"] is None and g["right"] and g["prints"] == ["here"] and len(g["points"]) > 9


def test_tolerances_and_time_may_be_given(invoke, tmp_path):
    path = tmp_path / "layers.py"
    path.write_text('def f(x: "N"): return x\ndef f_backward(dy): return 1.001 * dy\n')
    assert invoke("check", "gradient", path).status == 1
    assert invoke("check", "gradient", path, "--rtol", "0.01").status == 0
    late = invoke("check", "gradient", path, "--timeout", "0.01", width=200)
    assert late.status == 2 and "takes more than 0.01 s when it is imported" in late.err


def test_the_help_says_that_a_file_is_run(invoke):
    done = invoke("check", "gradient", "--help", width=200)
    assert "FILE.py is run for that" in " ".join(done.out.split())


@pytest.mark.parametrize(
    ("words", "fact", "remedy"),
    [
        (["gradient"], "nothing to check is named", "write check gradient conv"),
        (["gradient", "cov"], "there is no derivation called cov", "did you mean 'conv"),
        (["gradient", "adam"], "adam has no gradient", "check a layer"),
        (["gradient", "dense", "--set", "Q=2"], "dense has no size Q", "its sizes are"),
        (["gradient", "dense", "--strid", "2"], "has no option strid", "its options are"),
        (["gradient", "dense", "--shape", "x=N"], "a derivation has its shapes", "leave it out"),
        (["gradient", "dense", "--sheet", "slide"], "no option sheet", "--sheet belongs to check"),
        (["slide", "--no-kernel"], "no option --no-kernel", "belongs to check gradient"),
        (
            ["slide", "--jacobian"],
            "no option --jacobian",
            "--jacobian belongs to derive and check gradient",
        ),
        (["gradient", f"{LAYERS}:dense", "--jacobian"], "--jacobian is about derivations", "leave"),
        (["gradient", "dense", "--rtol", "1"], "--rtol is about functions of your own", "in balls"),
        (["slide", "--timeout", "9"], "--timeout is about students' code", "name a file of code"),
        (["gradient", "nowhere.py:f"], "there is no file nowhere.py", "check the path"),
        (
            ["gradient", f"{LAYERS}:dens"],
            "own_layers.py has no function dens",
            "did you mean 'dense'?",
        ),
        (
            ["gradient", f"{LAYERS}:dense", "--shape", "x"],
            "'x' gives no argument a shape",
            "write --shape",
        ),
        (
            ["gradient", f"{LAYERS}:dense", "--stride", "2"],
            "there is no option --stride",
            "--set stride=2",
        ),
    ],
)
def test_what_does_not_fit_is_told(invoke, words, fact, remedy):
    done = invoke("check", *words, width=200)
    assert done.status == 2, done.out
    assert fact in done.err and remedy in done.err
