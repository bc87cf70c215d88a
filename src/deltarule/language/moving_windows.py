"""Windows that move along axes: stride, dilation and padding, for all axes or each its own.

    rows, columns = windows((H, K), (W, L), stride=("S", 1), dilation=("D", 1), pad=("P", 0))
    I, J = size("I", rows.count), size("J", columns.count)
    … x[n, c, rows.at(i, k), columns.at(j, l)] …

What a symbol is given for is one for all axes unless the reader asks otherwise: `stride="2,3"`
gives a number for each axis, `stride="S,R"` a symbol, `pad="0:1,2:2"` other paddings before and
behind, `pad="same"` what leaves ⌈H/S⌉ places of H.
"""

from __future__ import annotations

from typing import NamedTuple

from sympy import Expr, Integer

from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import Condition, Divides, FloorQuotient, free_symbols
from deltarule.expressions.quotients import CeilingQuotient, Least
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Attribute
from deltarule.language.declarations import Page, current, expression
from deltarule.language.option_values import as_default
from deltarule.language.window_values import Given, is_whole, of_each_axis
from deltarule.networks.network import Option

#: A symbol and its usual value, as in ("S", 1); without a symbol, a number unless asked for.
Usual = tuple[str, int]


class Tap(NamedTuple):
    """Which tap of a window it is, and the statements under which it is one: dilations divide."""

    at: Expr
    whole: tuple[Condition, ...]


class Window(NamedTuple):
    """How a window of `width` taps lies along an axis of `extent` places.

    `before` and `behind` are the places of padding at the two ends. With `ceil`, a last window
    counts that stands out behind, as long as it begins before the padding there (PyTorch's
    ceil_mode).
    """

    extent: Expr
    width: Expr
    stride: Expr
    dilation: Expr
    before: Expr
    behind: Expr
    ceil: bool = False

    @property
    def reach(self) -> Expr:
        """How many places the window spans, less one."""
        return self.dilation * (self.width - 1)

    @property
    def count(self) -> Expr:
        """At how many places the window stands."""
        span = self.extent + self.before + self.behind - self.reach - 1
        if not self.ceil:
            return FloorQuotient(span, self.stride) + 1
        last = FloorQuotient(self.extent + self.before - 1, self.stride)
        return Least(CeilingQuotient(span, self.stride), last) + 1

    @property
    def spread(self) -> Expr:
        """How many places the stamps of a transposed convolution cover, less the padding."""
        return self.stride * (self.extent - 1) + self.reach + 1 - self.before - self.behind

    def at(self, place: Expr, tap: Expr) -> Expr:
        """Where tap `tap` of the window at `place` lies on the axis."""
        return self.stride * place + self.dilation * tap - self.before

    def tap(self, at: Expr, place: Expr) -> Tap:
        """Which tap of the window at `place` lies at a place of the axis."""
        from_start = at + self.before - self.stride * place
        if self.dilation == 1:
            return Tap(from_start, ())
        quotient = FloorQuotient(from_start, self.dilation)
        return Tap(quotient, (Divides(self.dilation, from_start),))

    def kept(self, stamps: bool) -> Window:
        """The same with the padding, more of it behind, that leaves ⌈extent/stride⌉ places; where
        they are `stamps`, that covers extent·stride places."""
        extent, stride = self.extent, self.stride
        covered = extent if stamps else CeilingQuotient(extent, stride)
        missing = stride * (covered - 1) + self.reach + 1
        missing -= stride * extent if stamps else extent
        missing = -Least(0, -missing.expand())
        before = FloorQuotient(missing, 2)
        return self._replace(before=before, behind=missing - before)


def windows(
    *axes: tuple,
    stride: Usual,
    pad: Usual,
    dilation: Usual = ("", 1),
    ceil: bool = False,
    stamps: bool = False,
    meets: bool = False,
) -> tuple[Window, ...]:
    """The windows along some axes, each given as (extent, width), with the reader's options.

    `ceil` offers the option ceil_mode; `stamps` are those of a transposed convolution; where a
    window `meets` its axis, no padding is so wide that all of one lies in it. Raises
    DeltaruleError for values that do not fit the axes, and for names that are taken.
    """
    page = current()
    for name, usual in (("stride", stride), ("pad", pad), ("dilation", dilation)):
        _check_usual(name, usual, page)
    sized = [tuple(expression(part, page) for part in axis) for axis in axes]
    read = _Reading(page, len(axes), {s.name for a in sized for p in a for s in free_symbols(p)})
    strides = read.alike("stride", stride)
    apart = read.alike("dilation", dilation)
    pads = read.padding("pad", pad)
    more = ceil and _ceil_mode(page)
    found = []
    for (extent, width), s, d, ends in zip(sized, strides, apart, pads, strict=True):
        window = Window(extent, width, s, d, *(ends or (Integer(0), Integer(0))), more)
        found.append(window if ends else window.kept(stamps))
        if meets and ends:
            read.refuse_outside(window)
    return tuple(found)


def _check_usual(name: str, usual: object, page: Page) -> None:
    match usual:
        case (str(), int()):
            return
    example = {"stride": '("S", 1)', "pad": '("P", 0)', "dilation": '("D", 1)'}[name]
    raise DeltaruleError(
        f"{name} is {usual!r}, not a name and its usual value",
        page.place(),
        f'write {name}={example}; without a letter, {name}=("", {example[-2]}), it is that number',
    )


