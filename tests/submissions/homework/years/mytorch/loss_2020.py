import numpy as np


class Criterion(object):
    def __init__(self):
        self.logits = None
        self.labels = None
        self.loss = None

    def __call__(self, x, y):
        return self.forward(x, y)

    def forward(self, x, y):
        raise NotImplemented

    def derivative(self):
        raise NotImplemented


class SoftmaxCrossEntropy(Criterion):
    def __init__(self):
        super(SoftmaxCrossEntropy, self).__init__()

    def forward(self, x, y):
        self.logits = x
        self.labels = y
        top = x.max(axis=1, keepdims=True)
        e = np.exp(x - top)
        self.sm = e / e.sum(axis=1, keepdims=True)
        self.loss = top[:, 0] + np.log(e.sum(axis=1)) - (x * y).sum(axis=1)
        return self.loss

    def derivative(self):
        return self.sm - self.labels
