import numpy as np


class Linear:
    def __init__(self, in_features, out_features):
        self.W = np.zeros((out_features, in_features))
        self.b = np.zeros(out_features)

    def init_weights(self, W, b):
        self.W = W
        self.b = b

    def forward(self, A):
        self.A = A
        self.input_shape = A.shape
        batch_size = np.prod(A.shape[:-1])
        A2 = A.reshape(batch_size, A.shape[-1])
        Z = A2 @ self.W.T + self.b
        return Z.reshape(*self.input_shape[:-1], -1)

    def backward(self, dLdZ):
        batch_size = np.prod(dLdZ.shape[:-1])
        d = dLdZ.reshape(batch_size, dLdZ.shape[-1])
        A2 = self.A.reshape(batch_size, self.A.shape[-1])
        self.dLdA = d @ self.W
        self.dLdW = d.T @ A2
        self.dLdb = d.sum(axis=0)
        self.dLdA = self.dLdA.reshape(*self.input_shape)
        return self.dLdA
