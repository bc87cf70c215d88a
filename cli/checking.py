"""Which page of `check` was asked for: the marking of a sheet or answers, or gradients."""

from __future__ import annotations

from types import SimpleNamespace

from deltarule.cli.arguments import one_style
from deltarule.notation.errors import DeltaruleError


def check(asked: SimpleNamespace) -> int:
    """Show what the options of `check` ask for, and give the exit status.

    `asked` holds the options by name, as `cli.main.check` takes them.
    """
    words = asked.words or []
    style = one_style(json=asked.json, latex=asked.latex, markdown=asked.markdown)
    of_programs = bool(words) and words[0].partition(":")[0].endswith(".py")
    if words[:1] == ["gradient"] or of_programs:
        from deltarule.cli.gradient import Request, show_gradients

        marking = {"sheet": asked.sheet, "template": asked.template, "run": asked.run_,
                   "output": asked.output, "latex": asked.latex or None,
                   "markdown": asked.markdown or None}  # fmt: skip
        _refuse(marking, "is about sheets and answers", "check gradient conv")
        what = words if of_programs else words[1:]
        return show_gradients(
            Request(
                what, asked.set_ or (), asked.shape or (), asked.seed, asked.jacobian, style,
                not asked.no_kernel, asked.rtol, asked.atol, asked.timeout,
            )
        )  # fmt: skip
    from deltarule.cli.check import Request, show_check

    gradients = {"set": asked.set_, "shape": asked.shape, "seed": asked.seed or None,
                 "jacobian": asked.jacobian or None, "no-kernel": asked.no_kernel or None,
                 "rtol": asked.rtol, "atol": asked.atol, "timeout": asked.timeout}  # fmt: skip
    _refuse(gradients, "is about gradients", "check gradient conv")
    return show_check(
        Request(words, asked.sheet, asked.template, asked.run_, asked.output, style)
    )


def _refuse(options: dict, fact: str, example: str) -> None:
    """Raises DeltaruleError for an option that says nothing about what is checked."""
    for name, value in options.items():
        if value is not None and value != []:
            raise DeltaruleError(
                f"--{name} {fact}", "the command line", f"leave it out, or write {example}"
            )
