"""`derive NAME --kernel` and `--emit`: the text on the screen, in JSON, in a file."""

import json

import pytest


def test_the_source_is_shown_as_it_is(invoke):
    for more, head in (((), "def backward(x, w, dL_dy):"), (("--tuned",), "def backward(x, w, b,")):
        done = invoke("derive", "conv", "--kernel", "--stride", 2, *more, width=60)
        assert done.status == 0, done.err
        compile(done.out, "shown", "exec")
        assert head in done.out and ("intrinsic" in done.out) == bool(more)


def test_a_kernel_of_one_gradient(invoke):
    out = invoke("derive", "dense", "--kernel", "--wrt", "W").out
    assert "The gradients ∂L/∂W." in out and "∂L/∂b" not in out


def test_json_holds_the_source(invoke):
    words = ("--kernel", "--tuned", "--dtype", "float32", "--json")
    values = json.loads(invoke("derive", "dense", *words).out)
    assert values["dtype"] == "float32" and "real = np.float32" in values["source"]
    assert values["path"] is None


def test_a_file_is_written_once(invoke, tmp_path):
    path = tmp_path / "dense_kernels.py"
    done = invoke("derive", "dense", "--emit", path, "--set", "D=3")
    assert done.status == 0 and "needs NumPy and Numba alone" in done.out.replace("\n", " ")
    assert 'if __name__ == "__main__":' in path.read_text(encoding="utf-8")
    values = json.loads(invoke("derive", "dense", "--emit", path, "--json").out)
    assert values["path"] == str(path) and values["source"] == path.read_text(encoding="utf-8")
    path.write_text("mine = 1\n")
    refused = invoke("derive", "dense", "--emit", path, width=200)
    assert refused.status == 2 and "add --force" in refused.err
    assert path.read_text() == "mine = 1\n"
    assert invoke("derive", "dense", "--emit", path, "--force").status == 0


@pytest.mark.parametrize(
    ("target", "needs"),
    [("numpy", "NumPy"), ("torch", "PyTorch and NumPy"), ("jax", "JAX and NumPy")],
)
def test_a_file_for_a_framework(invoke, tmp_path, target, needs):
    path = tmp_path / "file.py"
    done = invoke("derive", "dense", "--emit", path, "--target", target, width=300)
    assert done.status == 0 and f"needs {needs} alone" in done.out
    values = json.loads(invoke("derive", "dense", "--emit", path, "--target", target, "--json").out)
    assert values["target"] == target and values["dtype"] is None
    assert values["source"] == path.read_text(encoding="utf-8")


def test_a_terminal_gets_colours(program, invoke):
    done = program(
        "derive",
        "dense",
        "--kernel",
        pipe="cat",
        env={"FORCE_COLOR": "1", "TERM": "xterm-256color"},
    )
    assert "\x1b[" in done.stdout
    assert "\x1b[" not in invoke("derive", "dense", "--kernel").out


@pytest.mark.parametrize(
    ("words", "fact", "remedy"),
    [
        (
            ["--kernel", "--tuned", "--dtype", "float16"],
            "there are no kernels in float16",
            "did you mean",
        ),
        (["--dtype", "float32"], "--dtype is for --kernel or --emit alone", "add --kernel"),
        (
            ["--kernel", "--dtype", "float32"],
            "plain loops take the type that the arrays have",
            "add --tuned",
        ),
        (
            ["--emit", "k.py", "--plain", "--parallel"],
            "plain loops run in one thread",
            "leave --plain out",
        ),
        (["--kernel", "--force"], "--force is for --emit, --html", "leave it out"),
        (["--kernel", "--of", "y"], "--kernel and --of exclude each other", "keep one"),
        (["--kernel", "--wrt", "V"], "the kernel has no gradient by V", "its gradients are by"),
        (["--kernel", "--strid", "2"], "dense has no setting strid", "its settings are"),
        (["--kernel", "--target", "jax"], "--target is for --emit alone", "leave it out"),
        (["--tuned"], "--tuned is for --kernel alone", "add --kernel"),
        (["--emit", "k.py", "--tuned"], "--tuned is for --kernel alone", "add --kernel"),
        (["--emit", "k.py", "--target", "keras"], "nothing is written for keras", "say numba"),
        (["--kernel", "--parallel"], "plain loops run in one thread", "add --tuned"),
        (["--kernel", "--dtype", "int32"], "int32", "float32"),
        (["--emit", "k.py", "--target", "jax", "--parallel"], "leaves threads to", "leave"),
        (["--emit", "k.py", "--target", "jax", "--plain"], "--plain is for kernels of", "leave"),
        (["--emit", "kernels.txt"], "kernels.txt is no name of a Python file", "something.py"),
        (["--emit", "torch.py"], "in the place of the library torch", "my_torch.py"),
        (["--emit", "random.py"], "in the place of the library random", "my_random.py"),
        (
            ["--emit", "k.py", "--target", "jax", "--dtype", "float32"],
            "--dtype is for kernels of",
            "leave --dtype out, or leave --target jax out",
        ),
    ],
)
def test_what_does_not_fit_is_told(invoke, words, fact, remedy):
    done = invoke("derive", "dense", *words, width=200)
    assert done.status == 2
    assert fact in done.err and remedy in done.err
