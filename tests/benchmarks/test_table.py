"""The benchmark's tables: what they tell, and where they stand in the guide."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent


@pytest.fixture(autouse=True)
def _beside(monkeypatch):
    """The benchmark's files import one another by their bare names."""
    monkeypatch.syspath_prepend(str(HERE))
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if str(HERE) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


def sample(best: float, foreign: float, taken: float = 0.0, own: float = 1.0) -> dict:
    return {"best": best, "median": best, "own": own, "foreign": foreign, "taken": taken}


def record(key: str = "d", threads: int = 1, cpu: str = "a CPU", **samples) -> dict:
    from samples import judged

    named = {
        library: {way: [judged(s, False) for s in some] for way, some in ways.items()}
        for library, ways in samples.items()
    }
    return {
        "key": key,
        "title": "conv",
        "dtype": "float32",
        "threads": threads,
        "beside": False,
        "multiply_adds": 450_000_000,
        "gaps": {},
        "peak": 120.0,
        "samples": named,
        "header": {"date": "2026-01-01 12:00 UTC", "cpu": cpu},
        "versions": {"numpy": "2"},
    }


def test_ratios_are_to_the_fastest_way_in_calm_samples():
    from table import tables

    told = tables(
        [
            record(
                deltarule={
                    "bound": [sample(0.010, 0.01), sample(0.012, 0), sample(0.014, 0.05)],
                    "called": [sample(0.013, 0)],
                },
                torch={"plain": [sample(0.020, 0)], "channels_last": [sample(0.016, 0)]},
                jax={"NHWC": [sample(0.002, 0.5), sample(0.024, 0.09)]},
            )
        ]
    )
    assert told.splitlines()[-1] == (
        "| d | conv | 12 | 0.75 | 0.50 | – | 75 | 62% | 13 | 17% | 3 |"
    )


def test_nothing_is_made_of_disturbed_samples():
    from summary import summary
    from table import tables

    some = [record(deltarule={"bound": [sample(0.010, 0.2)]}, torch={"plain": [sample(0.02, 0)]})]
    assert tables(some).splitlines()[-1] == (
        "| d | conv | no calm round | no calm round | – | – | – | – | no calm round | – | 0 (−1) |"
    )
    assert "2 samples, 1 of them dropped as disturbed" in summary(some)


def test_whoever_uses_more_cpus_than_threads_is_named():
    from table import tables

    told = tables(
        [record(deltarule={"bound": [sample(0.01, 0)]}, jax={"NCHW": [sample(0.01, 0, own=1.9)]})]
    )
    assert told.splitlines()[-1] == "More CPUs than threads were used by d: jax 1.9."


def test_records_are_merged_and_other_machines_left_out(tmp_path):
    from records import alike, merge, read

    file, ours = tmp_path / "records.json", {"bound": [sample(0.01, 0)]}
    merge(file, [record(deltarule=ours), record("e", deltarule=ours)])
    merge(file, [record(deltarule=ours)], more=True)
    assert [len(r["samples"]["deltarule"]["bound"]) for r in read(file)] == [2, 1]
    merge(file, [record("f", cpu="another", deltarule=ours)])
    assert {r["key"] for r in alike(read(file))[0]} in ({"d", "e"}, {"f"})


def test_the_guide_has_one_place_for_the_table_and_keeps_the_rest():
    from summary import summary
    from table import END, GUIDE, written

    text = GUIDE.read_text(encoding="utf-8")
    made = written(text, summary([record(deltarule={"bound": [sample(0.01, 0)]})]))
    assert "| d | conv | 10 | ±0% | – | – | – | 90 (75%) |" in made
    assert made.split(END)[1] == text.split(END)[1]
    assert written(made, "x") == written(text, "x")


def test_the_tables_rows_in_the_guide_have_as_many_cells_as_their_head():
    from table import BEGIN, END, GUIDE

    text = GUIDE.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0]
    tables = [part for part in text.split("\n\n") if part.lstrip().startswith("|")]
    for table in tables:
        assert len({line.count("|") for line in table.strip().splitlines()}) == 1


def test_the_multiply_adds_are_counted_in_the_equations():
    from workloads import WORKLOADS

    assert WORKLOADS["b"].multiply_adds() == 3 * 64 * (784 * 256 + 256 * 10)
    assert WORKLOADS["c1"].multiply_adds() == 3 * 6 * 24 * 24 * 25
    assert WORKLOADS["i"].multiply_adds() is None


def test_steps_of_training_have_the_networks_own_shapes():
    """All parameters of a network are trained, in the shapes that it has."""
    from training_steps import TRAINING_STEPS

    from deltarule.language.load import load

    for work in (w for key, w in TRAINING_STEPS.items() if key.endswith("-8")):
        network = load(work.derivation, **work.settings)
        names = {t.name for t in network.tensors.values() if t.given}
        assert names == set(work.shapes)
        if work.usual:  # the others' arrays are large
            arrays = work.arrays("float32")
            assert {n for n, a in arrays.items() if a.dtype.kind == "i"} == set(work.numbered)
            assert all(arrays[n].max() < below for n, below in work.numbered.items())
