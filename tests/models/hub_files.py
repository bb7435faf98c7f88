"""Folders as transformers writes them, and what their older forms looked like."""

import json
import warnings
from pathlib import Path
from typing import Any

from safetensors.torch import load_file, save_file

import course_lib.vision.torchvision  # noqa: F401  (transformers would import a broken one)


def saved(theirs: Any, folder: Path) -> Path:
    """Write a model of transformers' into a folder."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs.save_pretrained(folder)
    return folder


def rename(folder: Path, change: Any) -> None:
    """Write the tensors again under other names; `change` gives the new ones, or several."""
    path = folder / "model.safetensors"
    tensors = load_file(path)
    renamed = {}
    for name, tensor in tensors.items():
        new = change(name)
        for one in [new] if isinstance(new, str) else new:
            renamed[one] = tensor.clone()
    save_file(renamed, path)


def in_shards(folder: Path) -> None:
    """Cut the weights into two files with an index, as large models are published."""
    path = folder / "model.safetensors"
    tensors = load_file(path)
    names = sorted(tensors)
    parts = {"model-1-of-2.safetensors": names[::2], "model-2-of-2.safetensors": names[1::2]}
    for file, own in parts.items():
        save_file({name: tensors[name] for name in own}, folder / file)
    weight_map = {name: file for file, own in parts.items() for name in own}
    total = sum(tensor.nbytes for tensor in tensors.values())
    index = {"metadata": {"total_size": total}, "weight_map": weight_map}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index), encoding="utf-8")
    path.unlink()
