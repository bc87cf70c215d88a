"""Register blocks: sums over runs of numbers, with weights or totals held in registers.

A block of R rows and T taps works on R·T products for every number of a run, with R + T reads:

    spread   out[row r, q] += Σ_t weight[r, t]·run[at[t] + q]
    gather   total[r, t]   += Σ_q a[row r, q]·b[at[t] + q]

The text of the blocks is written here, one function for each size of block.
"""

from __future__ import annotations

#: (rows, taps); what does not fill the largest is left to the smaller ones.
SIZES = ((4, 4), (4, 1), (1, 4), (1, 1))


def text() -> str:
    """All blocks, and the functions that cover a rectangle of rows and taps with them."""
    parts = [_spread(r, t) for r, t in SIZES] + [_gather(r, t) for r, t in SIZES]
    return "\n\n\n".join([*parts, _cover("spread"), _cover("gather")])


def _spread(rows: int, taps: int) -> str:
    rs, ts = range(rows), range(taps)
    lines = [
        "@compiled",
        f"def spread_{rows}x{taps}(out, o, pitch, run, at, weights, r, t, q, length):",
        f'    """{rows} rows get {taps} weighted runs of numbers added."""',
    ]
    lines += [f"    o{i} = U(o + {i} * pitch + q)" for i in rs]
    lines += [f"    i{k} = U(at[U(t + {k})] + q)" for k in ts]
    lines += [f"    w{i}{k} = weights[U(r + {i}), U(t + {k})]" for i in rs for k in ts]
    lines.append("    for p in range(U(length)):")
    lines += [f"        x{k} = run[i{k} + p]" for k in ts]
    for i in rs:
        total = " + ".join(f"w{i}{k} * x{k}" for k in ts)
        lines.append(f"        out[o{i} + p] += {total}")
    return "\n".join(lines)


def _gather(rows: int, taps: int) -> str:
    rs, ts = range(rows), range(taps)
    lines = [
        "@compiled",
        f"def gather_{rows}x{taps}(totals, r, t, a, o, pitch, b, at, q, length):",
        f'    """{rows} runs times {taps} runs, each pair added up."""',
        "    zero = a.dtype.type(0)",
    ]
    lines += [f"    o{i} = U(o + {i} * pitch + q)" for i in rs]
    lines += [f"    i{k} = U(at[U(t + {k})] + q)" for k in ts]
    lines += [f"    s{i}{k} = zero" for i in rs for k in ts]
    lines.append("    for p in range(U(length)):")
    lines += [f"        x{k} = b[i{k} + p]" for k in ts]
    for i in rs:
        lines.append(f"        y{i} = a[o{i} + p]")
        lines += [f"        s{i}{k} += y{i} * x{k}" for k in ts]
    lines += [f"    totals[U(r + {i}), U(t + {k})] += s{i}{k}" for i in rs for k in ts]
    return "\n".join(lines)


def _cover(kind: str) -> str:
    """All rows and taps, in blocks, over one piece of the run."""
    if kind == "spread":
        head = "out, o, pitch, run, at, weights, rows, first, last, q, length"
        call = "out, o + r * pitch, pitch, run, at, weights, r, t, q, length"
        promise = "out[o + r·pitch + q] += Σ_t weights[r, t]·run[at[t] + q] for some taps."
    else:
        head = "totals, rows, first, last, a, o, pitch, b, at, q, length"
        call = "totals, r, t, a, o + r * pitch, pitch, b, at, q, length"
        promise = "totals[r, t] += Σ_q a[o + r·pitch + q]·b[at[t] + q] for some taps."
    lines = ["@compiled", f"def {kind}_over({head}):", f'    """{promise}"""', "    r = 0"]
    for rows in (4, 1):
        lines += [f"    while r + {rows} <= rows:", "        t = first"]
        for taps in (4, 1):
            lines.append(f"        while t + {taps} <= last:")
            lines.append(f"            {kind}_{rows}x{taps}({call})")
            lines.append(f"            t += {taps}")
        lines.append(f"        r += {rows}")
    return "\n".join(lines)
