"""Which of PyTorch's operations are which of our derivations: the one table of these tests.

A row's function has the signature of PyTorch's own, and says how arguments become tensors and
settings. Operations that call others (modules) are taken apart into these.
"""

from __future__ import annotations

import torch
import torch_functions as f
import torch_losses as losses
import torch_pools as pools
from torch.nn import functional as F

#: The name in PyTorch's list of operations, the functions that it is called by, our function.
ROWS = [
    ("exp", [torch.exp], f.activation("exp")),
    ("tanh", [torch.tanh], f.activation("tanh")),
    ("sigmoid", [torch.sigmoid], f.activation("sigmoid")),
    ("nn.functional.relu", [F.relu, torch.relu], f.relu),
    ("nn.functional.leaky_relu", [F.leaky_relu], f.leaky_relu),
    ("nn.functional.elu", [F.elu], f.elu),
    ("nn.functional.celu", [F.celu], f.celu),
    ("nn.functional.gelu", [F.gelu], f.gelu),
    ("nn.functional.silu", [F.silu], f.silu),
    ("nn.functional.softplus", [F.softplus], f.softplus),
    ("nn.functional.logsigmoid", [F.logsigmoid], f.logsigmoid),
    ("nn.functional.prelu", [F.prelu], f.prelu),
    ("nn.functional.rrelu", [F.rrelu], f.rrelu),
    ("softmax", [F.softmax, torch.softmax], f.softmax),
    ("nn.functional.softmin", [F.softmin], f.softmin),
    ("logsumexp", [torch.logsumexp], f.logsumexp),
    ("nn.functional.dropout", [F.dropout], f.dropout),
    ("nn.functional.linear", [F.linear], f.linear),
    ("mm", [torch.mm], f.mm),
    ("addmm", [torch.addmm], f.addmm),
    ("nn.functional.bilinear", [F.bilinear], f.bilinear),
    ("nn.functional.embedding", [F.embedding], f.embedding),
    ("nn.functional.conv1d", [F.conv1d], f.conv),
    ("nn.functional.conv2d", [F.conv2d], f.conv),
    ("nn.functional.conv3d", [F.conv3d], f.conv),
    ("nn.functional.conv_transpose2d", [F.conv_transpose2d], f.conv_transpose),
    (
        "nn.functional.max_pool1d",
        [torch.max_pool1d, F.max_pool1d, F.max_pool1d_with_indices],
        pools.max_pool(1),
    ),
    (
        "nn.functional.max_pool2d",
        [torch.max_pool2d, F.max_pool2d, F.max_pool2d_with_indices],
        pools.max_pool(2),
    ),
    (
        "nn.functional.max_pool3d",
        [torch.max_pool3d, F.max_pool3d, F.max_pool3d_with_indices],
        pools.max_pool(3),
    ),
    ("nn.functional.max_unpool1d", [F.max_unpool1d], pools.max_unpool(1)),
    ("nn.functional.max_unpool2d", [F.max_unpool2d], pools.max_unpool(2)),
    ("nn.functional.max_unpool3d", [F.max_unpool3d], pools.max_unpool(3)),
    ("nn.functional.avg_pool1d", [F.avg_pool1d], pools.avg_pool(1)),
    ("nn.functional.avg_pool2d", [F.avg_pool2d], pools.avg_pool(2)),
    (
        "nn.functional.adaptive_max_pool2d",
        [F.adaptive_max_pool2d, F.adaptive_max_pool2d_with_indices],
        pools.adaptive_max_pool2d,
    ),
    ("nn.functional.adaptive_avg_pool2d", [F.adaptive_avg_pool2d], pools.adaptive_avg_pool2d),
    ("nn.functional.batch_norm", [F.batch_norm], pools.batch_norm),
    ("nn.functional.layer_norm", [F.layer_norm], pools.layer_norm),
    ("nn.functional.group_norm", [F.group_norm], pools.group_norm),
    ("nn.functional.instance_norm", [F.instance_norm], pools.instance_norm),
    ("nn.functional.local_response_norm", [F.local_response_norm], pools.local_response_norm),
    ("flatten", [torch.flatten], pools.flatten),
    ("cat", [torch.cat], pools.cat),
    ("nn.functional.l1_loss", [F.l1_loss], losses.l1_loss),
    ("nn.functional.mse_loss", [F.mse_loss], losses.mse_loss),
    ("nn.functional.smooth_l1_loss", [F.smooth_l1_loss], losses.smooth_l1_loss),
    ("nn.functional.huber_loss", [F.huber_loss], losses.huber_loss),
    ("nn.functional.binary_cross_entropy", [F.binary_cross_entropy], losses.binary_cross_entropy),
    (
        "nn.functional.binary_cross_entropy_with_logits",
        [F.binary_cross_entropy_with_logits],
        losses.binary_cross_entropy_with_logits,
    ),
    ("nn.functional.soft_margin_loss", [F.soft_margin_loss], losses.soft_margin_loss),
    ("nn.functional.multi_margin_loss", [F.multi_margin_loss], losses.multi_margin_loss),
    ("nn.functional.cross_entropy", [F.cross_entropy], losses.cross_entropy),
    (
        "nn.functional.scaled_dot_product_attention",
        [F.scaled_dot_product_attention],
        losses.attention,
    ),
]
NAMES = [name for name, _, _ in ROWS]
BY_FUNCTION = {function: row for _, functions, row in ROWS for function in functions}
