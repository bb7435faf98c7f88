"""ELMo's weights in the layout that AllenNLP published: an options file and an HDF5 file.

Matrices stand there as TensorFlow multiplies them, input first; gates in its order (input,
candidate, forget, output); and a forget bias to which 1 is added when the model runs.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol, TypeVar, runtime_checkable

import h5py
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from course_lib.errors import CourseError
from course_lib.layers.char_cnn import CharCnn
from course_lib.layers.highway import Highway
from course_lib.models.elmo_cells import ProjectedLstm
from course_lib.models.elmo_characters import N_CHARACTERS
from course_lib.models.elmo_config import ElmoConfig

Layer = TypeVar("Layer", bound=nn.Module)

FORGET_BIAS = 1.0
THEIR_GATES = (0, 2, 1, 3)  # ours are input, forget, candidate, output; it is its own inverse


@runtime_checkable
class Weights(Protocol):
    """Where the weights stand in a model: the parts of an `Elmo`."""

    config: ElmoConfig
    char_cnn: CharCnn
    highways: nn.Sequential
    token_proj: nn.Linear

    def cells(self) -> tuple[list[ProjectedLstm], list[ProjectedLstm]]:
        """Return the LSTM layers of the forward and of the backward direction, lowest first."""
        ...


def read_options(path: Path) -> ElmoConfig:
    """Read the sizes from an options file.

    Raises: CourseError where the file is missing or holds something else.
    """
    try:
        options = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CourseError(
            f"ELMo's options as JSON in {path.name}", str(error), "give the path of the file"
        ) from error
    return ElmoConfig.from_options(options)


def load(elmo: Weights, path: Path) -> None:
    """Copy the weights of an HDF5 file into a model of the same sizes.

    Raises: CourseError where the file is missing, lacks an entry, has an entry of another shape, or
    has layers that the model lacks.
    """
    try:
        file = h5py.File(path, "r")
    except OSError as error:
        raise CourseError(
            f"ELMo's weights as HDF5 in {path.name}", str(error), "give the path of the file"
        ) from error
    with file, torch.no_grad():
        _refuse_more_layers(elmo, file, path.name)
        _load_characters(elmo, file, path.name)
        for name, ours in _plain_entries(elmo).items():
            ours.copy_(_entry(file, name, path.name, tuple(ours.t().shape)).t())
        for name, layer in _cells(elmo).items():
            n, width = layer.cell_size, layer.input_proj.in_features
            both = _entry(file, f"{name}/W_0", path.name, (width + layer.output_size, 4 * n))
            layer.input_proj.weight.copy_(_our_gates(both[:width]).T)
            layer.state_proj.weight.copy_(_our_gates(both[width:]).T)
            bias = _our_gates(_entry(file, f"{name}/B", path.name, (4 * n,)))
            bias[n : 2 * n] += FORGET_BIAS
            layer.state_proj.bias.copy_(bias)
            projection = _entry(file, f"{name}/W_P_0", path.name, (n, layer.output_size))
            layer.output_proj.weight.copy_(projection.T)


def _refuse_more_layers(elmo: Weights, file: h5py.File, where: str) -> None:
    """Refuse layers that nobody would read: the vectors would be wrong without a word."""
    found: list[str] = []
    file.visititems(lambda name, x: found.append(name) if isinstance(x, h5py.Dataset) else None)
    wanted = {f"CNN/{kind}_cnn_{i}" for kind in "Wb" for i in range(len(elmo.config.filters))}
    wanted |= set(_plain_entries(elmo))
    wanted |= {f"{cell}/{part}" for cell in _cells(elmo) for part in ("W_0", "B", "W_P_0")}
    more = [name for name in found if name.startswith(("CNN", "RNN")) and name not in wanted]
    if more:
        raise CourseError(
            f"the {len(wanted)} entries of CNN and RNN that the options name, in {where}",
            f"{len(more)} more, such as {more[0]}",
            "take the options file that belongs to the weights",
        )


def _load_characters(elmo: Weights, file: h5py.File, where: str) -> None:
    """Copy the table of characters, and put a row of zeros for masked words in front of it."""
    table = elmo.char_cnn.embedding.weight
    found = _entry(file, "char_embed", where)
    needed = N_CHARACTERS - 1
    if found.ndim != 2 or len(found) < needed or found.shape[1] != table.shape[1]:
        raise CourseError(
            f"char_embed of shape ({needed}, {table.shape[1]}) in {where}",
            str(tuple(found.shape)),
            "take the options file that belongs to the weights",
        )
    table.zero_()
    table[1:] = found[:needed]
    for i, convolution in enumerate(_all(nn.Conv1d, elmo.char_cnn.convolutions)):
        n, size, width = convolution.weight.shape
        weight = _entry(file, f"CNN/W_cnn_{i}", where, (1, width, size, n))
        convolution.weight.copy_(weight[0].permute(2, 1, 0))
        assert convolution.bias is not None
        convolution.bias.copy_(_entry(file, f"CNN/b_cnn_{i}", where, (n,)))


def _plain_entries(elmo: Weights) -> dict[str, Tensor]:
    """Return entries that need no more than to be transposed, and where they go."""
    entries = {
        "CNN_proj/W_proj": elmo.token_proj.weight,
        "CNN_proj/b_proj": elmo.token_proj.bias,
    }
    for j, highway in enumerate(_all(Highway, elmo.highways)):
        # subtle: "carry" is the gate of the part that is replaced, not of the part carried on
        entries[f"CNN_high_{j}/W_carry"] = highway.gate_proj.weight
        entries[f"CNN_high_{j}/b_carry"] = highway.gate_proj.bias
        entries[f"CNN_high_{j}/W_transform"] = highway.transform_proj.weight
        entries[f"CNN_high_{j}/b_transform"] = highway.transform_proj.bias
    return entries


def _cells(elmo: Weights) -> dict[str, ProjectedLstm]:
    return {
        f"RNN_{way}/RNN/MultiRNNCell/Cell{depth}/LSTMCell": layer
        for way, layers in enumerate(elmo.cells())
        for depth, layer in enumerate(layers)
    }


def _all(kind: type[Layer], modules: Iterable[nn.Module]) -> list[Layer]:
    return [module for module in modules if isinstance(module, kind)]


def _our_gates(x: Tensor) -> Tensor:
    parts = x.chunk(4, dim=-1)
    return torch.cat([parts[gate] for gate in THEIR_GATES], dim=-1)


def _entry(file: h5py.File, name: str, where: str, shape: tuple[int, ...] | None = None) -> Tensor:
    if not isinstance(dataset := file.get(name), h5py.Dataset):
        raise CourseError(
            f"an entry {name} in {where}", "none", "take weights in AllenNLP's layout"
        )
    if shape is not None and dataset.shape != shape:
        raise CourseError(
            f"{name} of shape {shape} in {where}",
            str(dataset.shape),
            "take the options file that belongs to the weights",
        )
    return torch.from_numpy(np.asarray(dataset[...], dtype=np.float32))


def save(elmo: Weights, options_json: Path | str, weights_hdf5: Path | str) -> None:
    """Write a model's options and weights in that layout, for AllenNLP or for `from_allennlp`."""
    options_json, weights_hdf5 = Path(options_json), Path(weights_hdf5)
    config = elmo.config
    options_json.write_text(json.dumps(config.to_options(), indent=1) + "\n", encoding="utf-8")
    arrays: dict[str, Tensor] = {"char_embed": elmo.char_cnn.embedding.weight[1:]}
    for i, convolution in enumerate(_all(nn.Conv1d, elmo.char_cnn.convolutions)):
        arrays[f"CNN/W_cnn_{i}"] = convolution.weight.permute(2, 1, 0)[None]
        assert convolution.bias is not None
        arrays[f"CNN/b_cnn_{i}"] = convolution.bias
    for name, ours in _plain_entries(elmo).items():
        arrays[name] = ours.t()
    for name, layer in _cells(elmo).items():
        n = layer.cell_size
        bias = layer.state_proj.bias.detach().clone()
        bias[n : 2 * n] -= FORGET_BIAS
        both = torch.cat([layer.input_proj.weight, layer.state_proj.weight], dim=1).T
        arrays[f"{name}/W_0"] = _our_gates(both)
        arrays[f"{name}/B"] = _our_gates(bias)
        arrays[f"{name}/W_P_0"] = layer.output_proj.weight.T
    with h5py.File(weights_hdf5, "w") as file:
        for name, array in arrays.items():
            file[name] = _as_numpy(array)


def _as_numpy(x: Tensor) -> NDArray:
    return x.detach().cpu().contiguous().numpy()
