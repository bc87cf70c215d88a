"""What a notebook shows of a result. A result knows no page: what shows it is found by name, and
imported when a notebook asks.
"""

from __future__ import annotations

from importlib import import_module

#: Of each kind of result and media type, the module and the function that give a text.
SHOWN = {
    "Derivation": {
        "text/html": ("pages.embedded_html", "derivation_embedded"),
        "text/latex": ("pages.embedded_html", "derivation_aligned"),
        "text/plain": ("cli.embedded_page", "derivation_text"),
    },
    "Trace": {
        "text/html": ("pages.embedded_html", "trace_embedded"),
        "text/plain": ("cli.embedded_page", "trace_text"),
    },
    "Marking": {
        "text/html": ("pages.embedded_html", "marking_embedded"),
        "text/plain": ("cli.embedded_page", "marking_text"),
    },
    "PlainKernel": {
        "text/html": ("pages.embedded_html", "kernel_embedded"),
        "text/plain": ("cli.embedded_page", "kernel_text"),
    },
    "Kernel": {
        "text/html": ("pages.embedded_html", "kernel_embedded"),
        "text/plain": ("cli.embedded_page", "kernel_text"),
    },
}


class Represented:
    """A result that notebooks show as a page, and as LaTeX where it is formulas."""

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        """The representations, by media type; IPython says which to leave out."""
        kinds = SHOWN[type(self).__name__]
        wanted = [k for k in kinds if (not include or k in include) and k not in (exclude or ())]
        return {kind: _shown(self, kind) for kind in wanted}

    def _repr_html_(self) -> str | None:
        return _shown(self, "text/html")

    def _repr_latex_(self) -> str | None:
        return _shown(self, "text/latex") if "text/latex" in SHOWN[type(self).__name__] else None


def _shown(result: Represented, kind: str) -> str:
    module, function = SHOWN[type(result).__name__][kind]
    return getattr(import_module(f"deltarule.{module}"), function)(result)
