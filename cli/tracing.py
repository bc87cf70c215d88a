"""What `trace` was asked for, as its options say it."""

from __future__ import annotations

from types import SimpleNamespace


def trace(asked: SimpleNamespace) -> int:
    """Work through, and give the exit status; `asked` holds the options of `cli.main.trace`."""
    from deltarule.cli.arguments import style_of
    from deltarule.cli.trace import Request, show_trace

    style = style_of(json=asked.json, latex=asked.latex or asked.fragment)
    return show_trace(
        Request(
            asked.words or [],
            asked.example,
            asked.decimals,
            asked.significant,
            asked.rounding,
            asked.exact,
            asked.only or (),
            asked.random,
            asked.seed,
            asked.set_ or (),
            asked.rate,
            asked.as_printed,
            style,
            asked.fragment,
        )
    )
