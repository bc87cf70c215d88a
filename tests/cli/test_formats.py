"""The table of formats: its places are functions, uses are shown, what is missing is refused."""

import itertools
from dataclasses import replace

import pytest

from deltarule.cli.formats import FORMATS, chosen_format, exclude_each_other, formats_of, function
from deltarule.cli.table import COMMANDS
from deltarule.errors import DeltaruleError

THINGS = dict.fromkeys(itertools.chain.from_iterable(f.functions for f in FORMATS.values()))
USES = [(name, use) for name, row in COMMANDS.items() for use in row.uses]


def test_every_place_of_the_tables_is_a_function():
    places = [place for form in FORMATS.values() for place in form.functions.values()]
    assert len(places) > 40
    for place in [*places, *(use.does for _, use in USES)]:
        assert callable(function(place)), place


def test_every_thing_is_shown_as_text_and_all_that_is_data_as_json():
    lines = {"one line a gradient", "a line for each file", "a line for each file of code"}
    assert {use.shows for _, use in USES} <= set(THINGS)
    for thing in THINGS:
        assert "text" in formats_of(thing)
        assert ("json" in formats_of(thing)) == (thing not in lines), thing


@pytest.mark.parametrize("thing", ["a derivation", "a trace", "a worked sheet", "a marking"])
def test_derivations_traces_and_verdicts_have_every_format_of_documents(thing):
    assert {"text", "latex", "fragment", "markdown", "json"} <= set(formats_of(thing))


#: Options that ask for a thing, and have a value.
VALUED = ("explain", "prove", "factor", "template", "export", "out", "site")
MISSING = [
    (name, use, form) for name, use in USES for form in FORMATS if form not in formats_of(use.shows)
]


@pytest.mark.parametrize(("name", "use", "form"), MISSING)
def test_a_missing_cell_is_refused_by_name_with_what_there_is(invoke, name, use, form):
    asked = [f"--{use.asked_by[0]}"] if use.asked_by else []
    value = ["x"] if asked and use.asked_by[0] in VALUED else []
    file = [FORMATS[form].file] if FORMATS[form].file else []
    done = invoke(*name.split(), *asked, *value, f"--{form}", *file, width=200)
    assert done.status == 2
    told = done.err or done.out
    assert f"{use.shows} is not shown as {FORMATS[form].title}" in told
    assert f"leave --{form} out for text" in told
    assert ("or write --" in told) == (len(formats_of(use.shows)) > 1)


def test_two_formats_exclude_each_other_unless_one_is_a_variant():
    assert exclude_each_other(["latex", "markdown"]) == ("latex", "markdown")
    assert exclude_each_other(["latex", "fragment"]) is None
    assert exclude_each_other(["latex", "fragment", "json"]) == ("latex", "json")
    assert chosen_format({"latex": True, "fragment": True}) == "fragment"
    assert chosen_format({"json": True}) == "json" and chosen_format({}) == "text"


def test_a_place_of_the_tables_that_is_none_is_said():
    for place, fact, remedy in (
        (".reports.mark:marking_latex", "there is no file .reports.mark", "write FILE:FUNCTION"),
        (".reports.marks:marking_latx", ".reports.marks has no function", "'marking_latex'?"),
        (".reports.marks", ".reports.marks has no function", "write FILE:FUNCTION, with a dot"),
    ):
        with pytest.raises(DeltaruleError) as caught:
            function(place)
        assert caught.value.fact.startswith(fact) and remedy in caught.value.remedy
        assert caught.value.place == f"the place {place} in a table of cli/"


def test_a_format_that_fails_is_named(invoke, monkeypatch):
    broken = replace(FORMATS["markdown"], functions={"the list of statements": "json:dumps"})
    monkeypatch.setitem(FORMATS, "markdown", broken)
    done = invoke("derive", "--prove", "list", "--markdown", width=200)
    assert "deltarule met a fault of its own: TypeError: Object of type" in done.err
    assert "; the list of statements was being shown as Markdown, by json:dumps" in done.err
