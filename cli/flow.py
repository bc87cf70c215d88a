"""`trace flow`: how large the gradient is at every time or layer, and products of equal factors."""

from __future__ import annotations

import math
from decimal import Decimal, InvalidOperation

from deltarule.arithmetic.magnitude import Magnitude, as_magnitude
from deltarule.cli.arguments import one_name, split
from deltarule.cli.flow_command import Flow as Asked
from deltarule.cli.formats import show
from deltarule.cli.page import Page
from deltarule.cli.screen import busy
from deltarule.errors import DeltaruleError
from deltarule.language.load import load
from deltarule.networks.network import Network
from deltarule.reports.things import ShownFlow, ShownProduct
from deltarule.tracing.flow_found import Flow, growth
from deltarule.tracing.gradient_flow import flow

EXAMPLE = "trace flow rnn --steps 100"
#: Other spellings of options and networks.
SPELLED = {"depth": "layers"}
NETWORKS = {"chain": "scalar_chain"}
#: What else is shown: through time, and through layers as other activations of the same net.
THROUGH_TIME = (("lstm", {"outputs": "last"}, {"b_f": 5}), ("irnn", {}, {}))
ACTIVATIONS = ("sigmoid", "tanh", "relu", "exp")
#: A bar for each of so many places at most.
MOST_BARS = 25
#: So many factors at most, and so many digits before or behind the point of a number.
MOST_STEPS, MOST_EXPONENT = Decimal(10) ** 12, 100_000


def show_flow(asked: Asked) -> int:
    """Run a network, and show the sizes of its gradient."""
    bare, options = split(asked.words or ())
    options = {SPELLED.get(name, name): value for name, value in options.items()}
    given = one_name(bare, EXAMPLE, options)
    name = NETWORKS.get(given, given)
    steps = _whole(asked.steps or 100, "--steps")
    width = _whole(asked.width or 8, "--width")
    gain = _number(asked.gain or 1, "--gain")
    seed = asked.seed
    if name == "rnn":
        options = {"outputs": "last", **options}
    with busy(f"running {name}"):
        network = load(name, **options)
        shown = [flow(network, steps, width, seed, gain)]
        if not asked.alone:
            shown += _beside(network, options, (steps, width, seed, gain), shown[0])
    show(ShownFlow(shown[0], shown[1:]), "the flow of a gradient", asked.format)
    return 0


def flow_page(page: Page, shown: ShownFlow) -> None:
    """A bar for every place, and a sentence for each network beside it."""
    _bars(page, shown.flow)
    if shown.beside:
        page.heading("Beside it")
        for other in shown.beside:
            page.item(other.title, other.sentence, column=28)


def _beside(network: Network, options: dict, settings: tuple, first: Flow) -> list[Flow]:
    """The same with other cells, or with other activations."""
    found = []
    if first.places and first.places[0].label.startswith("t"):
        for other, its_options, givens in THROUGH_TIME:
            if other != network.name:
                found.append(flow(load(other, **its_options), *settings, givens=givens))
        return found
    if "activation" in network.options:
        for other in ACTIVATIONS:
            if other != network.options["activation"].value:
                found.append(
                    flow(load(network.path, **{**options, "activation": other}), *settings)
                )
    return found


def _bars(page: Page, shown: Flow) -> None:
    """A bar for every place, as long as the logarithm of the size tells."""
    page.title(f"How the gradient flows through {shown.title}")
    page.prose(shown.sentence)
    for said in (shown.copy, shown.ends):
        if said:
            page.prose(said, style="dim")
    page.blank()
    sizes = [as_magnitude(p.size) for p in shown.places]
    logs = [math.nan if size.bound else size.log10 for size in sizes]
    known = [log for log in logs if math.isfinite(log)]
    low, high = min(known, default=0.0), max(known, default=0.0)
    every = -(-len(shown.places) // MOST_BARS)
    last = len(shown.places) - 1
    column = max(len(p.label) for p in shown.places)
    room = max(page.width - column - 14, 8)
    for k, place in enumerate(shown.places):
        if k % every and k != last:
            continue
        bar = ""
        if math.isfinite(logs[k]):
            share = (logs[k] - low) / (high - low) if high > low else 1.0
            bar = "█" * (1 + round(share * (room - 1)))
        page.formula(f"{place.label.ljust(column)} {_brief(place.size):>9} {bar}", indent=0)
    if every > 1:
        page.prose(f"one place in {every} is shown; bars are logarithmic", style="dim")
    known: list[float] = []
    for place in shown.places[1:]:
        if place.factor is None:
            break
        known.append(place.factor)
    factors = " · ".join(map(_brief, known[:8]))
    more = " · …" if len(shown.places) > 9 or len(known) < len(shown.places) - 1 else ""
    page.blank()
    if factors:
        mean = as_magnitude(shown.rate)
        average = f"; on average by {mean.text()}" if mean.is_finite else ""
        page.prose(f"From place to place it is multiplied by {factors}{more}{average}.")


def _brief(number: float) -> str:
    return as_magnitude(number).text()


def show_product(asked: Asked) -> int:
    """The product of equal factors."""
    steps = _whole(asked.steps or 1000, "--steps")
    factor = Magnitude(_decimal(asked.factor, "--factor"))
    show(ShownProduct(factor, steps, growth(factor, steps)), "a product of factors", asked.format)
    return 0


def product_page(page: Page, shown: ShownProduct) -> None:
    """`0.99 to the power 1000 = 4.32e−5: vanishing`."""
    factor, product = shown.factor, shown.product
    product_text = product.text(6 if 1 <= abs(product) < 1e3 else 3)
    if 1e3 <= abs(product) < 1e9:
        product_text = f"{product:.0f}"
    size = abs(factor.exact)
    verdict = "steady" if size == 1 else "vanishing" if size < 1 else "exploding"
    said = f"{factor.text(6)} to the power {shown.steps} = {product_text.replace('-', '−')}"
    page.formula(f"{said}: {verdict}", indent=0)


def _whole(value: object, option: str) -> int:
    number = _decimal(value, option)
    if number != int(number) or not 1 <= number <= MOST_STEPS:
        raise DeltaruleError(
            f"{value} is no integer from 1 to 1e{MOST_STEPS.adjusted()}",
            option,
            f"write {option} 50",
        )
    return int(number)


def _number(value: object, option: str) -> float:
    number = float(_decimal(value, option))
    if not math.isfinite(number):
        raise DeltaruleError(
            f"{value} is beyond the numbers of float64", option, "give a smaller one"
        )
    return number


def _decimal(value: object, option: str) -> Decimal:
    """A number as it was typed. Raises DeltaruleError for what is none, or beyond all use."""
    try:
        number = Decimal(str(value).replace("−", "-").strip())
    except InvalidOperation:
        number = Decimal("nan")
    if not number.is_finite():
        raise DeltaruleError(f"{value} is not a number", option, f"write {option} and a number")
    if number and abs(number.adjusted()) > MOST_EXPONENT:
        raise DeltaruleError(
            f"{value} is beyond 10^±{MOST_EXPONENT}", option, "give a number that is nearer to 1"
        )
    return number