def number_or_name(name: str, usual: int, help: str, least: int = 1) -> Expr:
    """A number that is as usual unless the reader gives another, or a name for any: `groups="G"`.

    Raises DeltaruleError for a value that is neither.
    """
    return along_axes(1, name, usual, help, least)[0]


def along_axes(rank: int, name: str, usual: int, help: str, least: int = 1) -> list[Expr]:
    """The same for each of `rank` axes: `output_padding="0,1"`."""
    return _Reading(current(), rank, set()).alike(name, ("", usual), help, least)


def behind_stamps(help: str, *windows: Window) -> list[Expr]:
    """The option output_padding: so many places more behind what stamps cover, along each axis.

    Raises DeltaruleError for as many as the stride and the dilation, as PyTorch does: no place of
    the input would ever reach them.
    """
    name = "output_padding"
    found = along_axes(len(windows), name, 0, help, least=0)
    for more, window in zip(found, windows, strict=True):
        steps = [_usually(n) for n in (window.stride, window.dilation)]
        if all((_usually(more) - n).is_nonnegative for n in steps):
            raise DeltaruleError(
                f"{name} = {more} is too large beside a stride of {steps[0]}",
                current().name,
                f"{name} is below the stride or the dilation: give at most {max(steps) - 1}",
            )
    return found


def _usually(value: Expr) -> Expr:
    """A value at the usual numbers of what the reader has not given."""
    return substitute(value, {s: Integer(n) for s, n in current().attributes.items()})


def _ceil_mode(page: Page) -> bool:
    help = "a last window counts that stands out behind"
    value = as_default("ceil_mode", page.asked.get("ceil_mode", False), False, page.name)
    page.options["ceil_mode"] = Option("ceil_mode", value, False, help)
    return value


class _Reading:
    """The options of windows as they were asked for, read for so many axes."""

    def __init__(self, page: Page, rank: int, taken: set[str]):
        self._page, self._rank = page, rank
        self._taken = taken | {s.name for s in page.attributes}

    def alike(self, name: str, usual: Usual, help: str = "", least: int = 1) -> list[Expr]:
        """A number or symbol for each axis."""
        found = self._asked(name, usual, help, "2,3 one an axis" if self._rank > 1 else "")
        if found is None:
            return [self._usual(usual, least)] * self._rank
        given, axes = found
        if any(len(axis) > 1 or "same" in axis for axis in axes):
            raise given.unfit("says two ends", "only a padding has one before and one behind")
        return [self._value(given, axis[0], usual, least) for axis in axes]

    def padding(self, name: str, usual: Usual) -> list[tuple[Expr, Expr] | None]:
        """What is added before and behind each axis; None where ⌈H/S⌉ places are to be left."""
        rest = "0:1,2:3 before and behind" if self._rank > 1 else "0:1 before and behind"
        found = self._asked(name, usual, "", rest + "; same")
        if found is None:
            both = self._usual(usual, 0)
            return [(both, both)] * self._rank
        given, axes = found
        if all(axis == ("same",) for axis in axes):
            return [None] * self._rank
        return [
            (self._value(given, axis[0], usual, 0), self._value(given, axis[-1], usual, 0))
            for axis in axes
        ]

    def refuse_outside(self, window: Window) -> None:
        """Raises DeltaruleError for padding in which a whole window may lie, at some extent."""
        reach = _usually(window.reach)
        for pad in (window.before, window.behind):
            if (pad - reach).is_positive:
                raise DeltaruleError(
                    f"pad = {pad} leaves windows of {reach + 1} places wholly outside",
                    self._page.name,
                    f"give a pad of at most {reach}, or wider windows",
                )

    def _asked(
        self, name: str, usual: Usual, help: str, more: str
    ) -> tuple[Given, list[tuple[str, ...]]] | None:
        """The value that is asked for, by axes; None for none. The option is declared."""
        page, (symbol, number) = self._page, usual
        help = f"{symbol}: a symbol unless given" if symbol else help or f"{number} unless given"
        help = "; ".join(filter(None, (help, more, "a name stands for any")))
        page.options[name] = Option(name, None if symbol else number, number, help)
        if name not in page.asked:
            return None
        given, axes = of_each_axis(name, page.asked[name], self._rank, page.name)
        value = int(given.text) if is_whole(given.text) else given.text
        page.options[name] = Option(name, value, number, help)
        return given, axes

    def _usual(self, usual: Usual, least: int) -> Expr:
        symbol, number = usual
        return self._symbol(symbol, number, least) if symbol else Integer(number)

    def _value(self, given: Given, part: str, usual: Usual, least: int) -> Expr:
        if is_whole(part):
            if int(part) < least:
                raise given.unfit("is too small", f"{given.name} is at least {least}")
            return Integer(int(part))
        if part == "same":
            raise given.unfit("is same along one axis alone", "say same alone, for all axes")
        if part in self._taken:
            raise given.unfit(f"calls it {part}, as something else is", "give it another name")
        return self._symbol(part, usual[1], least)

    def _symbol(self, name: str, usual: int, least: int) -> Expr:
        symbol = Attribute(name, positive=least > 0)
        self._page.attributes[symbol] = usual
        return symbol
