"""What the shells complete: the names of derivations, sheets, tensors, options and their values."""

import pytest
from typer.testing import CliRunner

from deltarule.cli import main

SHELLS = {
    "bash": lambda words: {"COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))},
    "zsh": lambda words: {"_TYPER_COMPLETE_ARGS": words},
    "fish": lambda words: {
        "_TYPER_COMPLETE_ARGS": words,
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
    },
}


def completed(words, shell="bash"):
    """What a shell is told when Tab is pressed behind some words."""
    name = words.split()[0]
    program = main.app if name == "deltarule" else main.apps[name]
    asked = {**SHELLS[shell](words), f"_{name.upper()}_COMPLETE": f"complete_{shell}"}
    done = CliRunner().invoke(program, [], env=asked, prog_name=name)
    assert done.exit_code == 0, done.output
    return done.output


WANTED = [
    ("derive lst", {"lstm", "lstm_p"}),
    ("derive mlp --la", {"--latex", "--layers"}),
    ("derive mlp --activation ta", {"tanh"}),
    ("derive mlp --wrt The", {"Theta1", "Theta2"}),
    ("derive conv --set N", {"N="}),
    ("derive --explain sift", {"sift-the-delta"}),
    ("trace fl", {"flow", "flatten"}),
    ("trace example ma", {"mazur"}),
    ("trace flow --fa", {"--factor"}),
    ("check example sl", {"slide"}),
    ("check gradient max_pool2", {"max_pool2d"}),
    ("check --sheet go", {"gomez"}),
    ("deltarule tra", {"trace", "train"}),
    ("deltarule check gradient dens", {"dense"}),
    ("deltarule train --update mom", {"momentum"}),
]


@pytest.mark.parametrize(("words", "wanted"), WANTED)
def test_bash_completes(words, wanted):
    assert wanted <= set(completed(words).split())


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_get_the_same_with_what_it_is(shell):
    told = completed("derive mlp --la", shell)
    assert "--layers" in told and "--latex" in told and "As a LaTeX document" in told


def test_no_file_of_ones_own_is_run(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text("raise SystemExit('it ran')\n", encoding="utf-8")
    assert "it ran" not in completed(f"derive {path} --la")


@pytest.mark.parametrize("name", ["derive", "trace", "check", "deltarule"])
def test_the_shells_script_can_be_shown(name, monkeypatch):
    monkeypatch.setattr("typer.completion._get_shell_name", lambda: "bash")
    program = main.app if name == "deltarule" else main.apps[name]
    done = CliRunner().invoke(program, ["--show-completion"], prog_name=name)
    assert done.exit_code == 0 and f"_{name.upper()}_COMPLETE=complete_bash" in done.output
