"""Which page of `derive` was asked for: a derivation, its kernel, counts, a proof, a list."""

from __future__ import annotations

from types import SimpleNamespace

from deltarule.cli.arguments import style_of


def derive(asked: SimpleNamespace) -> int:
    """Show what the options of `derive` ask for, and give the exit status.

    `asked` holds the options by name, as `cli.main.derive` takes them.
    """
    if asked.list_ or asked.explain is not None or asked.options:
        return _from_the_catalogue(asked)
    style = style_of(json=asked.json, latex=asked.latex or asked.fragment, markdown=asked.markdown)
    words, settings = asked.words or [], asked.set_ or ()
    if asked.prove is not None:
        from deltarule.cli.prove import show_proof

        return show_proof(asked.prove, as_json=asked.json)
    if asked.count or asked.strict:
        from deltarule.cli.count import Request, show_count

        return show_count(Request(words, settings, asked.strict, style))
    if asked.kernel or asked.emit is not None:
        from deltarule.cli.kernel import Request, show_kernel

        dtype = asked.dtype or "float64"
        return show_kernel(
            Request(
                words,
                settings,
                dtype,
                asked.parallel,
                asked.emit,
                asked.force,
                style,
                asked.wrt or (),
            )
        )
    from deltarule.cli.derive import Request, show_derivation

    return show_derivation(
        Request(
            words,
            asked.wrt or (),
            asked.of,
            settings,
            style,
            asked.steps,
            asked.brief,
            asked.fragment,
            asked.all_,
        )
    )


def _from_the_catalogue(asked: SimpleNamespace) -> int:
    from deltarule.cli import catalogue

    if asked.list_:
        return catalogue.show_list(as_json=asked.json)
    if asked.explain is not None:
        from deltarule.cli.explain import show_rule

        return show_rule(asked.explain, as_json=asked.json)
    return catalogue.show_options(asked.words or [], as_json=asked.json)
