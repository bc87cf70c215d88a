"""Audits: what a sheet's numbers hide, and the change after which it shows."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

from deltarule.cli.programs import program
from deltarule.exams.audit import audit
from deltarule.marking.sheet_files.arrays import read_numbers
from deltarule.marking.sheet_files.sheets import Rounding, Run

GIVEN = {"x": [["1", "1"]], "W": [["0.5", "0.5"], ["0.5", "0.5"]], "dL/dy": [["1", "1"]]}


def _run(**given) -> Run:
    numbers = {n: read_numbers(v, n) for n, v in (GIVEN | given).items()}
    return Run("all alike", "dense", {"bias": False}, rounding=Rounding(2), given=numbers)


@pytest.fixture(scope="module")
def alike():
    return audit(_run())


@pytest.mark.slow
def test_weights_that_are_all_alike_hide_which_was_taken(alike):
    assert not alike.passed
    assert "in y, W stands transposed: the same numbers" in alike.hidden
    assert "in y, the factor x[n, d] is missing: the same numbers" in alike.hidden


@pytest.mark.slow
def test_changes_are_tried_before_they_are_proposed(alike):
    assert alike.changes
    assert not alike.left
    changed = {change.given: change.numbers for change in alike.changes}
    run = _run()
    mended = audit(replace(run, given=run.given | changed))
    assert mended.passed
    assert mended.seen == alike.seen + len(alike.hidden)


def test_what_no_numbers_show_is_shown_by_another_size(alike):
    (size,) = [s for s in alike.sizes if s.size == "N"]
    assert (size.was, size.becomes) == (1, 3)
    assert any("over n" in words for words in size.seen), size.seen


@pytest.mark.slow
def test_more_digits_are_a_change_too():
    found = audit(
        replace(
            _run(x=[["1.3", "0.7"]], W=[["0.61", "0.62"], ["0.63", "0.68"]]), rounding=Rounding(0)
        )
    )
    assert any(change.words.endswith("decimals for 0 decimals") for change in found.changes)


def test_the_command_says_what_is_hidden(tmp_path):
    sheet = tmp_path / "alike.toml"
    sheet.write_text(
        'title = "alike"\nnetwork = "dense"\nasked = ["y"]\n[options]\nbias = false\n'
        "[rounding]\ndecimals = 2\n[given]\nx = [[1, 1]]\nW = [[0.5, 0.5], [0.5, 0.5]]\n"
        '"dL/dy" = [[1, 1]]\n',
        encoding="utf-8",
    )
    ran = CliRunner().invoke(program("exam audit"), [str(sheet)])
    assert ran.exit_code == 1
    assert "Hidden by these numbers\n  in y, W stands transposed: the same numbers" in ran.output
    values = json.loads(CliRunner().invoke(program("exam audit"), [str(sheet), "--json"]).output)
    assert values[0]["seen"] < values[0]["mistakes"]
