"""Equations that somebody typed, derived: the gradients and their steps as a piece of a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deltarule.calculus import derive
from deltarule.classes.class_worker import fault_words
from deltarule.errors import DeltaruleError
from deltarule.pages.derivation_html import derivation_body
from deltarule.pages.html_page import text_html
from deltarule.reports.selection import chosen
from deltarule.reports.things import ShownDerivation
from deltarule.serving.read_so import read_so
from deltarule.serving.served_work import refusal
from deltarule.spelling.names import ascii_name
from deltarule.typed.typed_network import tensors_of, typed_network

#: A page of more characters than this is not sent.
LARGEST = 2_000_000


def derived_answer(job: Mapping[str, Any]) -> dict[str, Any]:
    """The gradients of `equations` by the tensors in `wrt`, as HTML; `shapes` are as W=2x3."""
    try:
        return {"html": _derived(job["equations"], job.get("wrt", ""), job.get("shapes", ""))}
    except DeltaruleError as error:
        return refusal(_in_words_of_the_page(error))
    except RecursionError:
        return refusal(DeltaruleError("it is nested beyond reading", "the equations", "nest less"))
    except MemoryError:
        return refusal(_too_large("it takes more memory than there is for it"))
    except Exception as error:
        return {"fault": fault_words(error)}


def _derived(equations: str, wrt: str, shapes: str) -> str:
    names = [ascii_name(name) for name in wrt.replace(",", " ").split()]
    network = typed_network(equations, names, _shapes(equations, shapes))
    read = f'<p class="soft" id="read">{text_html(read_so(network))}</p>'
    derivation = derive(network)
    shown = ShownDerivation(derivation, chosen(derivation, names))
    html = "".join((read, *derivation_body(shown, "Only by these tensors")))
    if len(html) > LARGEST:
        raise _too_large(f"the page has {len(html)} characters")
    return html


def _shapes(equations: str, typed: str) -> dict[str, str]:
    """`W=2x3, w=scalar` as a table. Raises DeltaruleError for anything else."""
    known = tensors_of(equations) if typed.strip() else []
    found: dict[str, str] = {}
    for setting in typed.replace(";", ",").split(","):
        name, equals, value = (part.strip() for part in setting.partition("="))
        if not setting.strip():
            continue
        if not equals or name not in known:
            raise DeltaruleError(
                f"{setting.strip()[:40]!r} gives no tensor a shape",
                "the shapes",
                f"write W=2x3 or w=scalar; there are {', '.join(known)}"
                if known
                else "leave it empty: all tensors here are computed",
            )
        found[name] = value
    return found


def _in_words_of_the_page(error: DeltaruleError) -> DeltaruleError:
    """The error with the names of the page's fields for the options of the command line."""
    fact, place, remedy = (
        (said or "")
        .replace("--set", "the field Shapes")
        .replace("--wrt", "the field Only by these tensors")
        for said in (error.fact, error.place, error.remedy)
    )
    return DeltaruleError(fact, place, remedy)


def _too_large(fact: str) -> DeltaruleError:
    return DeltaruleError(
        fact, "the equations", "ask for one gradient, or derive it on the command line"
    )
