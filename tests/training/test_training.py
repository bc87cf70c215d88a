"""A small network learns made-up digits: the same on every run, and told when it cannot."""

import json
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from made_digits import SMALL, made_digits
from once import derived
from parsed_html import Whole
from variants import updates

from deltarule.cli.pictured import training_html
from deltarule.errors import DeltaruleError
from deltarule.language.load import load
from deltarule.pages.pictures import training_picture
from deltarule.reports import training_values as told
from deltarule.training import handwritten_digits, training_run, update_kernels
from deltarule.training.parameters import Parameters
from deltarule.training.plan import Plan
from deltarule.training.trainer import Trainer
from deltarule.training.training_run import train
from deltarule.training.unit_responses import unit_responses
from deltarule.training.update_kernels import Update

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def scribbles():
    return made_digits()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("training")
    (place / "small.py").write_text(SMALL, encoding="utf-8")
    return place


@pytest.fixture(scope="module")
def plan(folder):
    return Plan(
        network=str(folder / "small.py"), rate=0.005, batch=32, epochs=4, shift=1, held_out=70
    )


@pytest.fixture(scope="module")
def result(plan, scribbles, cache):
    return train(plan, scribbles, cache=cache)


def test_a_few_by_heart_then_all(result):
    assert result.by_heart.known
    assert result.by_heart.right == 20
    assert result.by_heart.loss < 0.01
    assert [epoch.number for epoch in result.epochs] == [1, 2, 3, 4]
    assert result.epochs[-1].loss < result.epochs[0].loss / 5
    assert result.right > 0.97 * 70


def test_the_same_seed_trains_the_same_network(plan, scribbles, cache, result):
    """On two cores too: no digit depends on how many there are."""
    again = train(replace(plan, threads=2), scribbles, cache=cache)
    np.testing.assert_array_equal(again.probabilities, result.probabilities)


def test_it_stops_where_a_few_are_not_learnt(plan, scribbles, cache, monkeypatch):
    monkeypatch.setattr(training_run, "PATIENCE", 3)
    result = train(plan, scribbles, cache=cache)
    assert result.stopped
    assert result.by_heart.steps == 3
    assert result.epochs == []
    assert "epochs" not in told.result_values(result)
    few = replace(result.by_heart, right=19)
    assert told.remedy_text(few).startswith("a network that cannot learn 20 samples by heart in ")
    bounded = replace(few, right=20)
    assert "are the network's outputs bounded" in told.remedy_text(bounded)


def test_what_is_told(result):
    counts = result.confusion
    assert counts.sum() == 70
    assert np.trace(counts) == result.right
    assert max(map(len, told.confusion_lines(result))) < 80
    certain = result.probabilities.max(axis=1)
    assert result.least_certain(3)[0] == certain.argmin()
    pictures = told.uncertain_lines(result)
    assert max(map(len, pictures)) < 80
    assert pictures[8].startswith("is ")
    assert pictures[10].startswith(f"with {certain.min():.3f}")
    values = json.loads(json.dumps(told.result_values(result), allow_nan=False))
    assert values["right"] == result.right
    assert values["least_certain"][0]["probability"] == pytest.approx(certain.min())


def test_confusion_and_the_least_certain_are_those_counted_one_by_one(result):
    """Without the record's own arrays of counts: sample after sample, in plain Python."""
    rows = result.probabilities.tolist()
    taken = [max(range(len(row)), key=row.__getitem__) for row in rows]
    counted = Counter(zip(result.samples.labels.tolist(), taken, strict=True))
    assert {at: n for at, n in np.ndenumerate(result.confusion) if n} == counted
    by_doubt = sorted(range(len(rows)), key=lambda n: max(rows[n]))
    assert result.least_certain(len(rows)) == by_doubt


def test_what_units_respond_to(result):
    assert {r.layer for r in result.responses} == {"h"} and len(result.responses) == 8
    for response in result.responses:
        assert response.windows == () and len({*response.samples}) == 5
        assert list(response.strengths) == sorted(response.strengths, reverse=True)
        assert all(-1 <= strength <= 1 for strength in response.strengths)
    values = told.result_values(result)["responses"][0]
    assert values["samples"] == result.responses[0].samples


