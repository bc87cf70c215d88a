import numpy as np

from cs231n.layer_utils import *
from cs231n.layers import *


class TwoLayerNet(object):
    def __init__(
        self, input_dim=3 * 32 * 32, hidden_dim=100, num_classes=10, weight_scale=1e-3, reg=0.0
    ):
        self.reg = reg
        self.params = {
            "W1": weight_scale * np.random.randn(input_dim, hidden_dim),
            "b1": np.zeros(hidden_dim),
            "W2": weight_scale * np.random.randn(hidden_dim, num_classes),
            "b2": np.zeros(num_classes),
        }

    def loss(self, X, y=None):
        W1, W2 = self.params["W1"], self.params["W2"]
        hidden, first = affine_relu_forward(X, W1, self.params["b1"])
        scores, second = affine_forward(hidden, W2, self.params["b2"])
        if y is None:
            return scores
        data, dscores = softmax_loss(scores, y)
        loss = data + 0.5 * self.reg * (np.sum(W1**2) + np.sum(W2**2))
        dhidden, dW2, db2 = affine_backward(dscores, second)
        _, dW1, db1 = affine_relu_backward(dhidden, first)
        grads = {"W1": dW1 + self.reg * W1, "b1": db1, "W2": dW2 + self.reg * W2, "b2": db2}
        return loss, grads
