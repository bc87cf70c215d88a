"""What is kept: nothing that was answered is lost when the server is killed."""

import os
import signal
import sqlite3
import subprocess
import sys

import pytest

from deltarule.errors import DeltaruleError
from deltarule.serving.kept_attempts import KeptAttempts

WRITES = """
import os, sys
from deltarule.serving.kept_attempts import KeptAttempts
kept = KeptAttempts(sys.argv[1])
for k in range(1000):
    id = kept.begin(f"s{k % 7}", "slide", "", {"n.2.0": str(k)})
    if k % 3:
        kept.mark(id, {"exam": "T", "who": "x", "marks": [], "notes": []})
    os.write(1, f"{id} {k}\\n".encode())
"""


def test_whatever_was_answered_is_there_after_a_kill(tmp_path):
    path = tmp_path / "state.sqlite"
    writer = subprocess.Popen([sys.executable, "-c", WRITES, path], stdout=subprocess.PIPE)
    said = [writer.stdout.readline() for _ in range(40)]
    os.kill(writer.pid, signal.SIGKILL)
    said += writer.stdout.read().splitlines(keepends=True)
    writer.wait()
    kept = KeptAttempts(path)
    assert len(said) >= 40
    for line in said:
        id, k = map(int, line.split())
        found = kept.attempt(id)
        assert (found.who, found.typed) == (f"s{k % 7}", {"n.2.0": str(k)})
        assert (found.marking is None) == (k % 3 == 0)
    kept.close()


def test_what_was_sent_and_not_marked_is_marked_when_it_is_looked_at(serving):
    pytest.importorskip("starlette", reason="deltarule serve: '.[serve]'")
    from served import Visitor

    served = serving()
    served.attempts.begin("me", "slide", "", {"n.2.0": "0.51"})
    student = Visitor(served)
    assert "sent, not marked" in student.get("/").text
    assert "✓ right" in student.get("/sheet/slide").text
    assert "1 of 8 points" in student.get("/").text


def test_what_is_no_file_of_attempts_is_left_alone(tmp_path):
    text = tmp_path / "notes.txt"
    text.write_text("my own notes, much longer than a header of a database\n" * 40)
    with pytest.raises(DeltaruleError, match="attempts cannot be kept there"):
        KeptAttempts(text)
    assert text.read_text().startswith("my own notes")


def test_a_database_of_something_else_is_left_alone(tmp_path):
    path = tmp_path / "grades.sqlite"
    base = sqlite3.connect(path)
    base.execute("CREATE TABLE grade (who TEXT)")
    base.commit()
    base.close()
    before = path.read_bytes()
    with pytest.raises(DeltaruleError, match="it has tables of something else"):
        KeptAttempts(path)
    assert path.read_bytes() == before
