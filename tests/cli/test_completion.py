"""What the shells complete: the names of derivations, sheets, tensors, options and their values."""

import pytest
from click.testing import CliRunner

from deltarule.cli import programs


def completed(words, shell="bash"):
    """What a shell is told when Tab is pressed behind some words."""
    name, last = words.split()[0], words.split()[-1]
    program = programs.app if name == "deltarule" else programs.program(name)
    place = last if shell == "fish" else str(words.count(" "))
    asks = {f"_{name.upper()}_COMPLETE": f"{shell}_complete"}
    done = CliRunner().invoke(
        program, [], env={"COMP_WORDS": words, "COMP_CWORD": place, **asks}, prog_name=name
    )
    assert done.exit_code == 0, done.output
    return done.output


def offered(words):
    """The words that bash is told of, without what kind of completion each is."""
    return {line.partition(",")[2] for line in completed(words).splitlines()}


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
    assert wanted <= offered(words)


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_get_the_same_with_what_it_is(shell):
    told = completed("derive mlp --la", shell)
    assert "--layers" in told and "--latex" in told and "As a LaTeX document" in told


def test_no_file_of_ones_own_is_run(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text("raise SystemExit('it ran')\n", encoding="utf-8")
    assert "it ran" not in completed(f"derive {path} --la")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize("name", ["derive", "trace", "check", "deltarule"])
def test_the_shells_script_is_printed(name, shell):
    program = programs.app if name == "deltarule" else programs.program(name)
    done = CliRunner().invoke(program, ["--show-completion", shell], prog_name=name)
    assert done.exit_code == 0 and f"_{name.upper()}_COMPLETE={shell}_complete" in done.output
