"""Pictures that stand alone, as SVG: the graph of a network or a trace, receptive fields, how a
gradient flows.
"""

from __future__ import annotations

from deltarule.counting.counts import Count
from deltarule.pages.field_svg import fields_svg
from deltarule.pages.flow_svg import flow_svg
from deltarule.pages.graph_svg import network_svg, trace_svg
from deltarule.pages.training_svg import training_svg
from deltarule.reports.things import ShownDerivation, ShownFlow, ShownSheet, ShownTrace
from deltarule.training.training_record import Result


def derivation_picture(shown: ShownDerivation) -> str:
    """The network, with its shapes."""
    return network_svg(shown.derivation.network, alone=True)


def count_picture(counted: Count) -> str:
    """The receptive fields of a network's layers."""
    return fields_svg(counted, alone=True)


def training_picture(result: Result) -> str:
    """Curves, confusion, the least certain samples, and what units respond to."""
    return training_svg(result, alone=True)


def trace_picture(shown: ShownTrace) -> str:
    """A network with its numbers."""
    return trace_svg(shown.trace, alone=True)


def sheet_picture(shown: ShownSheet) -> str:
    """The first run of a sheet, with its numbers."""
    return trace_svg(shown.runs[0].trace, alone=True)


def flow_picture(shown: ShownFlow) -> str:
    """The curves and strips."""
    return flow_svg(shown.flow, shown.beside, alone=True)
