import numpy as np
from activation import *


class GRUCell(object):
    def __init__(self, in_dim, hidden_dim):
        self.d = in_dim
        self.h = hidden_dim
        h, d = self.h, self.d
        self.x_t = 0
        for g in 'rzn':
            setattr(self, 'W%sx' % g, np.random.randn(h, d))
            setattr(self, 'W%sh' % g, np.random.randn(h, h))
            setattr(self, 'bi%s' % g, np.random.randn(h))
            setattr(self, 'bh%s' % g, np.random.randn(h))
            setattr(self, 'dW%sx' % g, np.zeros((h, d)))
            setattr(self, 'dW%sh' % g, np.zeros((h, h)))
            setattr(self, 'dbi%s' % g, np.zeros(h))
            setattr(self, 'dbh%s' % g, np.zeros(h))
        self.r_act = Sigmoid()
        self.z_act = Sigmoid()
        self.h_act = Tanh()

    def __call__(self, x, h):
        return self.forward(x, h)

    def forward(self, x, h):
        self.x, self.hidden = x, h
        sg = lambda v: 1 / (1 + np.exp(-v))
        self.r = sg(self.Wrx @ x + self.bir + self.Wrh @ h + self.bhr)
        self.z = sg(self.Wzx @ x + self.biz + self.Wzh @ h + self.bhz)
        self.q = self.Wnh @ h + self.bhn
        self.n = np.tanh(self.Wnx @ x + self.bin + self.r * self.q)
        h_t = (1 - self.z) * self.n + self.z * h
        assert self.x.shape == (self.d,)
        assert h_t.shape == (self.h,)
        return h_t

    def backward(self, delta):
        delta = np.asarray(delta).reshape(-1)
        dz = delta * (self.hidden - self.n) * self.z * (1 - self.z)
        dn = delta * (1 - self.z) * (1 - self.n ** 2)
        dr = dn * self.q * self.r * (1 - self.r)
        self.dWrx += np.outer(dr, self.x)
        self.dWzx += np.outer(dz, self.x)
        self.dWnx += np.outer(dn, self.x)
        self.dWrh += np.outer(dr, self.hidden)
        self.dWzh += np.outer(dz, self.hidden)
        self.dWnh += np.outer(dn * self.r, self.hidden)
        self.dbir += dr
        self.dbhr += dr
        self.dbiz += dz
        self.dbhz += dz
        self.dbin += dn
        self.dbhn += dn * self.r
        dx = (dr @ self.Wrx + dz @ self.Wzx + dn @ self.Wnx).reshape(1, -1)
        dh = (dr @ self.Wrh + dz @ self.Wzh + (dn * self.r) @ self.Wnh + delta * self.z).reshape(1, -1)
        return dx, dh
