"""Forward lines of large networks stand once for all that differ in names alone."""

from deltarule.language.load import load
from deltarule.pages.derivation_html import forward_html
from deltarule.reports.alike_lines import alike_lines
from deltarule.spelling.text import text


def test_a_network_of_few_lines_is_shown_whole():
    network = load("lenet5")
    assert alike_lines(network) == [[e] for e in network.equations]


def test_of_many_lines_each_form_stands_once():  # 0.6 s
    network = load("googlenet")
    groups = alike_lines(network)
    assert sorted(e.name for g in groups for e in g) == sorted(e.name for e in network.equations)
    assert 5 * len(groups) < len(network.equations)
    rectified = next(g for g in groups if len(g) == max(map(len, groups)))
    assert all(text(e.rhs).startswith("ReLU(") for e in rectified)
    page = "".join(forward_html(network))
    assert page.count("<details>") == sum(len(g) > 1 for g in groups)
