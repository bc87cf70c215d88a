"""What `check` and `check gradient` were asked for, as their options say it."""

from __future__ import annotations

from types import SimpleNamespace


def check(asked: SimpleNamespace) -> int:
    """Mark, and give the exit status; `asked` holds the options of `cli.main.check`."""
    from deltarule.cli.arguments import style_of
    from deltarule.cli.check import Request, show_check

    return show_check(
        Request(
            asked.words or [],
            asked.sheet,
            asked.template,
            asked.run_,
            asked.output,
            style_of(json=asked.json, latex=asked.latex, markdown=asked.markdown),
            asked.brief,
        )
    )


def check_gradients(asked: SimpleNamespace) -> int:
    """Measure gradients; `asked` holds the options of `cli.main.gradient`."""
    from deltarule.cli.gradient import Request, show_gradients

    return show_gradients(
        Request(
            asked.words or [],
            asked.set_ or (),
            asked.shape or (),
            asked.seed,
            asked.jacobian,
            "json" if asked.json else "screen",
            not asked.no_kernel,
            asked.rtol,
            asked.atol,
            asked.timeout,
        )
    )
