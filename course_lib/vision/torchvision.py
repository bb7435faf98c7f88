"""torchvision, imported so that it also loads beside a torch build without its compiled operators.

A torchvision wheel for CUDA beside a CPU build of torch cannot load `torchvision._C`, and
`import torchvision` then fails where it registers shapes for operators that do not exist.
Defining the schemas of those operators first lets models, transforms and data sets work;
`torchvision.ops.nms` and decoding in `torchvision.io` stay out of reach (we decode with Pillow).
Where the operators load, this module does nothing but import.
"""

import importlib.util
from pathlib import Path

import torch


def _compiled_ops_load() -> bool:
    spec = importlib.util.find_spec("torchvision")
    if spec is None or spec.origin is None:
        return True  # let the import below raise its own error
    libraries = sorted(Path(spec.origin).parent.glob("_C.*"))
    if not libraries:
        return False
    try:
        torch.ops.load_library(str(libraries[0]))
    except OSError:
        return False
    return True


if not _compiled_ops_load():
    torch.library.define(
        "torchvision::nms", "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
    )
    torch.library.define(
        "torchvision::qnms", "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
    )

import torchvision  # noqa: E402
from torchvision import datasets, models, transforms  # noqa: E402
from torchvision.transforms import v2  # noqa: E402

__all__ = ["datasets", "models", "torchvision", "transforms", "v2"]
