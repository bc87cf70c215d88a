"""A whole file for one framework: both passes, what calls them there, and a self-check."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import indent, wrap

from deltarule.frameworks import helpers
from deltarule.frameworks.callers import Called, caller
from deltarule.frameworks.dialect import DIALECTS, Dialect
from deltarule.frameworks.long_lines import folded
from deltarule.frameworks.pass_text import PassText
from deltarule.kernels.export import signed
from deltarule.kernels.module import docstrings
from deltarule.kernels.module.plain_source import PlainPass
from deltarule.kernels.passes.program import Program, program
from deltarule.kernels.python_text.identifiers import PlainSpelling
from deltarule.kernels.python_text.indented import Lines
from deltarule.networks.network import Network
from deltarule.spelling.names import pretty


class FrameworkSpelling(PlainSpelling):
    """Names in such a file."""

    OWN = PlainSpelling.OWN | frozenset(
        """jnp jax torch grid assigned finite real as_real as_integers entries largest logsumexp
        chosen inverse erf erfc first_largest log_determinant slice ctx saved upstream random
        self_check sample arrays""".split()
    )


class FrameworkFile:
    """Writes one program for one framework."""

    def __init__(self, made: Program, dialect: Dialect):
        self.program, self.dialect = made, dialect
        self.spelling = FrameworkSpelling()
        for tensor in {**made.backward.tensors, **made.forward.tensors}:
            self.spelling.tensor(tensor)
        self.passes = PassText(made, dialect, self.spelling)
        self.kept = tuple(dict.fromkeys((*made.forward.results, *made.kept)))
        self.gradients = tuple(
            made.gradients[t] for t in made.network.tensors if t in made.gradients
        )

    def text(self) -> str:
        """The passes, without what calls them."""
        made, lines = self.program, Lines()
        self._function("forward", made.forward, self.kept, lines)
        if self.gradients:
            self._function("backward", made.backward, self.gradients, lines)
        arrays, functions, done = self.passes.arrays, Lines(), set()
        while waiting := [f for n, f in arrays.functions.items() if n not in done]:
            for function in waiting:
                arrays.write_function(function, functions)
                done.add(function.row.name)
        body = f"{functions}\n{lines}\n" if done else f"{lines}\n"
        brought = helpers.texts(self.dialect.helpers, body)
        own = "".join(f"\n\n\n{text}" for text in brought)
        return f"{self._head()}{own}\n{body}"

    def called(self) -> Called:
        """What calls the passes needs to know of them."""
        made, passes = self.program, self.passes
        forward = passes.sizes.takes(made.forward)
        backward = passes.sizes.takes(made.backward) if self.gradients else ()
        given = [t.name for t in made.network.tensors.values() if t.given]
        return Called(
            program=made,
            names={n: self.spelling.tensor(n) for n in passes.tensors},
            given=tuple(n for n in given if n in {*forward, *backward}),
            forward=PlainPass(forward, self.kept),
            backward=PlainPass(backward, self.gradients),
        )

    def _head(self) -> str:
        network = self.program.network
        title = "\n".join(wrap(f"{network.title}: both passes for {self.dialect.title}.", 94))
        arrays = [f"    {docstrings.shaped(t.name, t)}  {t.role}" for t in network.tensors.values()]
        quoted = "\n".join((title, "", *arrays)).replace("\\", "\\\\").replace('"""', "'''")
        return f'"""{quoted}\n"""\n\n{self.dialect.imports}'

    def _function(self, name: str, one, returned: tuple[str, ...], lines: Lines) -> None:
        spell, body = self.spelling.tensor, Lines(1)
        takes = self.passes.sizes.takes(one)
        self.passes.write(one, body)
        what = ", ".join(map(pretty, returned))
        promise = f"The {'gradients' if name == 'backward' else 'values of'} {what}."
        lines.add("", "", f"def {name}({', '.join(map(spell, takes))}):")
        lines.add(indent("\n".join(_quoted(wrap(promise, 90))), "    "))
        lines.add(str(body))
        lines.add(f"    return {', '.join(map(spell, returned))}")


def _quoted(text: list[str]) -> list[str]:
    """A docstring as lines."""
    if len(text) == 1:
        return [f'"""{text[0]}"""']
    return [f'"""{text[0]}', *text[1:], '"""']


def emitted_for(target: str, name: str | Network, settings: Mapping) -> str:
    """A file with both passes for NumPy, PyTorch or JAX, which checks itself when it is run.

    `target` is numpy, torch or jax; PyTorch's file holds a `torch.autograd.Function`, JAX's a
    `custom_vjp`. `name` and `settings` are as in `deltarule.kernel`. Raises DeltaruleError for
    settings that there are not.
    """
    dialect = DIALECTS[target]
    file = FrameworkFile(program(name, dict(settings)), dialect)
    text = file.text()
    return signed(folded(text + caller(file.called(), dialect)))
