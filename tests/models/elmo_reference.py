"""ELMo in numpy, one token after the other, straight from the arrays of the published layout.

Written from the published description with TensorFlow's conventions and shares no code with
course_lib.models: no batches, no padding, no reversed copies.
"""

import json
from pathlib import Path

import h5py
import numpy as np

OPTIONS = {
    "lstm": {
        "use_skip_connections": True,
        "projection_dim": 7,
        "cell_clip": 0.6,
        "proj_clip": 0.3,
        "dim": 11,
        "n_layers": 3,
    },
    "char_cnn": {
        "activation": "relu",
        "filters": [[1, 2], [3, 5], [7, 3]],
        "n_highway": 2,
        "embedding": {"dim": 5},
        "n_characters": 261,
        "max_characters_per_token": 50,
    },
}


def random_arrays(options, seed):
    """Return random weights under the names of the layout, large enough for every clip to bite."""
    rng = np.random.default_rng(seed)
    lstm, cnn = options["lstm"], options["char_cnn"]
    n_filters = sum(n for _, n in cnn["filters"])
    width, cell = lstm["projection_dim"], lstm["dim"]
    shapes = {"char_embed": (261, cnn["embedding"]["dim"])}
    for i, (w, n) in enumerate(cnn["filters"]):
        shapes[f"CNN/W_cnn_{i}"], shapes[f"CNN/b_cnn_{i}"] = (
            (1, w, cnn["embedding"]["dim"], n),
            (n,),
        )
    for j in range(cnn["n_highway"]):
        for name in ("carry", "transform"):
            shapes[f"CNN_high_{j}/W_{name}"] = (n_filters, n_filters)
            shapes[f"CNN_high_{j}/b_{name}"] = (n_filters,)
    shapes["CNN_proj/W_proj"], shapes["CNN_proj/b_proj"] = (n_filters, width), (width,)
    for way in (0, 1):
        for k in range(lstm["n_layers"]):
            cell_name = f"RNN_{way}/RNN/MultiRNNCell/Cell{k}/LSTMCell"
            shapes[f"{cell_name}/W_0"] = (2 * width, 4 * cell)
            shapes[f"{cell_name}/B"] = (4 * cell,)
            shapes[f"{cell_name}/W_P_0"] = (cell, width)
    return {name: rng.normal(0, 0.5, shape).astype("float32") for name, shape in shapes.items()}


def write(folder: Path, options, arrays):
    """Write both files and return their paths."""
    paths = folder / "options.json", folder / "weights.hdf5"
    paths[0].write_text(json.dumps(options))
    with h5py.File(paths[1], "w") as file:
        for name, array in arrays.items():
            file[name] = array
    return paths


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def token_vector(options, arrays, token):
    """Bytes, filters, highway layers, projection; for one token."""
    cnn = options["char_cnn"]
    if token in ("<S>", "</S>"):
        content = [256 if token == "<S>" else 257]
    else:
        content = list(token.encode("utf-8")[:48])
    ids = [258, *content, 259]
    ids += [260] * (50 - len(ids))
    letters = arrays["char_embed"][ids].astype(float)  # the reader's row 0 and + 1 cancel out
    found = []
    for i, (width, n) in enumerate(cnn["filters"]):
        kernel, bias = arrays[f"CNN/W_cnn_{i}"][0], arrays[f"CNN/b_cnn_{i}"]
        best = np.full(n, -np.inf)
        for start in range(50 - width + 1):
            answer = sum(letters[start + offset] @ kernel[offset] for offset in range(width)) + bias
            best = np.maximum(best, answer)
        found.append(np.maximum(best, 0) if cnn["activation"] == "relu" else np.tanh(best))
    x = np.concatenate(found)
    for j in range(cnn["n_highway"]):
        part = {name: arrays[f"CNN_high_{j}/{name}"] for name in
                ("W_carry", "b_carry", "W_transform", "b_transform")}  # fmt: skip
        gate = sigmoid(x @ part["W_carry"] + part["b_carry"])
        x = gate * np.maximum(x @ part["W_transform"] + part["b_transform"], 0) + (1 - gate) * x
    return x @ arrays["CNN_proj/W_proj"] + arrays["CNN_proj/b_proj"]


def clip(x, bound):
    return np.clip(x, -bound, bound) if bound else x


def run_direction(options, arrays, way, vectors, state):
    """Read vectors in the order given; return each layer's outputs in that order, and the state."""
    lstm = options["lstm"]
    outputs, ends = [], []
    for k in range(lstm["n_layers"]):
        name = f"RNN_{way}/RNN/MultiRNNCell/Cell{k}/LSTMCell"
        weights, bias = arrays[f"{name}/W_0"], arrays[f"{name}/B"]
        h, c = state[k] if state else (np.zeros(lstm["projection_dim"]), np.zeros(lstm["dim"]))
        layer = []
        for x in vectors:
            i, j, f, o = np.split(np.concatenate([x, h]) @ weights + bias, 4)
            c = clip(sigmoid(f + 1) * c + sigmoid(i) * np.tanh(j), lstm["cell_clip"])
            h = clip((sigmoid(o) * np.tanh(c)) @ arrays[f"{name}/W_P_0"], lstm["proj_clip"])
            layer.append(h + x if k > 0 and lstm["use_skip_connections"] else h)
        outputs.append(np.stack(layer))
        ends.append((h, c))
        vectors = outputs[-1]
    return np.stack(outputs), ends


def activations(options, arrays, tokens, state=None):
    """Return (layers, tokens, 2 · projection) of one sentence, and the state of both directions."""
    vectors = [token_vector(options, arrays, t) for t in ["<S>", *tokens, "</S>"]]
    state = state or [None, None]
    ahead, first = run_direction(options, arrays, 0, vectors, state[0])
    back, second = run_direction(options, arrays, 1, vectors[::-1], state[1])
    both = np.concatenate([ahead, back[:, ::-1]], axis=-1)
    return both[:, 1:-1], [first, second]
