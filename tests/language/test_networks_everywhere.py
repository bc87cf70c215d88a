"""Whatever takes a derivation by its name takes a network too; a file is read once a command."""

import pickle
from collections import Counter

import numpy as np
import pytest

import deltarule
from deltarule.errors import DeltaruleError
from deltarule.kernels.build import source
from deltarule.language import load as reading
from deltarule.language.load import load, load_with, network_of
from deltarule.marking import load_sheet

RNG = np.random.default_rng(1)
GIVENS = {"x": [[1, 2]], "W": [[1], [2]], "b": [0], "dL/dy": [[1]]}


def test_a_network_is_taken_where_a_name_is():
    network = load("dense")
    assert network_of(network) is network and network_of("dense") == network
    by_name, by_network = deltarule.derive("dense"), deltarule.derive(network)
    assert by_name.gradients["W"].expr == by_network.gradients["W"].expr
    assert deltarule.trace("dense", GIVENS).by_name["y"].value == 5
    assert deltarule.trace(network, GIVENS).by_name["y"].value == 5
    assert source("dense", {"N": 2}) == source(network, {"N": 2})
    checked = deltarule.check_derivation(network, {"N": 2, "D": 1, "M": 1})
    assert checked.checks and all(c.right for c in checked.checks)


def test_the_kernel_of_a_network_is_kept_and_pickled(tmp_path, monkeypatch):
    monkeypatch.setattr("numba.config.DISABLE_JIT", True)
    network = load("dense", bias=False)
    arrays = {"x": RNG.normal(size=(2, 3)), "W": RNG.normal(size=(3, 2))}
    made = deltarule.kernel(network, cache=tmp_path)
    assert np.allclose(made.forward(**arrays), arrays["x"] @ arrays["W"])
    monkeypatch.setattr("deltarule.kernels.build._derived", None)
    again = deltarule.kernel(load("dense", bias=False), cache=tmp_path)
    assert again.module is made.module
    assert pickle.loads(pickle.dumps(made)).module is made.module  # noqa: S301 - our own
    monkeypatch.undo()
    assert deltarule.kernel(load("dense"), cache=tmp_path).module is not made.module


def test_a_sheet_is_marked_with_another_network():
    (run,) = load_sheet("chain").runs
    found = deltarule.mark("chain", network=load(run.network, **run.options))
    assert found == deltarule.mark("chain") and found.of == 2


def test_options_belong_to_a_derivation_and_are_refused_beside_a_network():
    with pytest.raises(DeltaruleError, match="layers is given beside a network"):
        network_of(load("mlp"), layers=3)
    with pytest.raises(DeltaruleError, match="3 is no network"):
        deltarule.derive(3)
    with pytest.raises(DeltaruleError, match="3 is no network"):
        deltarule.kernel(3)
    with pytest.raises(DeltaruleError, match="dense has no setting bias"):
        deltarule.kernel(load("dense"), bias=False)
    assert network_of(load("rnn"), unroll=2).options["unroll"].value == 2
    network, rest = load_with("conv2d", {"stride": 2, "N": 3})
    assert rest == {"N": 3} and network == load("conv2d", stride=2)


COMMANDS = [
    "derive FILE",
    "derive FILE --brief",
    "derive FILE --options",
    "derive FILE --count",
    "derive FILE --kernel --set N=2",
    "trace FILE --random",
    "trace flow FILE --steps 2",
    "check gradient FILE",
    "check gradient FILE --jacobian",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_is_read_once_a_command(command, tmp_path, monkeypatch, capsys):
    from deltarule.cli.programs import app

    path = tmp_path / "twice.py"
    path.write_text(
        '"""Twice its input."""\nfrom deltarule.language import *\nN = size("N")\n'
        'n = index("n")\nx, y = input("x", N), output("y", N)\ny[n] = 2*x[n]\n'
    )
    monkeypatch.setattr("numba.config.DISABLE_JIT", True)
    monkeypatch.setenv("DELTARULE_CACHE", str(tmp_path / "cache"))
    read, run = Counter(), reading._run

    def counted(file, page):
        read[file.name] += 1
        return run(file, page)

    monkeypatch.setattr(reading, "_run", counted)
    words = [str(path) if word == "FILE" else word for word in command.split()]
    with pytest.raises(SystemExit):
        app(words)
    capsys.readouterr()
    assert read["twice.py"] == 1
