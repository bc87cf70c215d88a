"""What the program writes is what somebody has read; tests/support/golden.py has the table."""

import golden
import pytest


@pytest.mark.parametrize("name", golden.FILES)
def test_what_is_written_is_what_was_read(name):
    difference = golden.difference(name, golden.FILES[name]())
    assert not difference, difference


def test_every_golden_file_has_a_row():
    files = {p.name for p in golden.FOLDER.iterdir() if p.is_file()}
    assert files - {"refresh.py", "test_golden.py"} == set(golden.FILES)


def test_a_difference_names_the_command(monkeypatch, tmp_path):
    monkeypatch.setattr(golden, "FOLDER", tmp_path)
    monkeypatch.setitem(golden.FILES, "new.txt", lambda: "one\n")
    told = golden.difference("new.txt", "one\n")
    assert "+one" in told
    assert told.endswith("if this is meant: python tests/golden/refresh.py new.txt")
    assert golden.refresh(["new.txt"]) == ["new.txt"]
    assert golden.refresh(["new.txt"]) == []
    with pytest.raises(SystemExit, match="no golden file is called old.txt; there are dense_steps"):
        golden.refresh(["old.txt"])
