"""Input changed at random: no crash, no hang, no swelling, and no file opened but those named.

A sample runs always; a million formulas and ten thousand files with DELTARULE_FULL=1.
"""

import os

import pytest

from deltarule.errors import DeltaruleError
from deltarule.marking import mark

from fuzz_files import HANDED_IN, SHEETS, files, mark_answers  # isort: skip
from fuzz_inputs import REFUSED, ROOT, all_seeds, few_seeds, judge_one  # isort: skip
from fuzz_inputs import examine_network, formulas, networks  # isort: skip
from fuzzing import apart, faults  # isort: skip

FULL = bool(os.environ.get("DELTARULE_FULL"))
FORMULAS, FILES, WHOLE = (1_000_000, 5_000, 5_000) if FULL else (800, 10, 60)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1])
def test_formulas_changed_at_random(seed):
    seeds = all_seeds() if FULL else few_seeds()
    found = apart(lambda: formulas(seeds, FORMULAS, seed), judge_one(), REFUSED, (ROOT,))
    assert not found, "\n".join(found)


def test_networks_in_formulas_changed_at_random():
    found = apart(lambda: networks(WHOLE, 4), examine_network, REFUSED, (ROOT,))
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("seeds", "examine", "seed"),
    [(SHEETS, mark, 2), (HANDED_IN, mark_answers, 3)],
    ids=["sheets", "answers"],
)
def test_files_changed_at_random(tmp_path, seeds, examine, seed):
    own = (ROOT, str(tmp_path))
    found = apart(lambda: files(tmp_path, seeds, FILES, seed), examine, REFUSED, own)
    assert not found, "\n".join(found)


@pytest.mark.slow
def test_that_faults_are_found(monkeypatch):
    monkeypatch.setattr("fuzzing.SECONDS", 0.2)

    def examine(given):
        if given == "crash":
            raise ValueError("planted")
        while given == "hang":
            pass
        if given == "open":
            open("/proc/self/stat", "rb").close()
        if given == "refuse":
            raise DeltaruleError("planted")

    found = faults(["crash", "hang", "open", "refuse", "fine"], examine, (DeltaruleError,))
    assert [line.partition(":")[0] for line in found] == [
        "ValueError",
        "TooLong",
        "open /proc/self/stat",
    ]

    def swell():
        yield bytearray(600_000_000)

    assert apart(swell, len, ())[-1].endswith("MB more memory")
