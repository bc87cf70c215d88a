"""What stands in the parentheses of a call: arguments, axes, and keywords such as axis=0."""

from __future__ import annotations

from collections.abc import Container

from sympy import Expr

from deltarule.formulas.bounded import Bounded
from deltarule.formulas.spelled import ALIASES, LEFT_OUT, SAME

_KEYWORDS = (
    "axis", "dim", "keepdims", "keepdim", "dtype", "ddof", "correction", "unbiased",
)  # fmt: skip
#: Keywords of bounds, below and above.
_BOUNDS = (("min", "a_min", "amin"), ("max", "a_max", "amax"))
#: Keywords of the constant that a function takes behind its value.
_CONSTANTS = ("alpha", "negative_slope", "lambd", "weight")
#: Words for a bound that there is not.
_NO_BOUND = ("None", "inf", "∞")
_WORDS = {"True": True, "False": False, "true": True, "false": False, "None": None}
#: Names that are keywords where = stands behind them, and words that are their values.
KEYWORDS, VALUES = frozenset({*_KEYWORDS, *_CONSTANTS, *sum(_BOUNDS, ())}), frozenset(_WORDS)
#: An axis, several, or None for the whole array.
Axis = int | tuple[int, ...] | None


class Arguments(Bounded):
    """The grammar of arguments."""

    #: The keywords of the last call, such as axis=0.
    keywords: dict[str, object] = {}  # noqa: RUF012

    def arguments(self, name: str, numbers: Container[int] = (1,)) -> list[Expr]:
        """What stands in parentheses, parted by commas: so many arguments as a function has."""
        self.expect("(")
        found: list[Expr] = []
        keywords: dict[str, object] = {}
        while True:
            if [t.text for t in self.rest[1:2]] == ["="] and self.rest[0].kind == "name":
                key = self.pop().text
                if key in _CONSTANTS:  # elu(x, alpha=0.5), of which the place says the same
                    self.pop()
                    found.append(self.sum_of_terms())
                    if not self.take(","):
                        break
                    continue
                if key not in _KEYWORDS and not (name == "clip" and key in sum(_BOUNDS, ())):
                    raise self.error(f"{key}= is not read", "axis= and keepdims= are")
                self.pop()
                keywords[key] = self._bound() if name == "clip" else self._option()
            elif name == "clip" and found:
                found.append(self._bound())
            elif self.next() != ")" or not found:
                found.append(self._compared(self.sum_of_terms()))
            if not self.take(","):
                break
        self.expect(")")
        if len(found) == 1:
            found.extend(map(self._constant, LEFT_OUT.get(name, ())))
        if len(found) not in numbers:
            raise self.error(f"{len(found)} arguments of {name}", "commas stand between arguments")
        self.keywords = keywords
        return found

    def _bound(self) -> Expr | None:
        """A bound of clip(x, low, high); None for None and ±∞."""
        rest = [t.text for t in self.rest[:3]]
        sign = rest[:1] == ["-"]
        if (
            rest[sign : sign + 1]
            and rest[sign] in _NO_BOUND
            and rest[sign + 1 :][:1] in ([","], [")"])
        ):
            del self.rest[: 1 + sign]
            return None
        return self.sum_of_terms()

    def bounds_behind(self, found: list) -> list:
        """A value with its lower and upper bound, in their places or by their keywords."""
        value, *bounds = found
        low, high = [*bounds, None, None][:2]
        for key, bound in self.keywords.items():
            low = bound if key in _BOUNDS[0] else low
            high = bound if key in _BOUNDS[1] else high
        return [value, low, high]

    def _option(self) -> object:
        """The value of a keyword: a number, several in parentheses, or True."""
        if self.take("("):
            found = [self._whole_number()]
            while self.take(","):
                if self.next() != ")":
                    found.append(self._whole_number())
            self.expect(")")
            return tuple(found)
        token = self.rest[0] if self.rest else None
        if token is not None and token.kind in ("name", "call"):
            return _WORDS.get(self.pop().text)
        return self._whole_number()

    def _whole_number(self) -> int:
        minus = self.take("-")
        token = self.pop()
        if not token.text.isdecimal() or len(token.text) > 2:
            raise self.error(f"{token.text!r} is no axis", "axes are counted from 0, as in axis=0")
        return -int(token.text) if minus else int(token.text)

    def _of_method(self, name: str) -> list:
        """What stands behind a method: integers as such, all else as parts of a formula."""
        clips = ALIASES.get(name, name) == "clip"
        self.expect("(")
        self.keywords = keywords = {}
        found: list = []
        while self.next() != ")":
            if [t.text for t in self.rest[1:2]] == ["="]:
                key = self.pop().text
                if key not in _KEYWORDS and not (clips and key in sum(_BOUNDS, ())):
                    raise self.error(f"{key}= is not read", "axis= and keepdims= are")
                self.pop()
                keywords[key] = self._bound() if clips else self._option()
            elif clips:
                found.append(self._bound())
            elif self._axis_ahead():
                found.append(self._option())
            elif name in SAME:
                self.pop()
            else:
                found.append(self.sum_of_terms())
            if not self.take(","):
                break
        self.expect(")")
        self.keywords = keywords
        flat: list = []
        for one in found:
            flat += one if isinstance(one, tuple) else [one]
        return flat

    def _axis_ahead(self) -> bool:
        """Whether integers and nothing else stand before the next comma or bracket."""
        texts = [t.text for t in self.rest[:12]]
        if texts[:1] == ["("]:
            inside = texts[1 : texts.index(")")] if ")" in texts else ["x"]
            return all(t.isdecimal() or t in ("-", ",") for t in inside)
        number = texts[1:] if texts[:1] == ["-"] else texts
        return "".join(number[:1]).isdecimal() and number[1:2] in ([","], [")"])

    def _axis(self, arguments: list) -> Axis:
        """The axis that a call names, by a keyword or in its place."""
        axis = self.keywords.get("axis", self.keywords.get("dim"))
        if axis is None and arguments:
            axis = tuple(arguments) if len(arguments) > 1 else arguments[0]
        if isinstance(axis, int) or axis is None:
            return axis
        if isinstance(axis, tuple) and all(isinstance(a, int) for a in axis):
            return axis
        raise self.error("an axis is a whole number", "axes are counted from 0, as in axis=0")

    @property
    def _fewer(self) -> int:
        """By how much the divisor of a variance is less than the number of its terms.

        NumPy divides by n and says `axis`; PyTorch says `dim` and divides by n − 1, unless there
        is another `correction`, or `unbiased=False`.
        """
        given = self.keywords.get("ddof", self.keywords.get("correction"))
        if isinstance(given, int):
            return int(given)
        return int(bool(self.keywords.get("unbiased", "dim" in self.keywords)))

    @property
    def _keeps(self) -> bool:
        return bool(self.keywords.get("keepdims", self.keywords.get("keepdim")))

    def _compared(self, left: Expr) -> Expr:
        """A mask such as (x > 0)."""
        raise NotImplementedError


def numbers_among(found: list) -> list[int]:
    """The integers among arguments."""
    plain = [getattr(one, "of", None) for one in found]
    parts = [p[0].entry if p else one for p, one in zip(plain, found, strict=True)]
    return [int(n) for n in parts if getattr(n, "is_Integer", False)]
