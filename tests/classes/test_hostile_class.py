"""Nothing that a submission names is opened, imported or run, whatever form it has."""

import json
import re
import subprocess
import sys

from handed_in import QUESTIONS, folder, zipped

#: Names that hostile submissions are full of; none of them may turn up in what a process does.
BAIT = "bait_of_a_student"
HOSTILE = {
    "a.toml": f"""sheet = "/{BAIT}/sheet.toml"
network = "{BAIT}.py"
include = ["{BAIT}.toml"]
[answers]
yhat = "__import__('{BAIT}')"
h1 = "{BAIT}/numbers.txt"
1b = "open('/{BAIT}')"
2 = "file:///{BAIT}"
4 = "@{BAIT}"
[formulas]
"dE/dTheta2" = "\\\\input{{/{BAIT}}} np.load('{BAIT}.npy')"
""",
    "b.json": json.dumps(
        {"$ref": f"file:///{BAIT}", "sheet": f"{BAIT}.toml", "yhat": f"=HYPERLINK(\"/{BAIT}\")",
         f"../{BAIT}": 1, "1b": f"exec('import {BAIT}')"}
    ),
    "c.csv": f'quantity,value\nyhat,"=WEBSERVICE(""http://{BAIT}"")"\n{BAIT},1\n1b,{BAIT}()\n',
    "d.xlsx": zipped(
        {"xl/workbook.xml": f'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///{BAIT}">]><x>&e;</x>',
         "[Content_Types].xml": f'<!DOCTYPE x SYSTEM "/{BAIT}"><Types/>'}
    ),
    "e.zip": zipped(
        {f"../../{BAIT}.toml": "[answers]", "a.toml": f'sheet = "../{BAIT}"\n[answers]\nyhat = 1'}
    ),
    "f.py": f"import {BAIT}\nopen('/{BAIT}')\n\n\ndef relu_forward(x):\n    return x, x\n",
    "g.ipynb": json.dumps(
        {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": {"name": BAIT}},
         "cells": [{"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None,
                    "source": f"%run {BAIT}.py\n%load_ext {BAIT}\nimport {BAIT}"}]}
    ),
    "form.csv": f"who,yhat,1b\n../{BAIT},0.7,y\n/{BAIT}/h,0.7,import {BAIT}\n",
}  # fmt: skip

WATCHED = f"""
import sys

seen = []


def watch(event, arguments):
    told = repr(arguments)
    if {BAIT!r} in told and event.split(".")[0] not in ("sqlite3", "marshal"):
        seen.append((event, told[:300]))


sys.addaudithook(watch)
from pathlib import Path

from deltarule.classes.class_exam import ClassExam
from deltarule.classes.class_outputs import write_outputs
from deltarule.classes.formats.export_setting import ExportSetting
from deltarule.classes.journal import Journal
from deltarule.classes.mark_class import InThisProcess, handed_in, mark_class
from deltarule.classes.overrides import Overrides
from deltarule.classes.written_markings import ClassMarkings

exam = ClassExam("exam.toml")
with Journal(Path("journal.sqlite")) as journal:
    mark_class(handed_in(["in"], exam, Path(".")), exam, journal, InThisProcess)
    markings = ClassMarkings(journal, exam.exam, Overrides([]))
    Path("out").mkdir()
    write_outputs(Path("out"), markings, journal, ExportSetting())
    print(len(markings))
print(*seen, sep="\\n")
"""


def test_nothing_that_a_submission_names_is_opened_or_imported(tmp_path):
    folder(tmp_path, {"exam.toml": QUESTIONS, **{f"in/{n}": t for n, t in HOSTILE.items()}})
    done = subprocess.run(
        [sys.executable, "-c", WATCHED], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    count, *seen = done.stdout.splitlines()
    assert int(count) == 9, done.stderr
    # Text of students is looked at as text; files for them are named after them, beside us.
    theirs = re.compile(rf"out/feedback/\.?[\w%.]*{BAIT}[\w%.]*'")
    assert [s for s in seen if s and not s.startswith("('compile'") and not theirs.search(s)] == []
    outside = [p for p in tmp_path.rglob(f"*{BAIT}*") if p.parent != tmp_path / "out/feedback"]
    assert outside == [] and not (tmp_path.parent / f"{BAIT}.toml").exists()
