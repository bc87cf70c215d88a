"""No right gradient is called wrong, every wrong one is, and hints are true."""

from pathlib import Path

import pytest

from deltarule.gradcheck.user_code.check_functions import check_own
from deltarule.gradcheck.user_code.function import names_in, opened, read

HERE = Path(__file__).parent
RIGHT = {n: f for f in map(opened, sorted(HERE.glob("own_right*.py"))) for n in names_in(f)}
BAD = {n: f for f in map(opened, sorted(HERE.glob("own_wrong*.py"))) for n in names_in(f)}
SLOW = {"max_pool": {"N": 2, "H": 4, "W": 5}, "attention": {"N": 2, "T": 3, "D": 2, "P": 2}}
#: For each wrong function the gradients that are wrong, and what is said of them.
WRONG = {
    "two_means_kept": ("x", "the paths through the mean (line 8) and the variance (line 8)"),
    "variance_kept": ("x", "the path through the mean (line 21) is left out"),
    "gamma_lost": ("x", "gamma is left out, as if it were 1"),
    "rows_set": ("E", "where an entry is read several times, the last time alone counts"),
    "exchanged": ("x w", "stride and dilation are exchanged in it"),
    "dilation_unread": ("x w", "dilation is never read"),
    "same": ("x w", ""),
    "not_flipped": ("x", "w stands in reverse order in it: a kernel that is flipped, or not"),
    "weights_lost": ("s", "a is left out, as if it were 1"),
    "factor_unread": ("x", "factor is never read"),
    "no_skip": ("x", "what the argument adds to the value directly is left out"),
    "in_wrong_order": ("x y", "it is the gradient by"),
    "mean_over_rows": ("x", "it is multiplied by D: a sum where there is a mean"),
    "norm_kept": ("x", "the path through the norm (line 173) is left out"),
    "root_lost": ("q", "it is √D times what it should be"),
    "diagonal": ("x", "only the diagonal ∂y[i]/∂x[i] is there"),
    "through_one": ("x res", "all gradients from outside are sent back through result 1"),
    "always_last": ("x", "axis is never read"),
    "tiny": ("x", "it is 0 everywhere"),
    "column": ("b", "along D, the first alone counts where all are added up"),
    "Dense": ("b", "it is divided by N: a mean where there is a sum"),
    "product": ("x", "at x with one zero; it holds what is no number"),
    "x_log_y": ("x", "at x with one zero"),
    "inverse_sinh": ("x", "at x with one zero"),
    "sinc": ("x", "at x with one zero; it holds what is no number"),
    "cube": ("x", "at x with one zero; it holds what is no number"),
    "stable_bce": ("x", "at x with one zero"),
    "ramps": ("x", "at x with one zero"),
    "every_tie": ("x", "a tie passes on more or less than there is"),
    "softplus": ("x", "at values of 1000; it holds what is no number"),
    "two_zeros": ("x", "at x with two zeros"),
    "SizedMean": ("W", "it is divided by N: a mean where there is a sum"),
    "larger": ("y", "all entries of x, y moved at once: a tie passes on more"),
}


def checked(files, name, sizes=None):
    return check_own(read(files[name], name, {}, {}), sizes=sizes)


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_is_never_called_wrong(name):
    result = checked(RIGHT, name, SLOW.get(name))
    assert result.right, (result.faults, [c for c in result.checks if not c.right])
    assert len(result.checks) >= 3 and len(result.tried.points) >= 5


def test_every_wrong_function_has_a_verdict():
    assert set(BAD) == set(WRONG) and len(WRONG) >= 30
    assert len(RIGHT) >= 35


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_caught_and_named(name):
    tensors, hint = WRONG[name]
    result = checked(BAD, name)
    wrong = [c for c in result.checks if not c.right]
    assert not result.faults and {c.tensor for c in wrong} == set(tensors.split())
    assert all(hint in c.note for c in wrong), {c.note for c in wrong}
