"""At which settings a function is wrong, or right alone: `right only at stride 1`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, product

from deltarule.submissions.exposing_settings import Setting

_Holds = Callable[[Setting], bool]

#: So many settings are named at most, and those that are said by what is special of their sizes.
FEW = 2
_BY_SIZES = (
    *("one time", "one example"),
    *("sizes that leave a remainder", "sizes that are all equal"),
)


def where_wrong(
    bad: Sequence[Setting],
    good: Sequence[Setting],
    does: str = "wrong",
    further: Sequence[tuple[str, _Holds]] = (),
) -> str:
    """What tells the settings at which something is wrong from those at which it is right.

    A condition on strides, paddings and windows, or one of the `further` ones, where one parts the
    two; else one or two settings, if these are said by what is special there. "" where nothing
    tells them apart but chance. `does` says what it is at the bad ones.
    """
    bad = list(dict.fromkeys(bad))
    good = [s for s in dict.fromkeys(good) if s not in bad and tells(s)]
    if not good:
        return ""
    found = condition_of(bad, good, does, further)
    if found:
        return found
    named = [list(dict.fromkeys(s.words for s in side)) for side in (bad, good)]
    if all(map(_by_numbers, bad)) and len(named[0]) <= FEW:
        return f"{does} only at {'; '.join(named[0])}"
    named[1] = [words for words in named[1] if words not in named[0]]
    if all(s.words in _BY_SIZES for s in good) and 0 < len(named[1]) <= FEW:
        return f"right only at {'; '.join(named[1])}"
    return ""


def _by_numbers(setting: Setting) -> bool:
    """Whether a setting is said by its numbers, or by one extreme of its sizes: not by chance."""
    scalar = bool(setting.scalars) and " = " in setting.words and not setting.special
    return setting.numbers != "usual" or scalar or setting.words in _BY_SIZES


def tells(setting: Setting) -> bool:
    """Whether what is right there says something: beside large numbers small ones are lost."""
    return setting.numbers != "large"


def condition_of(
    bad: Sequence[Setting],
    good: Sequence[Setting],
    does: str = "wrong",
    further: Sequence[tuple[str, _Holds]] = (),
) -> str:
    """The condition that parts the settings at which something is wrong from the others, or ""."""
    good = [s for s in good if s not in bad]
    for words, other, holds in _conditions(bad[0]) if bad and good else ():
        if all(holds(s) for s in good) and not any(holds(s) for s in bad):
            return f"right only {words}"
        if all(holds(s) for s in bad) and not any(holds(s) for s in good):
            return f"right only {other}" if does == "wrong" else f"{does} only {words}"
    return _further(bad, good, further) if good else ""


def _further(
    bad: Sequence[Setting], good: Sequence[Setting], further: Sequence[tuple[str, _Holds]]
) -> str:
    """One of the further conditions, or two of which either makes it right."""
    never_wrong = [c for c in further if not any(c[1](s) for s in bad)]
    for number in (1, 2):
        for several in combinations(never_wrong, number):
            if all(any(holds(s) for _, holds in several) for s in good):
                return f"right only {' or '.join(words for words, _ in several)}"
    return ""


def _conditions(setting: Setting) -> Iterator[tuple[str, str, _Holds]]:
    """Conditions on the attributes that a function is given, simple ones first, and what holds
    where they do not."""
    steps = {n: word for n, word in setting.attributes.items() if word in ("stride", "dilation")}
    pads = {n: word for n, word in setting.attributes.items() if word == "pad"}
    for name, word in steps.items():
        yield f"at {word} 1", f"at {word} > 1", lambda s, n=name: s.sizes[n] == 1
    for name in pads:
        yield "at padding 0", "at padding > 0", lambda s, n=name: s.sizes[n] == 0
    windows = [w for w in ("K", "L") if w in setting.sizes]
    for name, window in product(steps, windows):
        side = {"K": "height", "L": "width"}[window]
        beside = f"where the stride is the windows' {side}"
        other = f"where the stride is not the windows' {side}"
        yield beside, other, lambda s, n=name, w=window: s.sizes[n] == s.sizes[w]
    for name in steps if len(windows) > 1 else ():
        yield (
            "where windows are squares as wide as the stride",
            "where windows are no squares as wide as the stride",
            lambda s, n=name: s.sizes[n] == s.sizes["K"] == s.sizes["L"],
        )
    apart = "where windows do not overlap", "where windows overlap"
    for name in steps:
        for several in (*([w] for w in windows), windows):
            if several:
                yield (*apart, lambda s, n=name, w=several: _apart(s, n, w))


def _apart(setting: Setting, step: str, windows: Sequence[str]) -> bool:
    return all(setting.sizes[step] >= setting.sizes[w] for w in windows)
