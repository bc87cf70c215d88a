"""PyTorch's recurrent modules by our derivations: the weights taken apart, layer by layer."""

from __future__ import annotations

import torch
from ours import Inexpressible, Ours
from torch import Tensor


def _rnn(ours: Ours, x, states, w, u, b, c, module) -> Tensor:
    made = ours("rnn", activation=module.nonlinearity, loss="none", readout=False)
    return made(x=x, h0=states[0], W_xh=w.T, W_hh=u.T, b_h=b + c)


def _lstm(ours: Ours, x, states, w, u, b, c, module) -> Tensor:
    made = ours("packed_lstm", order="ifgo")
    return made(x=x, h0=states[0], c0=states[1], W_x=w.T, W_h=u.T, b=b + c)


def _lstm_by_gates(ours: Ours, x, states, w, u, b, c, module) -> Tensor:
    parts = zip("ifgo", w.chunk(4), u.chunk(4), (b + c).chunk(4), strict=True)
    given = {"x": x, "h0": states[0], "c0": states[1]}
    for gate, W, U, B in parts:
        given |= {f"W_x{gate}": W.T, f"W_h{gate}": U.T, f"b_{gate}": B}
    return ours("lstm")(**given)


def _gru(ours: Ours, x, states, w, u, b, c, module) -> Tensor:
    given = {"x": x, "h0": states[0], "b_u": c.chunk(3)[2]}
    parts = zip("rzg", w.chunk(3), u.chunk(3), b.chunk(3), c.chunk(3), strict=True)
    for gate, W, U, B, C in parts:
        given |= {f"W_x{gate}": W.T, f"W_h{gate}": U.T, f"b_{gate}": B if gate == "g" else B + C}
    return ours("gru", reset="after")(**given)


def cell(steps):
    """A cell: one time of a layer."""

    def row(ours: Ours, module, x: Tensor, state=None) -> Tensor:
        alone = x.ndim == 1
        x = x[None] if alone else x
        states = state if isinstance(state, tuple) else () if state is None else (state,)
        states = [s[None] if alone else s for s in states]
        states = states or [x.new_zeros(len(x), module.hidden_size)] * 2
        b, c = (
            x.new_zeros(len(w)) if bias is None else bias
            for w, bias in ((module.weight_ih, module.bias_ih), (module.weight_hh, module.bias_hh))
        )
        h = steps(ours, x[None], states, module.weight_ih, module.weight_hh, b, c, module)[0]
        return h[0] if alone else h

    return row


def layers(steps):
    """Layers one on the other, in one direction or two."""

    def row(ours: Ours, module, x: Tensor, state=None) -> tuple[Tensor, Tensor]:
        if not isinstance(x, Tensor):
            raise Inexpressible("sequences of several lengths in one batch")
        if module.proj_size or (module.dropout and module.num_layers > 1):
            raise Inexpressible("projected states, or dropout that PyTorch draws inside")
        alone, directions = x.ndim == 2, 1 + module.bidirectional
        x = x[:, None] if alone else x.transpose(0, 1) if module.batch_first else x
        states = state if isinstance(state, tuple) else () if state is None else (state,)
        shape = (module.num_layers * directions, x.shape[1], module.hidden_size)
        states = [s.reshape(shape) for s in states] or [x.new_zeros(shape)] * 2
        last = []
        for k in range(module.num_layers):
            found = []
            for d in range(directions):
                ways = [s[k * directions + d] for s in states]
                h = _one(ours, steps, module, x.flip(0) if d else x, ways, f"l{k}", d)
                last.append(h[-1])
                found.append(h.flip(0) if d else h)
            x = torch.cat(found, -1)
        last = torch.stack(last)
        if alone:
            return x[:, 0], last[:, 0]
        return (x.transpose(0, 1) if module.batch_first else x), last

    return row


def _one(ours, steps, module, x, states, layer: str, reverse: int) -> Tensor:
    name = layer + "_reverse" * reverse
    w, u = (getattr(module, f"weight_{part}_{name}") for part in ("ih", "hh"))
    b, c = (
        getattr(module, f"bias_{part}_{name}") if module.bias else x.new_zeros(len(w))
        for part in ("ih", "hh")
    )
    return steps(ours, x, states, w, u, b, c, module)


RECURRENT = {
    torch.nn.RNN: layers(_rnn),
    torch.nn.LSTM: layers(_lstm),
    torch.nn.GRU: layers(_gru),
    torch.nn.RNNCell: cell(_rnn),
    torch.nn.LSTMCell: cell(_lstm_by_gates),
    torch.nn.GRUCell: cell(_gru),
}
