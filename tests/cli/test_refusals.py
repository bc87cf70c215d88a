"""Every refusal of a pair of options is a whole sentence, with what to write instead."""

import itertools
import re
from dataclasses import replace

import pytest

from deltarule.cli import rules
from deltarule.cli.formats import FORMATS, formats_of
from deltarule.cli.table import COMMANDS
from deltarule.errors import DeltaruleError
from deltarule.processors import MOST_EACH, processors

FACTS = (
    r"--[\w-]+ and --[\w-]+ exclude each other",
    r"--[\w-]+ is for --[\w-]+(, --[\w-]+)*( or --[\w-]+)? alone",
    r"((an?|the|one) )?[a-z ]+ is not shown as [A-Z]\w+",
)
REMEDIES = (
    r"keep one",
    r"leave it out, or add --[\w-]+(, --[\w-]+)*( or --[\w-]+)?",
    r"leave --\w+ out for text(, or leave --[\w-]+ out for (a|the) [a-z ]+ as \w+)?"
    r"(, or write --.+)?",
)


def refused(name, *options):
    """The error for some options of a command; None where they are taken."""
    try:
        rules.refuse(name, rules.Given(list(options)))
    except DeltaruleError as error:
        return error
    return None


@pytest.mark.parametrize("name", COMMANDS)
def test_two_options_are_taken_or_refused_in_a_sentence(name):
    options = [*COMMANDS[name].options, *(form for form in FORMATS if FORMATS[form].help)]
    for pair in itertools.permutations(options, 2):
        error = refused(name, *pair)
        if error is None:
            continue
        assert any(re.fullmatch(fact, error.fact) for fact in FACTS), (pair, error.fact)
        assert any(re.fullmatch(words, error.remedy) for words in REMEDIES), (pair, error.remedy)


def test_what_to_leave_out_for_a_format_is_said():
    error = refused("derive", "brief", "json")
    assert error.fact == "one line a gradient is not shown as JSON"
    assert error.remedy == (
        "leave --json out for text, or leave --brief out for a derivation as JSON, "
        "or write --latex, --fragment, --markdown or --html"
    )
    assert "leave --brief out for a marking as JSON" in refused("check", "brief", "json").remedy


def test_an_option_that_no_use_takes_is_said(monkeypatch):
    row = COMMANDS["derive"]
    uses = tuple(replace(u, takes=tuple(t for t in u.takes if t != "of")) for u in row.uses)
    monkeypatch.setitem(COMMANDS, "derive", replace(row, uses=uses))
    error = refused("derive", "of")
    assert error.fact == "--of is an option of the command, but nothing that it does takes it"
    assert error.place == "the row of Derive in cli/" and error.remedy.startswith("name it behind")


def test_a_format_without_a_function_is_refused_with_what_there_is(monkeypatch):
    for name in ("markdown", "latex", "fragment", "html"):
        monkeypatch.setitem(FORMATS, name, replace(FORMATS[name], of_a_page=None))
    assert formats_of("a proof") == ["text", "json"]
    error = refused("derive", "prove", "latex")
    assert error.fact == "a proof is not shown as LaTeX"
    assert error.remedy == (
        "leave --latex out for text, or leave --prove out for a derivation as LaTeX, "
        "or write --json"
    )


@pytest.mark.parametrize("name", [name for name, row in COMMANDS.items() if "jobs" in row.options])
@pytest.mark.parametrize("number", [0, -1, 10_000])
def test_a_number_of_processes_is_one_that_works(name, number, invoke, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "emmy.toml").write_text("")
    done = invoke(*name.split(), "emmy.toml", "--sheet", "slide", "--jobs", str(number))
    if name == "serve":
        done = invoke(name, "slide", "--links", "--jobs", str(number))
    most = MOST_EACH * processors()
    fact, remedy = (
        (f"invalid value for --jobs: {number} is not in the range x>=1", "--help")
        if number < 1
        else (
            f"{number} processes are more than {MOST_EACH} for each processor",
            f"give at most {most}, or leave the number out: one a processor",
        )
    )
    assert done.status == 2 and fact in done.err and remedy in done.err
    assert [path.name for path in tmp_path.iterdir()] == ["emmy.toml"]
