"""The lowerings, each with the file that matches and emits it, in order of their benefit.

A new pattern is a file with `match` and `emit`, and a row here.
"""

from __future__ import annotations

from typing import Any

from deltarule.kernels.lowering import (
    added_in_place,
    argmax,
    compact_support,
    convolution,
    loop_nest,
    masked_products,
    match_matmul,
    matmul,
    products_of_others,
    row_patterns,
    running_sums,
    softmax_rows,
    sorted_ranks,
    sums_in_order,
    sums_of_columns,
    vector_rows,
    winograd_windows,
)
from deltarule.kernels.lowering.lowering import Lowering

LOWERINGS: tuple[Lowering[Any], ...] = (
    Lowering(
        "convolution",
        convolution.match,
        convolution.emit,
        70,
        winograd_windows.stage,
        used_by="conv2d",
    ),
    Lowering(
        "masked_products",
        masked_products.match,
        masked_products.emit,
        65,
        used_by="a_ij = where(j ≤ i, exp(Σ_d q_id k_jd), 0)/Σ_{l≤i} exp(Σ_d q_id k_ld); "
        "y_im = Σ_j a_ij v_jm",
    ),
    Lowering("matmul", match_matmul.match, matmul.emit, 60, used_by="rnn"),
    Lowering(
        "compact_support",
        compact_support.match,
        compact_support.emit,
        45,
        used_by="bilinear_upsampling",
    ),
    Lowering("sorted_ranks", sorted_ranks.match, sorted_ranks.emit, 42, used_by="owl_norm"),
    Lowering("argmax", argmax.match, argmax.emit, 40, used_by="max_pool2d"),
    Lowering(
        "running_sums", running_sums.match, running_sums.emit, 36, used_by="y_t = Σ_{s ≤ t} x_s"
    ),
    Lowering(
        "products_of_others",
        products_of_others.match,
        products_of_others.emit,
        34,
        used_by="y_n = Π_k x_nk",
    ),
    Lowering("sums_of_columns", sums_of_columns.match, sums_of_columns.emit, 32, used_by="dense"),
    Lowering("vector_rows", row_patterns.match, vector_rows.emit, 30, used_by="max_pool2d"),
    Lowering("softmax_rows", softmax_rows.match, softmax_rows.emit, 20, used_by="softmax"),
    Lowering("added_in_place", added_in_place.match, added_in_place.emit, 10, used_by="embedding"),
    Lowering(
        "sums_in_order",
        sums_in_order.match,
        sums_in_order.emit,
        8,
        used_by="instance_norm",
        joins=sums_in_order.joins,
        emit_joined=sums_in_order.emit_joined,
    ),
    Lowering("loop_nest", loop_nest.match, loop_nest.emit, 0, used_by="softmax"),
)