def test_a_map_responds_where_its_window_is():
    network = load("lenet5")
    maps = np.zeros((6, 16, 10, 10))
    maps[4, 3, 2, 5] = 1.0
    sizes = {s: 1 for t in network.with_role("input") for s in t.axes if s.is_Symbol}
    found = unit_responses(network, "x", sizes, {"conv2": maps})
    response = next(r for r in found if r.unit == 3)
    assert response.samples[0] == 4 and response.strengths[0] == 1.0
    # Two convolutions of 5 and a pooling of 2: 14 pixels in steps of 2.
    assert response.windows[0] == (4 / 32, 10 / 32, 18 / 32, 24 / 32)


def test_the_picture_has_the_numbers_of_the_record(result):
    picture = ET.fromstring(training_picture(result))
    cells = {
        (int(g.get("data-is", "-1")), int(g.get("data-taken", "-1"))): g[-1].text
        for g in picture.iter(f"{SVG}g")
        if g.get("data-is")
    }
    counts = result.confusion
    assert len(cells) == counts.size
    assert all(text == (str(counts[at]) if counts[at] else "·") for at, text in cells.items())
    said = [text.text for text in picture.iter(f"{SVG}text")]
    first = result.least_certain(1)[0]
    assert f"with {result.probabilities[first].max():.3f}" in said
    highest = max(epoch.loss for epoch in result.epochs)  # each curve has a scale of its own
    assert any(text.endswith(f", drawn from 0 to {highest:.3g}") for text in said if text)
    units = [g.get("data-unit") for g in picture.iter(f"{SVG}g") if g.get("class") == "unit"]
    assert units == [str(r.unit) for r in result.responses]
    page = training_html(result)
    Whole(page)
    assert f"{result.right} of 70 right" in page and "trained with adam</h1>" in page


@pytest.mark.parametrize(
    ("change", "fact"),
    [
        ({"batch": 0}, "batch is 0"),
        ({"held_out": 290}, "there are 300 samples, not 310"),
        ({"rate": 0.0}, "adam cannot be run with a learning rate of 0.0"),
        ({"update": "dense"}, "dense is no optimiser: it declares 0 gradients and 2 parameters"),
        ({"network": "dense"}, "dense cannot be trained on images: as input it takes x[N, D]"),
        ({"network": "lstm"}, "lstm cannot be trained on images: as output it gives y[T, N, H]"),
        (
            {"network": "vgg11"},
            "vgg11 cannot be trained on images: they have one channel, and not 3",
        ),
        ({"network": "mlp"}, "mlp cannot be trained on images: as input it takes x[N, D], y[N, M]"),
    ],
)
def test_what_cannot_be_trained(change, fact, plan, scribbles, cache):
    values = {name: getattr(plan, name) for name in plan.__dataclass_fields__} | change
    with pytest.raises(DeltaruleError) as caught:
        train(Plan(**values), scribbles, cache=cache)
    assert caught.value.fact == fact
    assert ".py" not in caught.value.place


#: Networks of somebody's own, and why they cannot be trained.
OWN = {
    'v = input("v", N, K, K, below=C)': "as input it takes whole numbers, v[N, K, K]",
    'v = input("v", N, below=C)': "as input it takes v[N]",
    'x, v = input("x", N, K, K), input("v", N)': "as input it takes x[N, K, K], v[N]",
    'x = input("x", N, K, K)\nL = loss("L", Sum[n,i,j](x[n, i, j]))': "it has a loss of its own, L",
    'x = input("x", N, K, K)\nE = parameter("E", C)': "the loss that it is trained with has a",
}


@pytest.mark.parametrize("lines", OWN)
def test_a_network_of_ones_own_that_cannot_be_trained_is_told_so(lines, tmp_path):
    """Whatever it is, and not in words about the file that puts the loss behind it."""
    file = tmp_path / "own.py"
    file.write_text(
        "from deltarule.language import *\n"
        'N, K, C = sizes("N K C")\nn, i, j, c = indices("n i j c")\n'
        f'W = parameter("W", C)\n{lines}\n'
        'y = output("y", N, C)\ny[n, c] = W[c] * (n + 1)\n'
    )
    with pytest.raises(DeltaruleError) as caught:
        Trainer(str(file), "adam")
    assert OWN[lines] in caught.value.fact and str(file) in caught.value.fact
    assert caught.value.place == "--network" and caught.value.remedy


