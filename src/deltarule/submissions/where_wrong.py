"""At which settings a function is wrong, or right alone: `right only at stride 1`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from deltarule.submissions.exposing_settings import Setting

_Holds = Callable[[Setting], bool]


def where_wrong(bad: Sequence[Setting], good: Sequence[Setting], does: str = "wrong") -> str:
    """What tells the settings at which something is wrong from those at which it is right.

    A condition on strides, paddings and windows, where one parts the two; else the settings.
    "" where no setting is right. `does` says what it is at the bad ones.
    """
    bad = list(dict.fromkeys(bad))
    good = [s for s in dict.fromkeys(good) if s not in bad]
    if not good:
        return ""
    for words, holds in _conditions(bad[0]):
        if all(holds(s) for s in good) and not any(holds(s) for s in bad):
            return f"right only {words}"
        if all(holds(s) for s in bad) and not any(holds(s) for s in good):
            return f"{does} only {words}"
    named = [list(dict.fromkeys(s.words for s in side)) for side in (bad, good)]
    named[1] = [words for words in named[1] if words not in named[0]]
    if len(named[0]) <= len(named[1]):
        return f"{does} only at {'; '.join(named[0])}"
    return f"right only at {'; '.join(named[1])}" if named[1] else ""


def _conditions(setting: Setting) -> Iterator[tuple[str, _Holds]]:
    """Conditions on the attributes that a function is given, simple ones first."""
    steps = {n: word for n, word in setting.attributes.items() if word in ("stride", "dilation")}
    pads = {n: word for n, word in setting.attributes.items() if word == "pad"}
    for name, word in steps.items():
        yield f"at {word} 1", lambda s, n=name: s.sizes[n] == 1
    for name in pads:
        yield "at padding 0", lambda s, n=name: s.sizes[n] == 0
    for name in steps:
        for window in ("K", "L"):
            if window in setting.sizes:
                yield (
                    "where windows do not overlap",
                    lambda s, n=name, w=window: s.sizes[n] >= s.sizes[w],
                )
        if {"K", "L"} <= setting.sizes.keys():
            yield (
                "where windows do not overlap",
                lambda s, n=name: s.sizes[n] >= max(s.sizes["K"], s.sizes["L"]),
            )
