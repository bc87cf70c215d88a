"""What is longer than the screen goes through a pager, on a terminal alone."""

import os
import pty
import select
import subprocess
import sys

import pytest

LINES = (
    "from deltarule.cli.screen import write; from deltarule.cli.running import run; "
    "run(lambda: write('\\n'.join(map(str, range({count})))) or 0, paged={paged})"
)


def on_a_terminal(code, **environment):
    """What a program writes on a terminal of 24 rows."""
    master, slave = pty.openpty()
    program = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        close_fds=True,
        env={**os.environ, "LINES": "24", "COLUMNS": "80", **environment},
    )
    os.close(slave)
    told = b""
    while select.select([master], [], [], 60)[0]:
        try:
            more = os.read(master, 4096)
        except OSError:
            break
        if not more:
            break
        told += more
    program.wait(timeout=60)
    os.close(master)
    return told.decode()


@pytest.mark.parametrize(
    ("count", "paged", "pager", "through"),
    [
        (100, True, "sed s/^/>/", True),
        (10, True, "sed s/^/>/", False),
        (100, False, "sed s/^/>/", False),
        (100, True, "cat", False),
        (100, True, "no-such-pager", False),
    ],
)
def test_long_output_on_a_terminal(count, paged, pager, through):
    told = on_a_terminal(LINES.format(count=count, paged=paged), PAGER=pager, DELTARULE_PAGER=pager)
    lines = told.replace("\r", "").splitlines()
    sign = ">" if through else ""
    assert lines == [f"{sign}{n}" for n in range(count)]


def test_never_into_a_pipe(program):
    done = program("derive", "--list", env={"PAGER": "false"}, pipe="cat")
    assert done.returncode == 0 and done.stdout


@pytest.mark.parametrize(("pager", "coloured"), [("sed", False), ("less", True)])
def test_colours_go_to_pagers_that_show_them(tmp_path, pager, coloured):
    """The pagers are scripts that say with which options they are called."""
    script = tmp_path / pager
    script.write_text('#!/bin/sh\necho "options: $*"\ncat\n', encoding="utf-8")
    script.chmod(0o755)
    code = (
        "from deltarule.cli.running import run; from deltarule.cli.screen import console, show; "
        "from rich.text import Text; "
        "run(lambda: show(console(), Text('\\n'.join(['red'] * 99), style='red')) or 0)"
    )
    told = on_a_terminal(code, DELTARULE_PAGER=str(script), LESS="S", TERM="xterm-256color")
    assert ("\x1b[31m" in told) is coloured
    assert ("options: -R" in told) is (pager == "less")
