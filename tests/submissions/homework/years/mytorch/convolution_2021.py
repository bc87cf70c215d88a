import numpy as np


class Conv1D():
    def __init__(self, in_channel, out_channel, kernel_size, stride,
                 weight_init_fn=None, bias_init_fn=None):
        self.in_channel = in_channel
        self.out_channel = out_channel
        self.kernel_size = kernel_size
        self.stride = stride
        if weight_init_fn is None:
            self.W = np.random.normal(0, 1.0, (out_channel, in_channel, kernel_size))
        else:
            self.W = weight_init_fn(out_channel, in_channel, kernel_size)
        if bias_init_fn is None:
            self.b = np.zeros(out_channel)
        else:
            self.b = bias_init_fn(out_channel)
        self.dW = np.zeros(self.W.shape)
        self.db = np.zeros(self.b.shape)

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.x = x
        n, c, size = x.shape
        out = (size - self.kernel_size) // self.stride + 1
        z = np.zeros((n, self.out_channel, out))
        for k in range(out):
            seg = x[:, :, k * self.stride:k * self.stride + self.kernel_size]
            z[:, :, k] = np.tensordot(seg, self.W, ([1, 2], [1, 2])) + self.b
        return z

    def backward(self, delta):
        n, c, out = delta.shape
        dx = np.zeros_like(self.x)
        for k in range(out):
            sl = slice(k * self.stride, k * self.stride + self.kernel_size)
            self.dW += np.einsum('nf,ncl->fcl', delta[:, :, k], self.x[:, :, sl])
            dx[:, :, sl] += np.einsum('nf,fcl->ncl', delta[:, :, k], self.W)
        self.db += delta.sum(axis=(0, 2))
        return dx


class Conv2D():
    def __init__(self, in_channel, out_channel, kernel_size, stride,
                 weight_init_fn=None, bias_init_fn=None):
        self.in_channel, self.out_channel = in_channel, out_channel
        self.kernel_size, self.stride = kernel_size, stride
        self.W = np.random.normal(0, 1.0, (out_channel, in_channel, kernel_size, kernel_size))
        self.b = np.zeros(out_channel)
        self.dW = np.zeros(self.W.shape)
        self.db = np.zeros(self.b.shape)

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.x = x
        K, S = self.kernel_size, self.stride
        n, c, a, b = x.shape
        p, q = (a - K) // S + 1, (b - K) // S + 1
        z = np.zeros((n, self.out_channel, p, q))
        for i in range(p):
            for j in range(q):
                seg = x[:, :, i*S:i*S+K, j*S:j*S+K]
                z[:, :, i, j] = np.tensordot(seg, self.W, ([1, 2, 3], [1, 2, 3])) + self.b
        return z

    def backward(self, delta):
        K, S = self.kernel_size, self.stride
        dx = np.zeros_like(self.x)
        for i in range(delta.shape[2]):
            for j in range(delta.shape[3]):
                sl = np.s_[:, :, i*S:i*S+K, j*S:j*S+K]
                self.dW += np.einsum('nf,nckl->fckl', delta[:, :, i, j], self.x[sl])
                dx[sl] += np.einsum('nf,fckl->nckl', delta[:, :, i, j], self.W)
        self.db += delta.sum(axis=(0, 2, 3))
        return dx


class Conv2D_dilation():
    def __init__(self, in_channel, out_channel,
                 kernel_size, stride, padding=0, dilation=1,
                 weight_init_fn=None, bias_init_fn=None):
        self.in_channel, self.out_channel = in_channel, out_channel
        self.kernel_size, self.stride = kernel_size, stride
        self.padding, self.dilation = padding, dilation
        self.kernel_dilated = (kernel_size - 1) * (dilation - 1) + kernel_size
        self.W = np.random.normal(0, 1.0, (out_channel, in_channel, kernel_size, kernel_size))
        self.W_dilated = np.zeros((out_channel, in_channel, self.kernel_dilated, self.kernel_dilated))
        self.b = np.zeros(out_channel)
        self.dW = np.zeros(self.W.shape)
        self.db = np.zeros(self.b.shape)

    def forward(self, x):
        P, S, D = self.padding, self.stride, self.dilation
        self.x = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))
        self.W_dilated[:, :, ::D, ::D] = self.W
        K = self.kernel_dilated
        n, c, a, b = self.x.shape
        p, q = (a - K) // S + 1, (b - K) // S + 1
        z = np.zeros((n, self.out_channel, p, q))
        for i in range(p):
            for j in range(q):
                seg = self.x[:, :, i*S:i*S+K, j*S:j*S+K]
                z[:, :, i, j] = np.tensordot(seg, self.W_dilated, ([1, 2, 3], [1, 2, 3])) + self.b
        return z

    def backward(self, delta):
        P, S, D = self.padding, self.stride, self.dilation
        K = self.kernel_dilated
        dx = np.zeros_like(self.x)
        dWd = np.zeros_like(self.W_dilated)
        for i in range(delta.shape[2]):
            for j in range(delta.shape[3]):
                sl = np.s_[:, :, i*S:i*S+K, j*S:j*S+K]
                dWd += np.einsum('nf,nckl->fckl', delta[:, :, i, j], self.x[sl])
                dx[sl] += np.einsum('nf,fckl->nckl', delta[:, :, i, j], self.W_dilated)
        self.dW = dWd[:, :, ::D, ::D]
        self.db = delta.sum(axis=(0, 2, 3))
        return dx[:, :, P:dx.shape[2] - P, P:dx.shape[3] - P]


class Flatten():
    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.b, self.c, self.w = x.shape
        return np.reshape(x, (self.b, self.c * self.w))

    def backward(self, delta):
        return np.reshape(delta, (self.b, self.c, self.w))
