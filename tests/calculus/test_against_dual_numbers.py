"""Feed-forward derivations against dual numbers sent through the whole of them, at many sizes."""

import pytest
from once import formulas_of, loaded
from variants import FULL
from whole_network import gap

CASES = [
    ("conv1d", {}),
    ("conv2d", {}),
    ("conv2d", {"stride": 1, "dilation": 1, "pad": 0}),
    ("conv2d", {"stride": 2, "bias": False}),
    ("conv3d", {}),
    ("grouped_conv2d", {}),
    ("true_convolution", {}),
    ("transposed_conv2d", {}),
    ("conv1x1", {"activation": "tanh"}),
    ("mlpconv", {}),
    ("max_pool1d", {"ties": "all"}),
    ("max_pool2d", {"ties": "first"}),
    ("max_pool2d", {"ties": "all"}),
    ("max_pool2d", {"ties": "split"}),
    ("max_pool2d", {"height": 3, "width": 3, "stride": 2, "pad": 1}),
    ("max_pool2d", {"height": 2, "width": 2, "stride": 3, "pad": 1}),
    ("avg_pool2d", {}),
    ("avg_pool2d", {"border": "inside", "height": 3, "width": 2, "pad": 1}),
    ("global_avg_pool", {}),
    ("global_max_pool", {"ties": "split"}),
    ("stochastic_pool", {}),
    ("roi_pool", {}),
    ("flatten", {}),
    ("concatenation", {}),
    ("lrn", {}),
    ("batch_norm", {}),
    ("batch_norm", {"images": True}),
    ("batch_norm_inference", {}),
    ("layer_norm", {}),
    ("instance_norm", {}),
    ("group_norm", {}),
    ("dropout", {}),
    ("embedding", {}),
    ("bilinear", {}),
    ("activation", {"activation": "elu"}),
    ("activation", {"activation": "gelu"}),
    ("activation", {"activation": "relu", "at_zero": "half"}),
    ("prelu", {}),
    ("randomized_relu", {}),
    ("crelu", {}),
    ("maxout", {"ties": "all"}),
    ("softmax", {}),
    ("shifted_logsumexp", {}),
    ("smooth_l1", {}),
    ("hinge", {}),
    ("multiclass_svm", {}),
    ("weighted_cross_entropy", {}),
    ("l2_penalty", {}),
    ("l1_penalty", {}),
    ("residual", {}),
    ("residual_conv", {}),
    ("shared_resnet", {}),
]
#: Where random sizes would make a network of many loops large.
SIZES = {"conv3d": {"N": 1, "C": 2, "F": 2}}


@pytest.mark.parametrize("seed", range(1, 6) if FULL else (1, 3, 4, 5))
@pytest.mark.parametrize("case", range(len(CASES)), ids=lambda k: str(CASES[k]))
def test_equal_to_dual_numbers(case, seed):
    name, options = CASES[case]
    one, two = gap(formulas_of(loaded(name, **options)), seed, **SIZES.get(name, {}))
    assert one == two or (one.overlaps(two) and (one - two).abs_upper() < 1e-30)