@pytest.mark.slow
def test_what_is_trained_without_a_word_can_be_derived():
    gradients = derived("classifier", network=Plan().network).gradients
    assert {"w1", "b1", "W5", "b5"} <= gradients.keys()


def test_without_scikit_learn(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "sklearn.datasets", None)
    with pytest.raises(DeltaruleError) as caught:
        handwritten_digits.digits()
    assert caught.value.fact == "the digits come with scikit-learn, which is not installed"
    assert caught.value.remedy == "pip install scikit-learn (or '.[train]' in a checkout)"


def test_images_are_enlarged_and_moved():
    image = np.arange(4.0).reshape(1, 2, 2)
    enlarged = handwritten_digits.enlarged(image, 3, 4)[0].tolist()
    assert enlarged == [[0, 0, 1, 1], [0, 0, 1, 1], [2, 2, 3, 3]]
    random = np.random.default_rng(0)
    moved = handwritten_digits.shifted(np.ones((50, 4, 4)), 1, random)
    assert set(moved.sum(axis=(1, 2))) == {16, 8, 2}


def test_parameters_start_by_how_many_are_added_up():
    network = load("lenet5")
    shapes = {t.name: tuple(map(int, t.axes)) for t in network.with_role("parameter")}
    parameters = Parameters(network, shapes, "float64")
    assert len(parameters) == 61706
    parameters.draw(np.random.default_rng(0))
    for name, count in (("w1", 25), ("w2", 150), ("W3", 400), ("W5", 84)):
        drawn = parameters.arrays[name]
        assert np.abs(drawn).max() <= np.sqrt(3 / count)
        assert drawn.var() * count == pytest.approx(1, abs=0.2)
    assert not parameters.arrays["b3"].any()


def test_the_command(scribbles, cache, plan, monkeypatch, capsys):
    from deltarule.cli.train import show_training

    monkeypatch.setattr("deltarule.cli.train.digits", lambda: scribbles)
    monkeypatch.setenv("DELTARULE_CACHE", str(cache))
    asked = {name: getattr(plan, name) for name in plan.__dataclass_fields__}
    assert show_training(SimpleNamespace(**asked, format="text")) == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    lines = shown.out.splitlines()
    assert lines[0].startswith("20 samples by heart: loss ")
    assert [line[:9] for line in lines[1:5]] == [f"epoch {k:3}" for k in (1, 2, 3, 4)]
    assert "Least certain" in lines
    assert max(map(len, lines)) <= 80
    asked |= {"few": 0, "epochs": 1}
    assert show_training(SimpleNamespace(**asked, format="json")) == 0
    values = json.loads(capsys.readouterr().out)
    assert values["by_heart"] is None
    assert len(values["epochs"]) == 1


@pytest.mark.parametrize("name", updates())
def test_an_update_is_ready_when_it_is_made(name, cache):
    """What it keeps starts at its own value, 1 for Adam's powers, before anybody says forget."""
    gradient = np.array([0.5, -2.0])
    thetas = []
    for forgets in (False, True):
        theta = np.array([1.0, 3.0])
        update = Update(name, None, theta, cache=cache)
        update.gradient[:] = gradient
        if forgets:
            update.step()
            theta[:] = 1, 3
            update.forget()
        update.step()
        thetas.append(theta)
    np.testing.assert_array_equal(*thetas)


@pytest.mark.parametrize("name", ["adam", "nesterov"])
def test_an_update_moves_one_block_after_another(name, cache, monkeypatch):
    """Blocks give what all entries at once give; numbers such as Adam's powers move once a step."""
    thetas = []
    monkeypatch.setattr(update_kernels, "LEAST", 1)
    for block, threads in ((3, 1), (3, 2), (2, 7), (100, 2)):
        monkeypatch.setattr(update_kernels, "BLOCK", block)
        theta = np.linspace(-1, 1, 8)
        update = Update(name, None, theta, threads=threads, cache=cache)
        for _ in range(3):
            update.gradient[:] = np.cos(theta)
            update.step()
        thetas.append(theta)
    for other in thetas[1:]:
        np.testing.assert_array_equal(thetas[0], other)
    assert np.abs(theta - np.linspace(-1, 1, 8)).min() > 1e-4
