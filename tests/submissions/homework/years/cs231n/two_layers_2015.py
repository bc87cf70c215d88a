import numpy as np
import matplotlib.pyplot as plt


def init_two_layer_model(input_size, hidden_size, output_size):
  model = {}
  model['W1'] = 0.00001 * np.random.randn(input_size, hidden_size)
  model['b1'] = np.zeros(hidden_size)
  model['W2'] = 0.00001 * np.random.randn(hidden_size, output_size)
  model['b2'] = np.zeros(output_size)
  return model


def two_layer_net(X, model, y=None, reg=0.0):
  W1, b1, W2, b2 = model['W1'], model['b1'], model['W2'], model['b2']
  N, D = X.shape
  hidden = np.maximum(X.dot(W1) + b1, 0)
  scores = hidden.dot(W2) + b2
  if y is None:
    return scores
  e = np.exp(scores - scores.max(axis=1, keepdims=True))
  p = e / e.sum(axis=1, keepdims=True)
  data = -(scores - scores.max(axis=1, keepdims=True) - np.log(e.sum(axis=1, keepdims=True)))
  loss = np.mean(data[range(N), y]) + 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
  grads = {}
  p[range(N), y] -= 1
  p /= N
  grads['W2'] = hidden.T.dot(p) + reg * W2
  grads['b2'] = p.sum(axis=0)
  dh = p.dot(W2.T)
  dh[hidden <= 0] = 0
  grads['W1'] = X.T.dot(dh) + reg * W1
  grads['b1'] = dh.sum(axis=0)
  return loss, grads
