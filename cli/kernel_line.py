"""What came out of a derivation's compiled kernel, in a line: is formula or kernel at fault?"""

from __future__ import annotations

from deltarule.cli.page import Page
from deltarule.gradcheck.choose import ChosenCheck
from deltarule.gradcheck.result import GradientCheck
from deltarule.reports.number_text import gap_text, seven_digits
from deltarule.spelling.counted import counted
from deltarule.spelling.names import pretty


def kernel_line(page: Page, found: ChosenCheck) -> None:
    """The line; nothing where no kernel was run."""
    kernel, fault = found.kernel, found.fault
    if kernel is None:
        return
    if not fault:
        worst = kernel.worst
        gap = f", gap {gap_text(worst.error)}" if worst and worst.error else ""
        values = f"{len(kernel.checks)} values and gradients"
        page.prose(
            f"✓ the compiled kernel gives the same {values} at "
            f"{counted(len(kernel.settings), 'setting')}{gap}",
            style="green",
        )
        return
    said = {
        "formula": "the formula is at fault: the compiled kernel computes what it says",
        "kernel": "the kernel is at fault" + ("" if found.jacobian else ", not the formula"),
        "both": "formula and kernel are both at fault",
    }[fault]
    page.prose(f"✗ {said}", style="bold red")
    if kernel.failed:
        page.prose(f"it could not be compiled or run: {kernel.failed}", indent=4, style="red")
    for check in kernel.checks:
        if not check.right:
            page.prose(_sentence(check), indent=4, style="red")


def _sentence(check: GradientCheck) -> str:
    index = f"[{','.join(map(str, check.worst))}]" if check.worst else ""
    at = ", ".join(f"{n} = {k}" for n, k in check.settings.items())
    return (
        f"{pretty(check.name)}{index} is {seven_digits(check.derived)} in the kernel and "
        f"{seven_digits(check.measured)} by the equations, at {at}"
    )
