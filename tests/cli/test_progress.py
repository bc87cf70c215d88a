"""How far a long piece of work is: on a terminal, and nowhere else."""

import io
import sys
import time

import pytest

from deltarule.cli.progress import Progress, _time


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("seconds", "said"), [(3.4, "3 s"), (125, "2 min 5 s"), (3840, "1 h 4 min"), (0, "0 s")]
)
def test_the_time_that_is_left(seconds, said):
    assert _time(seconds) == said


def test_a_bar_has_a_count_a_rate_and_the_time_left(monkeypatch):
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    with Progress("marking") as bar:
        bar.tell(20, 100)  # these were there before, and are no part of the rate
        time.sleep(0.05)
        bar.tell(30, 100)
        bar._bar.refresh()
    shown = screen.getvalue()
    assert "marking" in shown and "30/100" in shown and "a second" in shown and "left" in shown


def test_without_a_terminal_nothing_is_said(capsys):
    with Progress("marking") as bar:
        bar.tell(1, 2)
    assert capsys.readouterr() == ("", "")
