"""Which page of `derive` was asked for: a derivation, its kernel, counts, a proof, a list."""

from __future__ import annotations

from types import SimpleNamespace

from deltarule.cli.arguments import one_style
from deltarule.notation.errors import DeltaruleError


def derive(asked: SimpleNamespace) -> int:
    """Show what the options of `derive` ask for, and give the exit status.

    `asked` holds the options by name, as `cli.main.derive` takes them.
    """
    if asked.list_ or asked.explain is not None or asked.options:
        return _from_the_catalogue(asked)
    texts = {"latex": asked.latex or asked.fragment, "markdown": asked.markdown}
    style = one_style(json=asked.json, **texts)
    words, settings = asked.words or [], asked.set_ or ()
    pages = {"prove": asked.prove is not None, "count": asked.count or asked.strict,
             "kernel": asked.kernel or asked.emit is not None}  # fmt: skip
    if any(pages.values()):
        one_style(**pages, **texts)
    _only_with_a_kernel(asked, pages["kernel"])
    if pages["prove"]:
        from deltarule.cli.prove import show_proof

        return show_proof(asked.prove, words, as_json=asked.json)
    if pages["count"]:
        from deltarule.cli.count import Request, show_count

        return show_count(Request(words, settings, asked.strict, style))
    if pages["kernel"]:
        from deltarule.cli.kernel import Request, show_kernel

        dtype = asked.dtype or "float64"
        return show_kernel(  # fmt: skip
            Request(words, settings, dtype, asked.parallel, asked.emit, asked.force, style,
                    asked.wrt or ())
        )
    from deltarule.cli.derive import Request, show_derivation

    return show_derivation(
        Request(words, asked.wrt or (), asked.of, settings, style, asked.steps, asked.brief,
                asked.fragment)
    )  # fmt: skip


def _from_the_catalogue(asked: SimpleNamespace) -> int:
    from deltarule.cli import catalogue

    if asked.list_:
        return catalogue.show_list(as_json=asked.json)
    if asked.explain is not None:
        return catalogue.show_rule(asked.explain, as_json=asked.json)
    return catalogue.show_options(asked.words or [], as_json=asked.json)


def _only_with_a_kernel(asked: SimpleNamespace, kernel: bool) -> None:
    """Raises DeltaruleError for an option that says nothing about what was asked for."""
    if asked.force and asked.emit is None:
        raise DeltaruleError("--force is for --emit alone", "the command line", "leave it out")
    for option, given in (("--dtype", asked.dtype is not None), ("--parallel", asked.parallel)):
        if given and not kernel:
            raise DeltaruleError(
                f"{option} is about a kernel", "the command line", "add --kernel, or --emit FILE.py"
            )
    if asked.of and kernel:
        raise DeltaruleError(
            "a kernel gives the gradients of the loss or the outputs", "--of", "leave it out"
        )
