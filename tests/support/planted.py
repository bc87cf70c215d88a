"""Errors planted in formulas and in kernels, which checks have to find."""

from __future__ import annotations

from dataclasses import replace

from deltarule.calculus import derive
from deltarule.kernels.lowering.matmul import ProductCalls


def wrong_formula(monkeypatch, tensor: str):
    """Every derivation has twice the gradient by a tensor."""

    def planted(network, *more, **options):
        found = derive(network, *more, **options)
        gradient = found.gradients[tensor]
        twice = replace(gradient, expr=gradient.expr * 2)
        return replace(found, gradients={**found.gradients, tensor: twice})

    monkeypatch.setattr("deltarule.gradcheck.choose.derive", planted)
    monkeypatch.setattr("deltarule.kernels.passes.program.derive", planted)


def wrong_products(monkeypatch):
    """Every matrix product of a kernel is twice what it should be."""
    right = ProductCalls._all_times

    def planted(calls, product, add):
        right(calls, replace(product, scale=2 * product.scale), add)

    monkeypatch.setattr(ProductCalls, "_all_times", planted)
