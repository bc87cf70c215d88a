import numpy as np
from resampling import *


class MaxPool2d_stride1:
    def __init__(self, kernel):
        self.kernel = kernel

    def forward(self, A):
        self.A = A
        K = self.kernel
        N, C, H, W = A.shape
        Z = np.zeros((N, C, H - K + 1, W - K + 1))
        for i in range(H - K + 1):
            for j in range(W - K + 1):
                Z[:, :, i, j] = A[:, :, i : i + K, j : j + K].max(axis=(2, 3))
        return Z

    def backward(self, dLdZ):
        K = self.kernel
        dLdA = np.zeros(self.A.shape)
        N, C, high, wide = dLdZ.shape
        for n in range(N):
            for c in range(C):
                for i in range(high):
                    for j in range(wide):
                        window = self.A[n, c, i : i + K, j : j + K]
                        r, s = np.unravel_index(window.argmax(), window.shape)
                        dLdA[n, c, i + r, j + s] += dLdZ[n, c, i, j]
        return dLdA


class MeanPool2d_stride1:
    def __init__(self, kernel):
        self.kernel = kernel

    def forward(self, A):
        self.A = A
        K = self.kernel
        N, C, H, W = A.shape
        Z = np.zeros((N, C, H - K + 1, W - K + 1))
        for i in range(H - K + 1):
            for j in range(W - K + 1):
                Z[:, :, i, j] = A[:, :, i : i + K, j : j + K].mean(axis=(2, 3))
        return Z

    def backward(self, dLdZ):
        K = self.kernel
        dLdA = np.zeros(self.A.shape)
        for i in range(dLdZ.shape[2]):
            for j in range(dLdZ.shape[3]):
                dLdA[:, :, i : i + K, j : j + K] += dLdZ[:, :, i, j][:, :, None, None] / (K * K)
        return dLdA


class MaxPool2d:
    def __init__(self, kernel, stride):
        self.kernel, self.stride = kernel, stride
        self.maxpool2d_stride1 = MaxPool2d_stride1(kernel)
        self.downsample2d = Downsample2d(stride)

    def forward(self, A):
        return self.downsample2d.forward(self.maxpool2d_stride1.forward(A))

    def backward(self, dLdZ):
        return self.maxpool2d_stride1.backward(self.downsample2d.backward(dLdZ))


class MeanPool2d:
    def __init__(self, kernel, stride):
        self.kernel, self.stride = kernel, stride
        self.meanpool2d_stride1 = MeanPool2d_stride1(kernel)
        self.downsample2d = Downsample2d(stride)

    def forward(self, A):
        return self.downsample2d.forward(self.meanpool2d_stride1.forward(A))

    def backward(self, dLdZ):
        return self.meanpool2d_stride1.backward(self.downsample2d.backward(dLdZ))
