"""The structure of the source: no circle of files, no name twice, old paths still there."""

import ast
import tomllib
from collections import Counter
from graphlib import CycleError, TopologicalSorter
from importlib import import_module
from pathlib import Path

import pytest
from syntax_trees import parsed, walked

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "src/deltarule"
#: Where the words of derivation files were imported from first.
OLD_PATHS = HOME / "notation"


def modules() -> dict[str, Path]:
    """The modules of the library and of the commands by their full names."""
    found = {}
    for folder, package in ((HOME, "deltarule"), (ROOT / "cli", "deltarule.cli")):
        for path in folder.rglob("*.py"):
            parts = path.relative_to(folder).with_suffix("").parts
            if folder == HOME and parts[0] in ("cli", "derivations"):
                continue
            own = parts[:-1] if parts[-1] == "__init__" else parts
            found[".".join((package, *own))] = path
    return found


def imported(tree: ast.Module, known: set[str]) -> set[str]:
    """The modules that a file imports anywhere, functions and type checks included."""
    found = set()
    for node in walked(tree):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names} & known
        elif isinstance(node, ast.ImportFrom) and node.module:
            inside = {f"{node.module}.{name.name}" for name in node.names}
            found |= inside & known or {node.module} & known
    return found


def circle(graph: dict[str, set[str]]) -> list[str]:
    """The files of one circle; none if there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def twice(paths: list[Path]) -> list[str]:
    """The names that several files have."""
    counts = Counter(path.stem for path in paths if path.stem not in ("__init__", "__main__"))
    return [name for name, count in counts.items() if count > 1]


@pytest.mark.slow
def test_no_circle_of_files():
    known = modules()
    graph = {name: imported(parsed(path), set(known)) - {name} for name, path in known.items()}
    assert len(graph) > 300 and circle(graph) == []


def test_a_circle_is_found():
    assert set(circle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}})) == {"a", "b", "c"}
    inside = ast.parse("def f():\n    from a.b import c")
    assert imported(inside, {"a.b", "a.b.c"}) == {"a.b.c"}


def test_no_name_of_a_file_stands_twice():
    paths = [p for p in modules().values() if not p.is_relative_to(OLD_PATHS)]
    assert twice([p for p in paths if p.is_relative_to(HOME)]) == []
    assert twice([p for p in paths if p.is_relative_to(ROOT / "cli")]) == []
    assert twice([Path("a/x.py"), Path("b/x.py"), Path("b/__init__.py")]) == ["x"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("deltarule.notation.language", "deltarule.language"),
        ("deltarule.notation.updates", "deltarule.language.updates"),
    ],
)
def test_files_written_with_the_old_paths_have_all_words(old, new):
    there, here = import_module(old), import_module(new)
    words = getattr(here, "__all__", [n for n in vars(here) if not n.startswith("_")])
    assert len(words) > 3 and all(getattr(there, w) is getattr(here, w) for w in words)


def order() -> tuple[str, ...]:
    """The order of the rooms, as the tripwires hold it."""
    tree = parsed(ROOT / "tests/packaging/test_tripwires.py")
    (found,) = [
        n.value for n in tree.body if isinstance(n, ast.Assign) and n.targets[0].id == "ORDER"
    ]
    return ast.literal_eval(found)


def test_the_map_of_the_rooms_is_whole():
    told = (HOME / "guides/developers/rooms.md").read_text(encoding="utf-8")
    first = [line.split("|")[1] for line in told.splitlines() if line.startswith("| `")]
    named = [name for cell in first for name in cell.replace("`", "").replace(",", " ").split()]
    there = {name.split(".")[1] for name in modules() if name.count(".") > 0}
    assert tuple(named) == order()
    assert set(named) == there - {"notation", "train", "__main__"}


#: Rooms that were written before their types were (`formulas` and `typed` as parts of `marking`);
#: no other room may join them.
UNTYPED = {"kernels", "formulas", "typed", "marking", "tests", "derivations"}
#: What says of an expression or an array that it is used as something that it is not.
REPORTS = (
    "AttributeAccessIssue", "ArgumentType", "OperatorIssue", "CallIssue", "IndexIssue",
    "ReturnType", "AssignmentType",
)  # fmt: skip


def test_types_are_checked_in_full_but_for_some_rooms():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    settings = settings["pyright"]
    rooms = settings.pop("executionEnvironments")
    off = {f"report{name}" for name in REPORTS}
    assert not [name for name in off if settings.get(name) is False]
    untyped = {Path(room["root"]).name for room in rooms if off & room.keys()}
    assert untyped <= UNTYPED


def test_no_file_takes_itself_out_of_the_type_checks():
    quiet = [
        name
        for name, path in modules().items()
        if "\n# pyright:" in path.read_text(encoding="utf-8")
    ]
    assert not quiet
