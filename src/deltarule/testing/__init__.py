"""Students' code, and one's own, checked from Python, in notebooks and by pytest.

    from deltarule.testing import assert_gradient, assert_submission

    def test_my_convolution():
        assert_gradient(conv_forward, conv_backward, like="conv2d", dilation=1)

    def test_what_was_handed_in():
        assert_submission("layers.py", convention="cs231n")

`pytest --deltarule layers.py` collects the functions of a file as tests. Nothing of the library is
imported before it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from deltarule.lazy_names import lazy_names

if TYPE_CHECKING:
    from deltarule.testing.assertions import assert_gradient, assert_submission
    from deltarule.testing.code_check import CodeCheck, check

__all__ = ["CodeCheck", "assert_gradient", "assert_submission", "check"]

_HOME = {
    "assert_gradient": "assertions",
    "assert_submission": "assertions",
    "CodeCheck": "code_check",
    "check": "code_check",
}


__getattr__ = lazy_names(__name__, _HOME)
