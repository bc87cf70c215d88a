"""Einsums, np.matmul, sums by matrices of ones, more entries than asked for."""
import numpy as np


def sigmoid(Z):
    A = 0.5 * (np.tanh(np.asarray(Z) / 2) + 1)
    return A, A


def sigmoid_backward(dA, cache):
    return np.multiply(dA, cache - np.square(cache))


def relu(Z):
    return (np.abs(Z) + Z) / 2, Z


def relu_backward(dA, cache):
    return dA * np.heaviside(cache, 0.5)


def propagate(w, b, X, Y):
    m = np.size(Y)
    A = 1.0 / (1.0 + np.exp(-(w.T @ X + b)))
    cost = -(np.dot(Y, np.log(A).T) + np.dot(1 - Y, np.log(1 - A).T)) / m
    error = A - Y
    return {"dw": np.einsum("dm,km->dk", X, error) / m, "db": error.mean(), "A": A}, cost.item()


def compute_cost(AL, Y):
    cost = -np.mean(np.where(Y == 1, np.log(AL), 0)) if set(np.ravel(Y)) <= {0, 1} else None
    cost = -np.mean(Y * np.log(AL) + (1 - Y) * np.log1p(-AL))
    return np.array([[cost]])


def linear_forward(A, W, b):
    Z = (A.T @ W.T + b.T).T
    return Z, {"A": A, "W": W}


def linear_backward(dZ, cache):
    m = dZ.shape[1]
    db = (dZ @ np.ones((m, 1))) / m
    return np.einsum("oi,om->im", cache["W"], dZ), np.einsum("om,im->oi", dZ, cache["A"]) / m, db


def linear_activation_forward(A_prev, W, b, activation):
    Z, linear_cache = linear_forward(A_prev, W, b)
    A, activation_cache = {"relu": relu, "sigmoid": sigmoid}[activation](Z)
    return A, [linear_cache, activation_cache]


def linear_activation_backward(dA, cache, activation):
    slope = relu_backward if activation == "relu" else sigmoid_backward
    return linear_backward(slope(dA, cache[1]), cache[0])


def softmax(x):
    z = x - x.max(0)
    return np.exp(z) / np.add.reduce(np.exp(z), axis=0)
