"""Files that are nearly right: each is refused with fact, line and remedy (3 s for all of them)."""

import re
from pathlib import Path

import pytest

from deltarule import load
from deltarule.errors import DeltaruleError

HEAD = '''"""T."""
from deltarule.language import *
N, D, M = sizes("N D M")
n, d, m, k = indices("n d m k")
x, W, b = input("x", N, D), parameter("W", D, M), parameter("b", M)
y = output("y", N, M)
'''
TABLE = (Path(__file__).parent / "refusals.txt").read_text(encoding="utf-8")
BLOCK = re.compile(
    r"^=== (\w+)\n(.*?)\nfact:   (.*?)\nwhere:  (.*?)\nremedy: (.*?)$", re.MULTILINE | re.DOTALL
)
REFUSED = BLOCK.findall(TABLE)


def test_all_blocks_are_read():
    assert len(REFUSED) == TABLE.count("\n=== ") >= 90


@pytest.mark.parametrize("name, body, fact, where, remedy", REFUSED, ids=[r[0] for r in REFUSED])
def test_what_is_nearly_right_is_refused_with_fact_line_and_remedy(
    tmp_path, name, body, fact, where, remedy
):
    path = tmp_path / f"{name}.py"
    path.write_text(f"{HEAD}{body}\n", encoding="utf-8")
    with pytest.raises(DeltaruleError) as caught:
        load(path)
    error = caught.value
    place = str(error.place).replace(f"{tmp_path}/", "").replace(path.name, "FILE")
    assert (error.fact, place, error.remedy) == (fact, where, remedy)
