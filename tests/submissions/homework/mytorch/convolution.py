import numpy as np
from resampling import *


class Conv1d_stride1:
    def __init__(self, in_channels, out_channels, kernel_size, weight_init_fn=None, bias_init_fn=None):
        self.kernel_size = kernel_size
        shape = (out_channels, in_channels, kernel_size)
        self.W = np.random.normal(0, 1.0, shape) if weight_init_fn is None else weight_init_fn(*shape)
        self.b = np.zeros(out_channels) if bias_init_fn is None else bias_init_fn(out_channels)
        self.dLdW = np.zeros(self.W.shape)
        self.dLdb = np.zeros(self.b.shape)

    def forward(self, A):
        self.A = A
        size = A.shape[2] - self.kernel_size + 1
        Z = np.zeros((A.shape[0], self.W.shape[0], size))
        for i in range(size):
            window = A[:, :, i : i + self.kernel_size]
            Z[:, :, i] = np.tensordot(window, self.W, axes=([1, 2], [1, 2]))
        return Z + self.b[None, :, None]

    def backward(self, dLdZ):
        self.dLdW = np.zeros(self.W.shape)
        self.dLdb = dLdZ.sum(axis=(0, 2))
        dLdA = np.zeros(self.A.shape)
        for i in range(dLdZ.shape[2]):
            window = self.A[:, :, i : i + self.kernel_size]
            self.dLdW += np.tensordot(dLdZ[:, :, i], window, axes=(0, 0))
            dLdA[:, :, i : i + self.kernel_size] += np.tensordot(dLdZ[:, :, i], self.W, axes=(1, 0))
        return dLdA


class Conv1d:
    def __init__(
        self, in_channels, out_channels, kernel_size, stride, weight_init_fn=None, bias_init_fn=None
    ):
        self.conv1d_stride1 = Conv1d_stride1(
            in_channels, out_channels, kernel_size, weight_init_fn, bias_init_fn
        )
        self.downsample1d = Downsample1d(stride)

    def forward(self, A):
        return self.downsample1d.forward(self.conv1d_stride1.forward(A))

    def backward(self, dLdZ):
        return self.conv1d_stride1.backward(self.downsample1d.backward(dLdZ))


class Conv2d_stride1:
    def __init__(self, in_channels, out_channels, kernel_size, weight_init_fn=None, bias_init_fn=None):
        self.kernel_size = kernel_size
        shape = (out_channels, in_channels, kernel_size, kernel_size)
        self.W = np.random.normal(0, 1.0, shape) if weight_init_fn is None else weight_init_fn(*shape)
        self.b = np.zeros(out_channels) if bias_init_fn is None else bias_init_fn(out_channels)
        self.dLdW = np.zeros(self.W.shape)
        self.dLdb = np.zeros(self.b.shape)

    def forward(self, A):
        self.A = A
        K = self.kernel_size
        high, wide = A.shape[2] - K + 1, A.shape[3] - K + 1
        Z = np.zeros((A.shape[0], self.W.shape[0], high, wide))
        for i in range(high):
            for j in range(wide):
                window = A[:, :, i : i + K, j : j + K]
                Z[:, :, i, j] = np.tensordot(window, self.W, axes=([1, 2, 3], [1, 2, 3]))
        return Z + self.b[None, :, None, None]

    def backward(self, dLdZ):
        K = self.kernel_size
        self.dLdW = np.zeros(self.W.shape)
        self.dLdb = dLdZ.sum(axis=(0, 2, 3))
        dLdA = np.zeros(self.A.shape)
        for i in range(dLdZ.shape[2]):
            for j in range(dLdZ.shape[3]):
                g = dLdZ[:, :, i, j]
                window = self.A[:, :, i : i + K, j : j + K]
                self.dLdW += np.tensordot(g, window, axes=(0, 0))
                dLdA[:, :, i : i + K, j : j + K] += np.tensordot(g, self.W, axes=(1, 0))
        return dLdA


class Conv2d:
    def __init__(
        self, in_channels, out_channels, kernel_size, stride, weight_init_fn=None, bias_init_fn=None
    ):
        self.conv2d_stride1 = Conv2d_stride1(
            in_channels, out_channels, kernel_size, weight_init_fn, bias_init_fn
        )
        self.downsample2d = Downsample2d(stride)

    def forward(self, A):
        return self.downsample2d.forward(self.conv2d_stride1.forward(A))

    def backward(self, dLdZ):
        return self.conv2d_stride1.backward(self.downsample2d.backward(dLdZ))


class ConvTranspose1d:
    def __init__(
        self, in_channels, out_channels, kernel_size, upsampling_factor,
        weight_init_fn=None, bias_init_fn=None,
    ):
        self.upsample1d = Upsample1d(upsampling_factor)
        self.conv1d_stride1 = Conv1d_stride1(
            in_channels, out_channels, kernel_size, weight_init_fn, bias_init_fn
        )

    def forward(self, A):
        return self.conv1d_stride1.forward(self.upsample1d.forward(A))

    def backward(self, dLdZ):
        return self.upsample1d.backward(self.conv1d_stride1.backward(dLdZ))


class ConvTranspose2d:
    def __init__(
        self, in_channels, out_channels, kernel_size, upsampling_factor,
        weight_init_fn=None, bias_init_fn=None,
    ):
        self.upsample2d = Upsample2d(upsampling_factor)
        self.conv2d_stride1 = Conv2d_stride1(
            in_channels, out_channels, kernel_size, weight_init_fn, bias_init_fn
        )

    def forward(self, A):
        return self.conv2d_stride1.forward(self.upsample2d.forward(A))

    def backward(self, dLdZ):
        return self.upsample2d.backward(self.conv2d_stride1.backward(dLdZ))
