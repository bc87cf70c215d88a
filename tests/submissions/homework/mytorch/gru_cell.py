import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


class GRUCell(object):
    def __init__(self, input_size, hidden_size):
        self.d, self.h = input_size, hidden_size
        for gate in "rzn":
            setattr(self, "W" + gate + "x", np.random.randn(self.h, self.d))
            setattr(self, "W" + gate + "h", np.random.randn(self.h, self.h))
            setattr(self, "b" + gate + "x", np.random.randn(self.h))
            setattr(self, "b" + gate + "h", np.random.randn(self.h))

    def init_weights(self, Wrx, Wzx, Wnx, Wrh, Wzh, Wnh, brx, bzx, bnx, brh, bzh, bnh):
        self.Wrx, self.Wzx, self.Wnx = Wrx, Wzx, Wnx
        self.Wrh, self.Wzh, self.Wnh = Wrh, Wzh, Wnh
        self.brx, self.bzx, self.bnx = brx, bzx, bnx
        self.brh, self.bzh, self.bnh = brh, bzh, bnh

    def __call__(self, x, h_prev_t):
        return self.forward(x, h_prev_t)

    def forward(self, x, h_prev_t):
        self.x, self.hidden = x, h_prev_t
        self.r = sigmoid(self.Wrx @ x + self.brx + self.Wrh @ h_prev_t + self.brh)
        self.z = sigmoid(self.Wzx @ x + self.bzx + self.Wzh @ h_prev_t + self.bzh)
        self.inner = self.Wnh @ h_prev_t + self.bnh
        self.n = np.tanh(self.Wnx @ x + self.bnx + self.r * self.inner)
        h_t = (1 - self.z) * self.n + self.z * h_prev_t
        return h_t

    def backward(self, delta):
        x, h, r, z, n = self.x, self.hidden, self.r, self.z, self.n
        dz = delta * (h - n) * z * (1 - z)
        dn = delta * (1 - z) * (1 - n**2)
        dr = dn * self.inner * r * (1 - r)
        self.dWrx, self.dWzx, self.dWnx = np.outer(dr, x), np.outer(dz, x), np.outer(dn, x)
        self.dWrh, self.dWzh = np.outer(dr, h), np.outer(dz, h)
        self.dWnh = np.outer(dn * r, h)
        self.dbrx, self.dbzx, self.dbnx = dr, dz, dn
        self.dbrh, self.dbzh, self.dbnh = dr, dz, dn * r
        dx = dr @ self.Wrx + dz @ self.Wzx + dn @ self.Wnx
        dh_prev_t = delta * z + dr @ self.Wrh + dz @ self.Wzh + (dn * r) @ self.Wnh
        return dx, dh_prev_t
