"""Products of a matrix with few vectors, where one size is 1 or little more: nothing is packed.

The matrix is gone through once, where it lies, row by row. In panels most columns would stand for
nothing.
"""

from __future__ import annotations

from numba import njit

from deltarule.kernels.prelude.calls import _NUMBER, _NUMBERS, _WHOLE, from_start, outside
from deltarule.kernels.prelude.outer_products import outer_products
from deltarule.kernels.prelude.row_dots import dots_of_rows
from deltarule.kernels.prelude.row_sums import sums_of_rows

compiled = njit


# ---- what follows goes into kernels

#: How many vectors are few, and which products are not worth a call.
VECTORS, WORTH_A_CALL = 4, 512
#: What `multiply` takes: where three matrices begin, with their steps; sizes, and how it is done.
_OF_PRODUCT = (
    *(_NUMBERS, _WHOLE, _WHOLE, _WHOLE) * 3, _WHOLE, _WHOLE, _WHOLE, _NUMBER, _WHOLE, _WHOLE,
)


@outside(*_OF_PRODUCT)
def by_dots(c, c0, cr, cc, a, a0, ar, ak, b, b0, bk, bc, M, N, K, scale, add, alone):
    """`multiply`, where b has few columns and the rows of a lie in one piece each."""
    c, a, b = from_start(c), from_start(a), from_start(b)
    dots_of_rows(c, c0, cr, cc, a, a0, ar, b, b0, bc, bk, M, K, N, scale, add, alone)


@outside(*_OF_PRODUCT)
def by_sums(c, c0, cr, cc, a, a0, ar, ak, b, b0, bk, bc, M, N, K, scale, add, alone):
    """`multiply`, where b has few columns and those of a lie in one piece each."""
    c, a, b = from_start(c), from_start(a), from_start(b)
    sums_of_rows(c, c0, cc, cr, a, a0, ak, b, b0, bc, bk, K, M, N, scale, add, alone)


@outside(*_OF_PRODUCT)
def by_outer(c, c0, cr, cc, a, a0, ar, ak, b, b0, bk, bc, M, N, K, scale, add, alone):
    """`multiply`, where few products are added up and columns of c lie side by side."""
    c, a, b = from_start(c), from_start(a), from_start(b)
    outer_products(c, c0, cr, a, a0, ar, ak, b, b0, bk, bc, M, N, K, scale, add, alone)


@compiled
def is_of_vectors(cr, cc, ar, ak, bk, bc, M, N, K):
    """Whether a product is one of a matrix that lies in lines and few vectors."""
    if M * N * K < WORTH_A_CALL:
        return False
    if K <= VECTORS:
        return cc == 1 or cr == 1
    few_columns = N <= VECTORS and (ak == 1 or ar == 1)
    return few_columns or M <= VECTORS and (bk == 1 or bc == 1)


@outside(*_OF_PRODUCT)
def of_vectors(c, c0, cr, cc, a, a0, ar, ak, b, b0, bk, bc, M, N, K, scale, add, alone):
    """`multiply`, where it `is_of_vectors`."""
    # Rows of the transposed result, or its columns, are what is written or few.
    turned = N > VECTORS or ak != 1 and ar != 1
    if K <= VECTORS:
        turned = cc != 1 or cr == 1 and N < M
    if turned:
        cr, cc, a, a0, ar, ak, b, b0, bk, bc, M, N = cc, cr, b, b0, bc, bk, a, a0, ak, ar, N, M
    if K <= VECTORS:
        by_outer(c, c0, cr, cc, a, a0, ar, ak, b, b0, bk, bc, M, N, K, scale, add, alone)
    elif ak == 1:
        by_dots(c, c0, cr, cc, a, a0, ar, ak, b, b0, bk, bc, M, N, K, scale, add, alone)
    else:
        by_sums(c, c0, cr, cc, a, a0, ar, ak, b, b0, bk, bc, M, N, K, scale, add, alone)
