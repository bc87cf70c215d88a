"""A whole file for one framework: both passes, what calls them there, and a self-check."""

from __future__ import annotations

import re
from collections.abc import Mapping

from deltarule.frameworks import helpers
from deltarule.frameworks.callers import Called, caller
from deltarule.frameworks.dialect import DIALECTS, Dialect
from deltarule.frameworks.pass_text import PassText
from deltarule.kernels.module import docstrings
from deltarule.kernels.module.plain_source import PlainPass
from deltarule.kernels.passes.program import Program, program
from deltarule.kernels.python_text.identifiers import PlainSpelling
from deltarule.kernels.python_text.indented import Lines
from deltarule.kernels.python_text.long_lines import folded
from deltarule.networks.network import Network
from deltarule.signed_files import signed

#: What is ∞ of large numbers.
_EXPONENTIAL = re.compile(r"\b(exp|expm1|sinh|cosh)\(")


class FrameworkSpelling(PlainSpelling):
    """Names in such a file."""

    OWN = PlainSpelling.OWN | frozenset(
        """jnp jax torch grid assigned finite real as_real as_integers entries largest logsumexp
        chosen inverse weighted quotient erf erfc first_largest log_determinant slice ctx saved
        lgamma digamma trigamma if_positive if_greater upstream random self_check sample
        arrays inside einsum_where if_later
        whole_numbers pointers""".split()
    )


class FrameworkFile:
    """Writes one program for one framework."""

    def __init__(self, made: Program, dialect: Dialect):
        self.program, self.dialect = made, dialect
        self.spelling = FrameworkSpelling()
        for tensor in {**made.backward.tensors, **made.forward.tensors}:
            self.spelling.tensor(tensor)
        self.passes = PassText(made, dialect, self.spelling)

    def text(self) -> str:
        """The passes, without what calls them."""
        made = self.program
        passes = [self._function("forward", made.forward, made.values)]
        if made.gradients:
            passes.append(self._function("backward", made.backward, made.gradient_names))
        arrays = self.passes.arrays
        functions = str(arrays.integers.written_functions(arrays.write_function))
        parts = [functions] if functions else []
        above = self._above(functions, *passes)
        body = "".join(f"{part}\n" for part in (*parts, *(f"{above}{one}" for one in passes)))
        brought = helpers.texts(self.dialect.helpers, body)
        own = "".join(f"\n\n\n{text}" for text in brought)
        return f"{self._head()}{own}\n{body}"

    def called(self) -> Called:
        """What calls the passes needs to know of them."""
        made, passes = self.program, self.passes
        forward = passes.sizes.takes(made.forward)
        backward = passes.sizes.takes(made.backward) if made.gradients else ()
        given = [t.name for t in made.network.tensors.values() if t.given]
        return Called(
            program=made,
            names={n: self.spelling.tensor(n) for n in passes.tensors},
            given=tuple(n for n in given if n in {*forward, *backward}),
            forward=PlainPass(forward, made.values),
            backward=PlainPass(backward, made.gradient_names),
        )

    def _head(self) -> str:
        what = f"both passes for {self.dialect.title}"
        tensors = self.program.network.tensors.values()
        labels = any(t.given and t.integral for t in tensors)
        more = self.dialect.untested if labels else ""
        said = docstrings.of_plain_file(self.program.network, what, more)
        return f"{said}\n\n{self.dialect.imports}"

    def _above(self, *texts: str) -> str:
        """What stands above each pass, after two empty lines."""
        loud = any(_EXPONENTIAL.search(text) for text in texts)
        return "\n\n" + (f"{self.dialect.quiet}\n" if loud and self.dialect.quiet else "")

    def _function(self, name: str, one, returned: tuple[str, ...]) -> str:
        spell, takes, lines = self.spelling.tensor, self.passes.sizes.takes(one), Lines()
        with lines.block(f"def {name}({', '.join(map(spell, takes))}):"):
            lines.add(*docstrings.of_plain_pass(name, returned))
            self.passes.write(one, lines)
            lines.add(f"return {', '.join(map(spell, returned))}")
        return str(lines)


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
