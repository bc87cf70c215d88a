"""Convention files: every one here is whole, and what is none is refused at its place."""

import pytest

from deltarule.errors import DeltaruleError
from deltarule.submissions.convention_files import convention, convention_names
from deltarule.submissions.course_conventions import ONES, OPERATIONS, terms_of
from deltarule.submissions.findings import FunctionFinding, FunctionVerdict
from deltarule.submissions.right_task import RightTask
from deltarule.submissions.small_examples import small_examples

TASK = """
[layer]
derivation = "dense"
values = { x = "x", w = "W", b = "b", out = "y" }

[[layer.calls]]
function = "forward"
arguments = ["x", "w", "b"]
returns = "out"
"""


def read(tmp_path, text):
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    return convention(str(path))


def tasks():
    return [(name, task) for name in convention_names() for task in convention(name).tasks]


@pytest.mark.parametrize(("course", "task"), tasks(), ids=lambda x: getattr(x, "name", x))
def test_every_name_of_a_task_is_a_value_a_number_or_kept(course, task):
    kept = {
        name
        for call in task.calls
        for name in task.names_in(call.returns)
        if name not in task.values
    }
    assert task.calls and any(True for _ in task.functions)
    for call in task.calls:
        assert all(name in task.values for name in call.reads.values())
        for tree in (call.arguments, call.named, call.sets):
            for name in task.names_in(tree):
                known = name in task.values or name in kept or name.startswith("'")
                known = known or name == ONES
                own = (t for t in terms_of(name) if t not in OPERATIONS)
                assert known or all(t.isidentifier() or t.isdecimal() for t in own)


def test_a_teachers_file_is_read(tmp_path):
    own = read(tmp_path, 'title = "Mine"\ngradient = "grad_{}"' + TASK)
    (task,) = own.tasks
    assert own.title == "Mine" and own.functions == {"forward"}
    assert task.values["grad_w"].gradient and task.values["grad_w"].tensor == "W"
    assert RightTask(task).derivation.upstream == ("y",)


@pytest.mark.parametrize(
    ("change", "fact"),
    [
        (('derivation = "dense"\n', ""), "the task layer has no derivation"),
        (('w = "W"', 'w = "W: d m"'), "'d m' says no layout of axes"),
        (('w = "W"', 'w = ""'), "a value says no tensor"),
        (('w = "W"', 'w = "the W"'), "'the W' is no tensor"),
        (("function =", "functions ="), "functions has no meaning here"),
        (('function = "forward"', 'function = "a b"'), "'a b' is no name of a function"),
        (('function = "forward"\n', ""), "a call names no function, or several things"),
        (("derivation =", 'colour = "red"\nderivation ='), "colour has no meaning here"),
        (('arguments = ["x", "w", "b"]', 'arguments = "x"'), "'x' is no list"),
        ((TASK, ""), "a convention has no task"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, change, fact):
    with pytest.raises(DeltaruleError) as error:
        read(tmp_path, TASK.replace(*change))
    assert error.value.fact == fact
    assert "own.toml" in error.value.place


def test_an_unknown_convention_is_refused():
    with pytest.raises(DeltaruleError, match="there is no convention cs321n") as error:
        convention("cs321n")
    assert "cs231n" in error.value.remedy


def test_what_a_course_hands_out_is_there_to_be_imported(tmp_path):
    handed = '\n[[provided]]\nmodules = ["mine.helpers"]\ntext = "def f(x): return 2 * x"\n'
    assert read(tmp_path, TASK + handed).provided == {"mine.helpers": "def f(x): return 2 * x"}
    for name in convention_names():
        for module, text in convention(name).provided.items():
            assert module and compile(text, module, "exec")


def test_what_hands_out_nothing_is_refused(tmp_path):
    with pytest.raises(DeltaruleError, match="modul has no meaning here"):
        read(tmp_path, TASK + '\n[[provided]]\nmodul = ["a"]\n')


def test_a_policy_says_what_passes_of_all_functions_and_of_one(tmp_path):
    def found(verdict, name="forward"):
        return FunctionFinding(name, "layer", verdict)

    policy = '[policy]\naccept = ["convention", "changes"]\n[policy.functions]\nforward = ["none"]'
    own = read(tmp_path, TASK + policy).policy
    assert own.words() == "convention, changes; forward: none"
    assert own.accepts(found(FunctionVerdict.CONVENTION, "other"))
    assert not own.accepts(found(FunctionVerdict.CONVENTION))
    assert not own.accepts(found(FunctionVerdict.FOLLOWS, "other"))
    assert own.accepts(found(FunctionVerdict.RIGHT))
    assert read(tmp_path, TASK).policy.words() == "follows"


@pytest.mark.parametrize(
    ("policy", "fact"),
    [
        ('accept = ["wrong"]', "'wrong' is no verdict that may pass"),
        ('accept = "follows"', "'follows' is no list"),
        ('accepts = ["follows"]', "accepts has no meaning here"),
        (
            '[policy.functions]\nbackward = ["none"]',
            "there is no function backward in the convention",
        ),
        ("functions = 3", "3 is no table"),
    ],
)
def test_what_is_no_policy_is_refused_at_its_place(tmp_path, policy, fact):
    with pytest.raises(DeltaruleError) as error:
        read(tmp_path, f"{TASK}\n[policy]\n{policy}\n")
    assert error.value.fact == fact and "own.toml" in str(error.value.place)


def test_labels_are_zeros_and_ones_at_all_settings_and_in_tests_to_paste():
    (task,) = (t for t in convention("deeplearning_ai").tasks if t.name == "cost")
    right = RightTask(task)
    drawn = [right.right(s).arrays["y"] for s in right.settings]
    drawn.append(small_examples(right).at(right.settings[0]).arrays["y"])
    assert {float(n) for y in drawn for n in y.ravel()} == {0.0, 1.0}
