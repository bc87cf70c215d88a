"""What a command line may hold, over the whole table of commands."""

import importlib.resources
import itertools
import json

import pytest

from deltarule.cli import programs
from deltarule.cli.formats import FORMATS
from deltarule.cli.rules import long_name, options_by_word
from deltarule.cli.table import COMMANDS
from deltarule.nearest import edit_distance, nearest


def parameters(name):
    """The options of a command by their long names."""
    return {long_name(p): p for p in options_by_word(programs.program(name).params).values()}


def written(name, option):
    """An option with a value, if it takes one."""
    return [f"--{option}"] + ([] if parameters(name)[option].is_flag else ["2"])


EXCLUDED = sorted(
    {
        (name, *pair)
        for name, row in COMMANDS.items()
        for group in row.exclude
        for pair in itertools.combinations(group, 2)
    }
)
VALUES = [
    (name, option)
    for name in COMMANDS
    for option, parameter in parameters(name).items()
    if not parameter.is_flag
]


def test_every_row_has_the_options_of_its_function():
    for name, row in COMMANDS.items():
        assert set(row.options) <= set(parameters(name)), name
        assert set(parameters(name)) - set(row.options) <= {
            *FORMATS,
            "force",
            "no-pager",
            "version",
            "show-completion",
        }, name


@pytest.mark.parametrize(("name", "one", "other"), EXCLUDED)
def test_what_excludes_each_other_is_refused(invoke, name, one, other):
    done = invoke(*name.split(), *written(name, one), *written(name, other), width=200)
    assert done.status == 2
    told = done.err or done.out
    assert f"--{one} and --{other} exclude each other" in told
    assert "keep one" in told


@pytest.mark.parametrize(("name", "option"), VALUES)
def test_a_forgotten_value_is_refused(invoke, name, option):
    for behind in ([], ["--json"]):
        done = invoke(*name.split(), f"--{option}", *behind, width=200)
        assert done.status == 2
        assert f"--{option} has no value" in (done.err or done.out)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_has_examples_and_the_exit_status(invoke, name):
    done = invoke(*name.split(), "--help")
    assert done.status == 0
    assert "Examples:" in done.out and "Exit status:" in done.out
    assert COMMANDS[name].examples[0][0] in done.out
    assert "None" not in done.out and "[x" not in done.out.replace("[x>=", "")


@pytest.mark.parametrize("name", COMMANDS)
def test_errors_are_json_where_that_is_asked(invoke, name):
    done = invoke(*name.split(), "no_such_thing", "--json")
    told = json.loads(done.out)["error"]
    assert done.status == 2 and told["fact"] and told["remedy"]


@pytest.mark.parametrize(
    ("typed", "meant"), [("convv", "conv"), ("cnov", "conv"), ("dens", "dense")]
)
def test_the_nearest_name_is_offered(invoke, typed, meant):
    done = invoke("derive", typed)
    assert done.status == 2 and f"did you mean '{meant}'?" in done.err


def test_distances():
    assert edit_distance("convv", "conv") == 1
    assert nearest("xyzzy", ["conv", "dense"]) is None


@pytest.mark.slow
def test_several_files_and_folders(invoke, tmp_path):
    slide = 'sheet = "slide"\nwho = "Ada"\n[answers]\nE = "0.5"\n'
    (tmp_path / "ada.toml").write_text(slide, encoding="utf-8")
    (tmp_path / "broken.toml").write_text("E = = 1\n", encoding="utf-8")
    done = invoke("check", tmp_path, "--brief", width=120)
    assert done.status == 1
    assert "2 files: " in done.out and "Ada" in done.out
    names = tmp_path / "ada.toml", tmp_path / "broken.toml"
    both = json.loads(invoke("check", *names, "--json").out)
    assert [bool(file["error"]) for file in both["files"]] == [False, True]
    for page in (invoke("check", tmp_path, "--latex"), invoke("check", tmp_path, "--markdown")):
        assert page.status == 1 and "2 files: " in page.out and "broken.toml" in page.out


@pytest.mark.slow
def test_points_of_several_files_are_totalled(invoke, tmp_path):
    slide = importlib.resources.files("deltarule") / "derivations" / "examples" / "slide.toml"
    exam, folder = tmp_path / "exam.toml", tmp_path / "class"
    exam.write_text(slide.read_text(encoding="utf-8") + "\n[marks]\nyhat = 3\n", encoding="utf-8")
    folder.mkdir()
    for name, yhat in (("ada", 0.62), ("bob", 0.11)):
        (folder / f"{name}.toml").write_text(f"[answers]\nyhat = {yhat}\n", encoding="utf-8")
    words = "check", folder, "--sheet", exam
    done = invoke(*words, "--brief", width=200)
    assert done.status == 1
    assert "ada.toml  1 of 8 right, 3 of 10 points" in done.out
    assert done.out.endswith("1 of 16 right, 3 of 20 points\n")
    both = json.loads(invoke(*words, "--json").out)
    assert (both["right"], both["of"], both["points"], both["points_of"]) == (1, 16, 3, 20)


def test_an_empty_folder_stops_no_other_and_an_empty_name_is_no_folder(invoke, tmp_path):
    (tmp_path / "empty.toml").mkdir()
    answers = tmp_path / "ada.toml"
    answers.write_text('sheet = "slide"\n[answers]\nyhat = 0.62\n', encoding="utf-8")
    done = invoke("check", tmp_path / "empty.toml", answers, "--brief", width=200)
    assert done.status == 1 and "1 of 8 right" in done.out and "is a folder" in done.out
    alone = invoke("check", tmp_path / "empty.toml")
    assert alone.status == 2 and "there is no TOML file in" in alone.err
    empty = invoke("check", "")
    assert empty.status == 2 and "an empty name" in empty.err


def test_several_files_of_which_none_can_be_read_are_no_marking(invoke, tmp_path):
    for name in ("ada", "bob"):
        (tmp_path / f"{name}.toml").write_text("[answers]\ny = 1\n", encoding="utf-8")
    assert invoke("check", tmp_path).status == 2
    assert invoke("check", tmp_path / "ada.toml", tmp_path / "none.toml").status == 2
    assert invoke("check", tmp_path, "--sheet", "slide").status == 1
