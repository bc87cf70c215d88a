"""Every example of the README is run, and must print what stands there."""

from __future__ import annotations

import re

import pytest
import readme

from deltarule.cli.gradient import RUNS
from deltarule.marking import mark

TEXT = readme.README.read_text(encoding="utf-8")
PROGRAMS = ("derive", "trace", "check", "deltarule train")
CONSOLE = [b for b in readme.blocks(TEXT) if b.language == "console"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("newcomer")
    for name, content in readme.files(TEXT).items():
        (place / name).write_text(content, encoding="utf-8")
    return place


@pytest.mark.slow
@pytest.mark.parametrize("block", CONSOLE, ids=lambda b: b.command)
def test_a_command_prints_what_the_readme_says(block, folder):
    done = readme.run(block.command, folder)
    file = re.search(r"\w+\.py$", block.command)  # a file that is run, which is said
    runs = f"{file[0]} {RUNS}\n" if file and "check gradient" in block.command else ""
    assert done.stderr == runs
    assert _anywhere(done.stdout) == _anywhere(block.output)


def _anywhere(output: str) -> str:
    """An output without the layers of the sandbox, which are the machine's."""
    return re.sub(r"sandbox: .*", "sandbox: …", output)


def test_the_sheet_of_the_readme_is_right(folder):
    marking = mark(folder / "sheet.toml")
    assert marking.of == 5
    assert marking.right == marking.of


def test_python_examples_run(capsys):
    for block in readme.blocks(TEXT):
        if block.language == "python" and not block.text.startswith('"""'):
            exec(compile(block.text, "README.md", "exec"), {})  # noqa: S102 - our own README
    assert "of 8" in capsys.readouterr().out


def test_the_options_and_commands_named_in_the_readme_exist(folder):
    help_of = {c: readme.run(f"{c} --help", folder).stdout for c in PROGRAMS}
    for command, option in (
        ("derive", "--steps"),
        ("derive", "--wrt"),
        ("derive", "--latex"),
        ("derive", "--markdown"),
        ("derive", "--json"),
        ("derive", "--list"),
        ("derive", "--explain"),
        ("derive", "--options"),
        ("derive", "--count"),
        ("derive", "--prove"),
        ("trace", "--decimals"),
        ("trace", "--significant"),
        ("trace", "--rounding"),
        ("trace", "--exact"),
        ("trace", "--random"),
        ("trace", "--seed"),
        ("trace", "--set"),
        ("trace", "--only"),
        ("check", "--template"),
        ("check", "--accept"),
        ("check", "--compat"),
        ("check", "--conventions"),
        ("check", "--function"),
        ("check", "--junit"),
        ("check", "--like"),
        ("check", "--map"),
        ("check", "--unsafe"),
        ("check", "--watch"),
        ("check", "--with"),
        ("derive", "--kernel"),
        ("derive", "--emit"),
        ("derive", "--dtype"),
        ("derive", "--parallel"),
        ("deltarule train", "--seed"),
        ("deltarule train", "--network"),
        ("deltarule train", "--update"),
        ("deltarule train", "--rate"),
        ("deltarule train", "--few"),
        ("deltarule train", "--json"),
    ):
        assert option in help_of[command], (command, option)
