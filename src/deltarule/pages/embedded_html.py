"""Results inside other pages, such as a notebook's: they bring their style, and change no other."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

from deltarule.calculus.steps import Derivation
from deltarule.marking.verdicts import Marking
from deltarule.pages.blocks_html import STYLES
from deltarule.pages.derivation_html import derivation_body
from deltarule.pages.html_page import own_file, text_html
from deltarule.pages.marking_html import marking_body
from deltarule.pages.trace_html import trace_html
from deltarule.reports.latex_alphabet import latex
from deltarule.reports.selection import is_seed
from deltarule.reports.things import ShownDerivation, ShownTrace
from deltarule.tracing.trace import Trace

if TYPE_CHECKING:
    from deltarule.kernels.api import Kernel

#: How high a page with a script is in a notebook; a reader can pull it larger.
_FRAME = "width:100%;height:42rem;border:1px solid #8888;border-radius:.4rem;resize:vertical"

#: A ground of its own, for tables too, whose rows and words a notebook colours: the page around may
#: be light where the reader's system is dark, or dark where it is light, as JupyterLab's is.
_GROUND = (
    "background: var(--paper); color: var(--ink); padding: 0.5rem;\n"
    "&&& :is(table, thead, tbody, tr, th, td, pre, code, p:not([class]), h1, h2, h3, li, dt, dd) "
    "{ background: none; color: inherit; }\n"
)


def embedded(body: Iterable[str]) -> str:
    """A fragment of HTML in an element of its own, to which its rules of style are nested."""
    rules = "\n".join(map(own_file, STYLES)).replace(":root", "&")
    return (
        f'<div class="deltarule"><style>.deltarule {{\n{_GROUND}{rules}}}</style>\n'
        f"{''.join(body)}</div>"
    )


def derivation_embedded(derivation: Derivation) -> str:
    """All gradients; steps unfold."""
    return embedded(derivation_body(ShownDerivation(derivation, [*derivation.gradients.values()])))


def derivation_aligned(derivation: Derivation) -> str:
    """The closed forms as aligned LaTeX between dollars, as notebooks take it."""
    gradients = [g for g in derivation.gradients.values() if not is_seed(g)]
    rows = (f"{latex(left)} &= {latex(right)}" for g in gradients for left, right in g.lines)
    return "$$\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}$$"


def marking_embedded(marking: Marking) -> str:
    """The verdicts and the total."""
    return embedded(marking_body(marking))


def trace_embedded(trace: Trace) -> str:
    """The page of a trace in a frame, where its script can go through it and reach nothing else."""
    page = escape(trace_html(ShownTrace(trace, None)), quote=True)
    title = text_html(trace.network.title)
    frame = f'sandbox="allow-scripts" title="{title}" style="{_FRAME}"'
    # What no frame is shown in, such as a notebook that is not trusted yet, says why.
    instead = f"{title}: shown where the cell is run, or the notebook is trusted."
    return f'<iframe srcdoc="{page}" {frame}>{instead}</iframe>'


def kernel_embedded(kernel: Kernel) -> str:
    """What the kernel takes, and its text to be unfolded."""
    said = text_html(repr(kernel))
    text = text_html(kernel.source)
    return embedded(
        (
            f"<p><code>{said}</code></p><details><summary>its text</summary>",
            f'<pre tabindex="0"><code>{text}</code></pre></details>',
        )
    )
