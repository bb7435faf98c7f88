# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Exercise 1: Keep the front, replace the end
#
# Ten thousand labelled photographs of birds, and a ResNet-50 with 25,557,032 parameters: 2,556 parameters for each label.
# Trained from nothing it learns the photographs by heart.
# Transfer learning keeps most of those parameters as another task left them.
#
# In this exercise you write the tools for it, each small enough to check by eye: count, replace the head, freeze, keep batch normalisation still, give each depth a rate of its own, draw a few labels fairly, compute frozen features, train.
# At the end they meet on drawn birds with eight labels a kind, against a network that starts from nothing.
#
# Read [chapter 1](../../book/01_transfer.md) first.
# There are eight tasks, 20 points, and about 80 minutes of work.
#
# **How it goes.** A cell with `raise NotImplementedError` is yours: put your code in that line's place.
# The cells below it show what your code does and check it at once.
# When you hand in, the same cell runs further tests, on other networks and other numbers.
# Before you hand in, restart the kernel and run all cells.

# %%
# COURSE-SETUP

# %% nbgrader={"grade": false, "grade_id": "imports", "locked": true, "schema_version": 3, "solution": false, "task": false}
import warnings

import torch
from torch import nn

from course_lib.vision.torchvision import models

warnings.filterwarnings("ignore", message="Converting a tensor with requires_grad")
torch.set_num_threads(1)  # enough for these sizes

# %% [markdown]
# A toy comes first, since mistakes are easier to see in a network that fits on a line.
# It has what a ResNet has: stages of convolution and batch normalisation, a pooled vector, a head.
#
# Below some of your cells stands a *probe*: it builds a network, calls your function, and reports names and numbers.
# It shows you one report, and the check under it looks through it too.

# %% nbgrader={"grade": false, "grade_id": "toy_net", "locked": true, "schema_version": 3, "solution": false, "task": false}
def toy_net(widths: list[int], n_classes: int) -> nn.Module:
    """Build stage1, stage2, … (one for each width), then pool, neck, drop and head."""
    torch.manual_seed(0)
    net, channels = nn.Sequential(), 3
    for depth, width in enumerate(widths, start=1):
        stage = nn.Sequential()
        stage.add_module("conv", nn.Conv2d(channels, width, 3, stride=2, padding=1, bias=False))
        stage.add_module("norm", nn.BatchNorm2d(width))
        stage.add_module("relu", nn.ReLU())
        net.add_module(f"stage{depth}", stage)
        channels = width
    net.add_module("pool", nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten()))
    net.add_module("neck", nn.BatchNorm1d(channels))
    net.add_module("drop", nn.Dropout(0.5))
    net.add_module("head", nn.Linear(channels, n_classes))
    return net


def build(network: str | list[int]) -> nn.Module:
    """Build a network of torchvision by its name, or a toy by its widths (with 5 classes)."""
    if isinstance(network, list):
        return toy_net(network, n_classes=5)
    return models.get_model(network, weights=None)


def switches(model: nn.Module) -> dict[str, bool]:
    """Tell for each parameter whether it is trainable, and for each module whether it trains."""
    trainable = {name: p.requires_grad for name, p in model.named_parameters()}
    return trainable | {f"mode of {name}": part.training for name, part in model.named_modules()}


print(toy_net([4, 6], n_classes=5))

# %% [markdown]
# ## Task 1: Where are the parameters? (8 minutes, 2 points)
#
# What is kept and what is replaced depends on where the parameters are.
# A *block* is the first part of a parameter's name: `layer4.0.conv1.weight` belongs to `layer4`.
#
# **Predict, then write.**
# A ResNet-50 has a stem (`conv1`, `bn1`), four layers and a head (`fc`).
# Which one holds more than half of all parameters, and how much does the first layer hold?

# %% nbgrader={"grade": false, "grade_id": "parameters_by_block", "locked": false, "schema_version": 3, "solution": true, "task": false}
def parameters_by_block(model: nn.Module) -> dict[str, int]:
    """Count the numbers that training may change, block by block, from front to back.

    A block's name is what stands before the first dot of a parameter's full name.
    Frozen parameters are counted too. Buffers, such as the running means of batch
    normalisation, are no parameters. A block without parameters may be left out.
    """
    ### BEGIN SOLUTION
    counts = {}
    for name, parameter in model.named_parameters():
        block = name.split(".")[0]
        counts[block] = counts.get(block, 0) + parameter.numel()
    return counts
    ### END SOLUTION

# %% nbgrader={"grade": false, "grade_id": "probe_counts", "locked": true, "schema_version": 3, "solution": false, "task": false}
def probe_counts(network: str | list[int], frozen: bool = False) -> dict[str, int]:
    """Count the parameters of a network; none of its tensors takes memory."""
    with torch.device("meta"):
        model = build(network)
    model.requires_grad_(not frozen)
    return parameters_by_block(model)


print(probe_counts([4, 6]))

# %% nbgrader={"grade": true, "grade_id": "test_parameters_by_block", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
got = probe_counts([4, 6])
assert isinstance(got, dict), "Return a dictionary: block name to number of parameters."
assert "" not in got, "The network itself is counted as a block; add up each parameter once."
assert set(got) >= {"stage1", "stage2", "neck", "head"}, (
    f"The blocks are {sorted(got)}; a block's name is what stands before the first dot."
)
assert got["stage1"] != 3, "You counted tensors; count the numbers inside them."
assert got["head"] != 30, "Biases and the shifts of batch normalisation are parameters too."
assert got["stage1"] != 125, (
    "Running means are counted: batches change them, the optimiser does not; they are buffers."
)
assert got["stage1"] != 232, "Some parameters were counted once for each module around them."
assert got["stage1"] != 4, (
    "Each tensor of a block took the place of the one before; add their numbers up."
)
assert got["stage1"] == 3 * 4 * 9 + 4 + 4, "stage1: a 3×3 convolution from 3 to 4, scale, shift."
assert got["head"] == 6 * 5 + 5, "head: a weight for each pair of input and class, and a bias."
assert probe_counts([4, 6], frozen=True) == got, (
    "The count changed when the network was frozen; a frozen parameter is still a parameter."
)
total = sum(probe_counts("resnet50").values())
assert total == 25_557_032, f"A ResNet-50 has 25,557,032 parameters, you counted {total:,}."
print(f"ResNet-50: {total:,} parameters")
### BEGIN HIDDEN TESTS
from course_lib.vision.torchvision import models

for widths in ([7], [5, 3, 11], list(range(2, 14))):
    expected, channels = {}, 3
    for i, n in enumerate(widths):
        expected[f"stage{i + 1}"] = channels * n * 9 + 2 * n
        channels = n
    expected |= {"neck": 2 * channels, "head": channels * 5 + 5}
    got = {block: n for block, n in probe_counts(widths).items() if n}
    assert got == expected, f"A toy with {len(widths)} stages was not counted right."
    assert list(got) == list(expected), "The blocks must come from front to back."
for network in ("mobilenet_v3_small", "vit_b_16"):
    with torch.device("meta"):
        model = models.get_model(network, weights=None)
    expected = sum(p.numel() for p in model.parameters())
    got = probe_counts(network)
    assert sum(got.values()) == expected, (
        "A parameter of the network itself, such as class_token of a ViT, is a block of its own."
    )
    assert all("." not in block for block in got), "A block's name holds no dot."
### END HIDDEN TESTS

# %%
# Your prediction, and the library's own count: course_lib.vision.backbones
from course_lib.vision import backbones

with torch.device("meta"):
    resnet50 = backbones.build("resnet50")
for block, n in parameters_by_block(resnet50).items():
    print(f"{block:7} {n:>10,} {'#' * round(50 * n / 25_557_032)}")
print("the library's total is the same:", backbones.count_parameters(resnet50) == 25_557_032)

# %% [markdown]
# `layer4` alone holds almost 15 million, 59 %; `layer1` holds less than 1 %.
# The front of a network costs little to keep; the chapter measures how well it transfers.
#
# ## Task 2: A new head (8 minutes, 2 points)
#
# The old head answers a question that nobody asks any more: which of 1,000 classes?
# It is taken out, and a new linear layer with as many outputs as there are kinds of birds takes its place.
# The rest of the network must stay as it was, number by number.
#
# Heads have different names: `fc` in a ResNet, `classifier.3` in a MobileNet.
# The second is a path: the child `3` of the child `classifier`.

# %% nbgrader={"grade": false, "grade_id": "replace_head", "locked": false, "schema_version": 3, "solution": true, "task": false}
def replace_head(model: nn.Module, name: str, n_classes: int) -> nn.Module:
    """Put a new nn.Linear, with random weights and a bias, in the place of the linear layer `name`.

    The new layer takes as many inputs as the old one and gives n_classes outputs.
    `name` may be a path with dots. Nothing else in the network changes.
    Returns: the network.
    """
    ### BEGIN SOLUTION
    path, _, last = name.rpartition(".")
    parent = model.get_submodule(path)
    head = nn.Linear(getattr(parent, last).in_features, n_classes)
    setattr(parent, last, head)
    return model
    ### END SOLUTION

# %% nbgrader={"grade": false, "grade_id": "probe_head", "locked": true, "schema_version": 3, "solution": false, "task": false}
def probe_head(network: str | list[int], name: str, n_classes: int) -> dict:
    """Replace the head of a network; report the logits, the head's tensors and what else changed."""
    torch.manual_seed(0)
    given = build(network)
    next(given.children()).requires_grad_(False).eval()  # some of it is frozen, as it may be
    kind, switched = type(given).__name__, switches(given)
    before = {key: value.clone() for key, value in given.state_dict().items()}
    model = replace_head(given, name, n_classes)
    if type(model).__name__ != kind:
        return {"type": type(model).__name__, "expected_type": kind}
    after = dict(model.named_parameters()) | dict(model.named_buffers())
    old = before[f"{name}.weight"]
    new = after.get(f"{name}.weight", old)
    rows = min(len(old), len(new)) if old.shape[1:] == new.shape[1:] else 0
    report = {
        "type": kind,
        "expected_type": kind,
        "is_a_copy": model is not given,
        "head": {key: list(value.shape) for key, value in after.items() if key.startswith(name)},
        "same_rows": bool(rows) and torch.equal(old[:rows], new[:rows]),
        "same_bias": torch.equal(
            before[f"{name}.bias"][:rows], after.get(f"{name}.bias", torch.empty(0))[:rows]
        ),
        "all_equal": bool((new == new[0, 0]).all()),
        "switched": [
            key
            for key, value in switches(model).items()
            if name not in key and switched.get(key) != value
        ],
        "changed": [
            key
            for key, value in before.items()
            if not key.startswith(name)
            and not (key in after and torch.equal(value, after[key]))
        ],
    }
    try:
        report["n_logits"] = model.eval()(torch.randn(2, 3, 32, 32)).shape[1]
    except RuntimeError as error:
        report["error"] = str(error)
    return report


print(probe_head([4, 6], "head", 3)["head"])

# %% nbgrader={"grade": true, "grade_id": "test_replace_head", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
got = probe_head("resnet18", "fc", 6)
assert got["type"] != "Linear", "Return the network with its new head in place, not the head alone."
assert got["type"] == got["expected_type"], f"Return the network; this is a {got['type']}."
assert not got["is_a_copy"], (
    "This is a copy: who holds the given network, an optimiser say, still has the old head."
)
assert "error" not in got, (
    "The new head does not fit what reaches it; ask the old one for its in_features."
)
assert [1000, 512] not in got["head"].values() or len(got["head"]) == 2, (
    "The old head is still there below the new one; take its place."
)
assert list(got["head"]) != ["fc.weight"], "The new head has no bias; every class needs one of its own."
assert len(got["head"]) == 2 and "fc.weight" in got["head"], (
    f"The head is one linear layer, with a weight and a bias. This one has {list(got['head'])}."
)
assert not got["changed"], "Weights in front of the head changed; what was learnt there is lost."
frozen = [name for name in got["switched"] if "mode of" not in name]
assert not frozen, (
    "Parameters in front of the head were frozen or thawed; that is for the caller to decide."
)
assert not got["switched"], (
    "The network changed its mode: a layer was in train mode and is in eval mode, or the reverse."
)
assert got["n_logits"] == 6, (
    "Changing an attribute does not resize the weights; make a new layer. "
    f"The network still gives {got['n_logits']} logits."
)
assert got["head"]["fc.weight"] == [6, 512], "The weight has one row for each of the 6 classes."
assert not got["same_rows"] and not got["same_bias"], (
    "The new head kept rows of the old one; those are other classes."
)
assert not got["all_equal"], (
    "All weights of the new head are the same number; nn.Linear draws them at random."
)
got = probe_head("mobilenet_v3_small", "classifier.3", 7)
assert got.get("n_logits") == 7, (
    "'classifier.3' is a path: the new layer must become child 3 of the child classifier."
)
got = probe_head("mobilenet_v3_small", "classifier.0", 1024)
assert not got["same_rows"], (
    "Asked for 'classifier.0', and another layer was replaced; the name decides, not the place."
)
assert "error" not in got, (
    "The new head does not fit what reaches it; ask the old one for its in_features."
)
print("ResNet-18 with 6 classes, MobileNet with 7: both heads fit")
### BEGIN HIDDEN TESTS
for network, name, width in (
    ([5, 7], "head", 7),
    ([3, 13], "head", 13),
    ([4, 2, 11], "head", 11),
):
    for n_classes in (1, 13):
        got = probe_head(network, name, n_classes)
        assert got["type"] == got["expected_type"], "Return the network."
        assert "error" not in got, "On another network the new head does not fit its input."
        assert got["n_logits"] == n_classes, "On another network the number of logits is wrong."
        shapes = {f"{name}.weight": [n_classes, width], f"{name}.bias": [n_classes]}
        assert got["head"] == shapes, "The head must be one linear layer with a bias."
        assert not got["changed"], "A tensor outside the head changed."
        assert not got["switched"], "On another network a layer was frozen, thawed or switched."
### END HIDDEN TESTS

# %%
# The library's version: course_lib.vision.backbones.replace_head, for heads called fc
ours = replace_head(models.resnet18(), "fc", 6)
theirs = backbones.replace_head(models.resnet18(), 6)
print("ours:  ", ours.fc, parameters_by_block(ours)["fc"])
print("theirs:", theirs.fc, parameters_by_block(theirs)["fc"])

# %% [markdown]
# ## Task 3: Freeze (12 minutes, 3 points)
#
# A frozen parameter has `requires_grad=False`: no gradient is computed for it, and it stays where it is.
# You will say which blocks are to be trained; everything else is frozen.
#
# Two things go wrong here without a word.
# Names resemble each other: in a ResNet `conv1` is the stem *and* a part of every block, and `stage1` begins like `stage10`.
# And a name with a typo freezes the block that you wanted to train.

# %% nbgrader={"grade": false, "grade_id": "train_only", "locked": false, "schema_version": 3, "solution": true, "task": false}
def train_only(model: nn.Module, blocks: list[str]) -> list[str]:
    """Make the parameters of these blocks trainable and freeze all others, whatever they were before.

    A parameter belongs to a block when its name begins with the block's name and a dot;
    a block may be a path ("layer4.1"). The blocks may come in any order.
    Returns: the names of the trainable parameters, from the network's front to its back.
    Raises: ValueError for a block to which no parameter belongs.
    """
    ### BEGIN SOLUTION
    names = [name for name, _ in model.named_parameters()]
    for block in blocks:
        if not any(name.startswith(f"{block}.") for name in names):
            raise ValueError(f"no parameter belongs to {block!r}")
    starts = tuple(f"{block}." for block in blocks)
    for name, parameter in model.named_parameters():
        parameter.requires_grad = name.startswith(starts)
    return [name for name, parameter in model.named_parameters() if parameter.requires_grad]
    ### END SOLUTION

# %% nbgrader={"grade": false, "grade_id": "probe_train_only", "locked": true, "schema_version": 3, "solution": false, "task": false}
def probe_train_only(network: str | list[int], *steps: list[str]) -> dict:
    """Call train_only once for each step; report what it returned and what is trainable now."""
    with torch.device("meta"):
        model = build(network)
    for blocks in steps:
        returned = train_only(model, blocks)
    trainable = [name for name, p in model.named_parameters() if p.requires_grad]
    on_modules = [name for name, module in model.named_modules() if hasattr(module, "requires_grad")]
    return {"returned": returned, "trainable": trainable, "on_modules": on_modules}


print(probe_train_only([4, 6], ["head"])["trainable"])

# %% nbgrader={"grade": true, "grade_id": "test_train_only", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
got = probe_train_only([4, 6], ["head"])
assert not got["on_modules"], (
    "requires_grad was set on modules, where nothing reads it; set it on each parameter."
)
got = got["trainable"]
assert len(got) != 10, "Nothing was frozen: the blocks that are not named must be."
assert "stage1.conv.weight" not in got, "The named block was frozen; it is the one to be trained."
assert got == ["head.weight", "head.bias"], f"Only the head is to be trained, found {got}."
assert probe_train_only([4, 6], ["head"])["returned"] == got, (
    "Return the names of the trainable parameters, from front to back."
)
got = probe_train_only([4, 6], ["head"], ["stage2", "head"])["trainable"]
at_once = probe_train_only([4, 6], ["stage2", "head"])["trainable"]
assert "stage2.conv.weight" in got or "stage2.conv.weight" in at_once, (
    "Of two blocks the last one alone is trainable: the second pass froze what the first had thawed."
)
assert "stage2.conv.weight" in got, (
    "A block that was frozen before stayed frozen; the second call must thaw it."
)
assert not probe_train_only([4, 6], [])["trainable"], (
    "An empty list names no block, so everything is frozen; here parameters stayed trainable."
)
got = probe_train_only("resnet18", ["conv1"])["trainable"]
assert got == ["conv1.weight"], (
    "'conv1' is a block of its own, not any part of a name. "
    f"It matched {len(got)} names."
)
got = probe_train_only([2] * 10, ["stage1"])["trainable"]
assert len(got) == 3, "'stage1' also matched stage10; a block's name ends at the dot."
got = probe_train_only([4, 6], ["head", "stage2"])
assert sorted(got["returned"]) != sorted(got["trainable"]) or got["returned"] == got["trainable"], (
    "The names come in the order of the blocks that were asked for, not in that of the network."
)
try:
    got = probe_train_only("resnet18", ["layer4.1"])["trainable"]
except ValueError:
    got = []
assert got and all(name.startswith("layer4.1.") for name in got), (
    "'layer4.1' is a path to a block within a block; compare it with the beginning of each name."
)
for blocks, message in (
    (["haed"], "'haed' matches nothing and froze the whole network; raise a ValueError."),
    (["head", "haed"], "'haed' matches nothing, whatever stands beside it; check each block."),
    (["pool"], "'pool' is a module without parameters: there is nothing to train; raise a ValueError."),
):
    try:
        probe_train_only([4, 6], blocks)
    except NotImplementedError:
        raise
    except Exception:
        continue
    raise AssertionError(message)
print("trainable with blocks ['head']:", probe_train_only([4, 6], ["head"])["returned"])
### BEGIN HIDDEN TESTS
from course_lib.vision.torchvision import models

for network, *steps in (
    ("resnet18", ["layer4", "fc"], ["bn1"], ["fc", "layer4.1"]),
    ("vit_b_16", ["heads"]),
    ("mobilenet_v3_small", ["features.1", "classifier.3"]),
    ("mobilenet_v3_small", []),
):
    with torch.device("meta"):
        names = [name for name, _ in models.get_model(network, weights=None).named_parameters()]
    expected = [name for name in names if name.startswith(tuple(f"{b}." for b in steps[-1]))]
    got = probe_train_only(network, *steps)
    assert all("." in name for name in got["trainable"]), (
        "A parameter of the network itself, here class_token, is in no child, and stayed trainable."
    )
    assert got["trainable"] == expected, (
        "In another network the wrong parameters are trainable. "
        f"With {steps[-1]} of a {network}: {len(got['trainable'])}, expected {len(expected)}."
    )
    assert list(got["returned"]) == expected, "The names that were returned are not the trainable ones."
### END HIDDEN TESTS

# %%
# What an optimiser would get, and the library's way: course_lib.transfer.freezing
from course_lib.transfer import freezing

resnet = models.resnet18()
train_only(resnet, ["layer4", "fc"])
ours = sum(p.numel() for p in freezing.trainable(resnet))
freezing.freeze([resnet])
freezing.thaw([resnet.layer4, resnet.fc])
theirs = sum(p.numel() for p in freezing.trainable(resnet))
print(f"trainable: {ours:,}; the library's freeze and thaw: {theirs:,}")

# %% [markdown]
# ## Task 4: The trap of batch normalisation (10 minutes, 3 points)
#
# **Predict, then run.**
# Every parameter of this toy is frozen.
# Ten batches pass, no loss, no optimiser.
# Does the network that comes out compute the same as the one that went in?

# %%
net = toy_net([4, 6], n_classes=5).requires_grad_(False)
image = torch.ones(1, 3, 16, 16)
before = net.eval()(image)
net.train()
for _ in range(10):
    net(2 + torch.randn(8, 3, 16, 16))
after = net.eval()(image)
print("logits before", [round(x, 2) for x in before[0].tolist()])
print("logits after ", [round(x, 2) for x in after[0].tolist()])

# %% [markdown]
# It does not.
# In train mode batch normalisation replaces its running mean and variance a little with every batch, and these are buffers: `requires_grad` has no say in it.
# In train mode it also normalises with the batch at hand, so that an image's features depend on its neighbours.
#
# The way out: after `model.train()`, put every normalisation layer that is frozen back into eval mode.
# A normalisation layer that is being trained stays in train mode, and so does all the rest: dropout has to drop.

# %% nbgrader={"grade": false, "grade_id": "train_mode", "locked": false, "schema_version": 3, "solution": true, "task": false}
def train_mode(model: nn.Module) -> nn.Module:
    """Put the network into train mode, except batch normalisation whose parameters are all frozen.

    Batch normalisation means nn.BatchNorm1d, 2d and 3d, at any depth of the network.
    A layer with at least one trainable parameter is not frozen.
    Returns: the network.
    """
    ### BEGIN SOLUTION
    model.train()
    for module in model.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            if not any(parameter.requires_grad for parameter in module.parameters()):
                module.eval()
    return model
    ### END SOLUTION

# %% nbgrader={"grade": false, "grade_id": "probe_train_mode", "locked": true, "schema_version": 3, "solution": false, "task": false}
def probe_train_mode(widths: list[int], trainable: list[str]) -> dict:
    """Freeze all but some parameters of a toy and call train_mode; report modes and drift."""
    net = toy_net(widths, n_classes=5)
    film = nn.Sequential(nn.Unflatten(1, (5, 1, 1, 1)))
    film.add_module("norm", nn.BatchNorm3d(5))  # for films, which have one axis more
    net.add_module("film", film)
    net.eval()
    for name, parameter in net.named_parameters():
        parameter.requires_grad = name.startswith(tuple(trainable)) if trainable else False
    before = {name: value.clone() for name, value in net.named_buffers()}
    net = train_mode(net)
    training = {name: module.training for name, module in net.named_modules() if name}
    torch.manual_seed(1)
    net(torch.randn(7, 3, 16, 16))
    drift = {
        name.removesuffix(".running_mean"): (value - before[name]).abs().max().item()
        for name, value in net.named_buffers()
        if name.endswith("running_mean")
    }
    return {"training": training, "drift": drift}


class Watched(nn.Sequential):
    """A network that notes when train() finds a layer in eval mode."""

    undone = False

    def train(self, mode: bool = True) -> nn.Module:
        if mode and not all(module.training for module in self.modules()):
            self.undone = True
        return super().train(mode)


def probe_order() -> bool:
    """Tell whether train_mode undid an eval() of its own, on a frozen toy in train mode."""
    net = Watched(*toy_net([4, 6], n_classes=5).requires_grad_(False).children())
    train_mode(net)
    return net.undone


print(probe_train_mode([4, 6], ["neck", "head"])["drift"])

# %% nbgrader={"grade": true, "grade_id": "test_train_mode", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
got = probe_train_mode([4, 6], ["neck", "head"])
training, drift = got["training"], got["drift"]
assert training["drop"], (
    "Dropout is in eval mode and drops nothing; only frozen normalisation layers leave train mode."
)
assert "stage1.norm" in drift, (
    "A layer lost its running mean, and it normalises with the batch for ever; call its eval()."
)
assert training["stage1.relu"], (
    "A whole stage is in eval mode, ReLU and all; of a frozen stage only the normalisation is."
)
assert drift["stage1.norm"] == 0 or training["stage1.norm"], (
    "The running mean of a layer in eval mode moved."
)
assert drift["stage1.norm"] == 0 or not probe_order(), (
    "eval() came first and train() undid it; put the whole network into train mode first."
)
frozen = probe_train_mode([4, 6], [])["drift"]
assert drift["stage1.norm"] == 0 or frozen["neck"] != 0, (
    "Only layers at the top were stopped; children() goes one level deep, modules() all of them."
)
assert drift["stage1.norm"] == 0, (
    "A frozen layer's running mean moved: requires_grad=False does not stop buffers, eval() does."
)
assert not training["stage1.norm"], (
    "The running mean stands still, yet in train mode the layer normalises with the batch."
)
assert training["neck"] and drift["neck"] > 0, (
    "The neck is being trained, and its normalisation was stopped too; leave it in train mode."
)
got = probe_train_mode([4, 6], ["stage2", "head"])
assert not got["training"]["neck"] or got["training"]["film.norm"], (
    "The neck is normalisation too, though its name does not say so; ask for its type."
)
assert not got["training"]["neck"], (
    "The neck is a BatchNorm1d and frozen; it has running means like a BatchNorm2d."
)
assert not got["training"]["film.norm"], (
    "A BatchNorm3d was left out; there are three kinds, for one, two and three dimensions."
)
assert got["training"]["stage2.norm"], "stage2 is being trained; its normalisation must be too."
print("in train mode:", [name for name, on in got["training"].items() if on])
### BEGIN HIDDEN TESTS
for widths, trainable in (
    ([3, 5, 7], []),
    ([3, 5, 7], ["stage"]),
    ([2, 3, 2, 5], ["stage3.norm.bias", "head"]),
    ([2, 3, 2, 5], ["stage4.conv", "neck.weight"]),
):
    got = probe_train_mode(widths, trainable)
    stages = [f"stage{depth}.norm" for depth in range(1, len(widths) + 1)]
    norms = {*stages, "neck", "film.norm"}
    for name, on in got["training"].items():
        if name not in norms:
            assert on, f"{name} is no normalisation layer and belongs into train mode."
            continue
        learns = bool(trainable) and any(
            f"{name}.{part}".startswith(tuple(trainable)) for part in ("weight", "bias")
        )
        assert on == learns, (
            "A layer with one trainable parameter of two is not frozen, one with none is."
        )
        assert (got["drift"][name] > 0) == learns, "A running mean moved that should not, or stood."
### END HIDDEN TESTS

# %%
# The library's version: course_lib.transfer.freezing.train_mode
net = toy_net([4, 6, 8], n_classes=5)
train_only(net, ["stage3", "head"])
ours = [module.training for module in train_mode(net).modules()]
theirs = [module.training for module in freezing.train_mode(net).modules()]
print("the same modes:", ours == theirs)

# %% [markdown]
# ## Task 5: A rate for each depth (12 minutes, 3 points)
#
# Between frozen and free lies a third way: let everything move, the front in smaller steps than the end.
# The last block gets the rate η, the one before it η / f, then η / f², and so on.
# With f = 2.6, the factor of Howard and Ruder, the fifth block from the end moves 46 times more slowly than the last.
#
# An optimiser takes such rates as *parameter groups*: a list of dictionaries, each with `params` and `lr`.
# A parameter that stands in no group is never moved, and nobody tells you.

# %% nbgrader={"grade": false, "grade_id": "rates_by_depth", "locked": false, "schema_version": 3, "solution": true, "task": false}
def rates_by_depth(
    model: nn.Module, blocks: list[str], lr: float, factor: float = 2.6
) -> list[dict]:
    """Make parameter groups, one for each block, from front to back.

    Block i of n, counted from 0 at the front, gets the rate lr / factor ** (n - 1 - i).
    A frozen parameter stands in no group. A block whose parameters are all frozen has no group,
    and still counts as a step in depth.
    Each trainable parameter of the network stands in exactly one group.
    Returns: [{"params": [parameters], "lr": rate}, ...]
    Raises: ValueError when a trainable parameter belongs to none of the blocks.
    """
    ### BEGIN SOLUTION
    groups, placed = [], set()
    for i, block in enumerate(blocks):
        members = [
            (name, parameter)
            for name, parameter in model.named_parameters()
            if name.startswith(f"{block}.") and parameter.requires_grad
        ]
        placed.update(name for name, _ in members)
        rate = lr / factor ** (len(blocks) - 1 - i)
        if members:
            groups.append({"params": [parameter for _, parameter in members], "lr": rate})
    for name, parameter in model.named_parameters():
        if parameter.requires_grad and name not in placed:
            raise ValueError(f"{name} belongs to none of the blocks {blocks}")
    return groups
    ### END SOLUTION

# %% nbgrader={"grade": false, "grade_id": "probe_rates", "locked": true, "schema_version": 3, "solution": false, "task": false}
def probe_rates(
    widths: list[int], frozen: list[str], blocks: list[str], lr: float, factor: float
) -> list:
    """Freeze some blocks of a toy and make groups; report each group as [rate, names]."""
    with torch.device("meta"):
        net = build(widths)
    name_of = {}
    for name, parameter in net.named_parameters():
        parameter.requires_grad = name.split(".")[0] not in frozen
        name_of[id(parameter)] = name
    groups = rates_by_depth(net, blocks, lr, factor)
    return [[group["lr"], [name_of[id(p)] for p in group["params"]]] for group in groups]


for rate, names in probe_rates([4, 6], ["stage1"], ["stage1", "stage2", "neck", "head"], 1.0, 2.6):
    print(f"{rate:.3f}", names)

# %% nbgrader={"grade": true, "grade_id": "test_rates_by_depth", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
blocks = ["stage1", "stage2", "neck", "head"]
got = probe_rates([4, 6], [], blocks, lr=0.8, factor=2.0)
assert len(got) == 4, (
    "Four blocks make four groups; all parameters of a block share one rate. "
    f"There are {len(got)} groups."
)
rates = [round(rate, 6) for rate, _ in got]
assert "head.bias" not in got[0][1], (
    "The groups begin with the head; they come in the order of the blocks, from front to back."
)
assert rates[0] <= rates[-1], (
    "The front got the largest rate; the general features move the least. "
    f"From front to back the rates are {rates}."
)
assert rates[-1] == 0.8, (
    "The last block gets the full rate; it is 0 steps from the end. "
    f"The rate asked for is 0.8, the last block has {rates[-1]}."
)
assert rates != [0.2, 0.4, 0.6, 0.8], (
    "The rates grow by equal steps; each block's rate is the next one's divided by the factor."
)
assert rates != [0.045517, 0.118343, 0.307692, 0.8], (
    "2.6 is the default; divide by the factor that was given, here 2."
)
assert rates == [0.1, 0.2, 0.4, 0.8], f"From front to back the rates came out as {rates}."
names = [name for _, members in got for name in members]
assert "head.bias" in names and "stage1.norm.weight" in names, (
    "Some parameters stand in no group; they would never move."
)
got = probe_rates([4, 6], ["stage1"], blocks, lr=0.8, factor=2.0)
names = [name for _, members in got for name in members]
assert "stage1.conv.weight" not in names, "A frozen parameter has no business in the optimiser."
assert all(members for _, members in got), "A block that is frozen throughout has no group."
got = probe_rates([4, 6], ["stage2"], blocks, lr=0.8, factor=2.0)
assert round(got[0][0], 6) == 0.1, (
    "A frozen block in the middle still counts as a step in depth; stage1 is three from the end."
)
blocks = [f"stage{depth}" for depth in range(1, 11)] + ["neck", "head"]
names = [name for _, group in probe_rates([2] * 10, [], blocks, 1.0, 2.0) for name in group]
assert len(names) == len(set(names)), (
    "A parameter stands in two groups: 'stage1' must not match stage10."
)
try:
    probe_rates([4, 6], [], ["stage1", "stage2", "head"], 0.8, 2.0)
except NotImplementedError:
    raise
except Exception:
    pass
else:
    raise AssertionError("The neck is in no block, and would never move; raise a ValueError.")
try:
    got = probe_rates([4, 6], ["neck"], ["stage1", "stage2", "head"], 0.8, 2.0)
except ValueError:
    got = []
assert len(got) == 3, (
    "The neck is in no block and frozen: it need not move, so there is nothing to complain about."
)
print("rates from front to back:", rates)
### BEGIN HIDDEN TESTS
import random

draw = random.Random(20240402)
for n_stages in (1, 3, 11):
    widths = [draw.randrange(2, 6) for _ in range(n_stages)]
    blocks = [f"stage{depth}" for depth in range(1, n_stages + 1)] + ["neck", "head"]
    for frozen in ([], ["stage1"], ["stage1", "neck"], blocks[: n_stages + 1]):
        lr, factor = draw.uniform(0.001, 2), draw.uniform(1.1, 4)
        got = probe_rates(widths, frozen, blocks, lr, factor)
        expected = []
        for i, block in enumerate(blocks):
            parts = ["conv.weight", "norm.weight", "norm.bias"] if "stage" in block else None
            names = [f"{block}.{part}" for part in parts or ["weight", "bias"]]
            if block not in frozen:
                expected.append([lr / factor ** (len(blocks) - 1 - i), names])
        assert len(got) == len(expected), "There is one group for each block with something to train."
        for (rate, names), (expected_rate, expected_names) in zip(got, expected, strict=True):
            assert abs(rate / expected_rate - 1) < 1e-6, "A rate is wrong in a deeper network."
            assert sorted(names) == sorted(expected_names), "A group holds the wrong parameters."
### END HIDDEN TESTS

# %%
# The library's version: course_lib.transfer.rates.discriminative_groups
from course_lib.transfer.rates import discriminative_groups

resnet = models.resnet18()
ours = rates_by_depth(resnet, ["conv1", "bn1", "layer1", "layer2", "layer3", "layer4", "fc"], 0.01)
theirs = discriminative_groups(backbones.stages(resnet), lr=0.01)
print("ours:  ", [round(group["lr"], 5) for group in ours])
print("theirs:", [round(group["lr"], 5) for group in theirs])

# %% [markdown]
# The library has one rate fewer: it takes `conv1` and `bn1` as one stage, since neither makes sense alone.
# Which blocks are one step is a choice, and the rates show it.
#
# ## Task 6: A few labels, drawn fairly (8 minutes, 2 points)
#
# With four labels a class, *which* four matters.
# So the draw is repeated with several seeds, and each draw has to be balanced, reproducible and *nested*: the four labels of a seed are among its eight.
# Then a curve over the budget changes one thing at a time.

# %% nbgrader={"grade": false, "grade_id": "few_labels", "locked": false, "schema_version": 3, "solution": true, "task": false}
def few_labels(labels: torch.Tensor, per_class: int, seed: int) -> torch.Tensor:
    """Return the indices of per_class examples of each class that occurs, without repetition.

    The same seed gives the same indices; another seed gives others.
    With the same seed, the indices for a smaller per_class are among those for a larger one.
    The labels stay as they are.
    Shapes: labels (N,), whole numbers; returns (per_class · number of classes,), in any order.
    Raises: ValueError when a class has fewer than per_class examples.
    """
    ### BEGIN SOLUTION
    generator = torch.Generator().manual_seed(seed)
    chosen = []
    for label in labels.unique():
        members = (labels == label).nonzero().flatten()
        if len(members) < per_class:
            raise ValueError(f"class {label} has {len(members)} examples, not {per_class}")
        order = torch.randperm(len(members), generator=generator)
        chosen.append(members[order[:per_class]])
    return torch.cat(chosen)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_few_labels", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
labels = torch.tensor([0, 1, 2] * 20)
got = few_labels(labels, 4, 0)
assert labels.tolist() == [0, 1, 2] * 20, "The labels that were handed in have been changed."
assert isinstance(got, torch.Tensor), "Return a tensor of indices."
assert got.shape == (12,), f"3 classes of 4 are 12 indices, got the shape {tuple(got.shape)}."
assert got.max() > 2, "These are labels; return the indices of the examples."
assert len(few_labels(labels, 20, 0).unique()) == 60, (
    "An example was drawn twice; 20 of 20 without repetition are all of them."
)
counts = [int((labels[got] == label).sum()) for label in range(3)]
assert counts == [4, 4, 4], (
    "Some classes got more labels than others; draw from each class by itself. "
    f"They got {counts}."
)
assert torch.equal(got, few_labels(labels, 4, 0)), "The same seed gave other indices."
assert set(got.tolist()) != set(few_labels(labels, 4, 1).tolist()), (
    "Another seed gave the same examples; then three seeds measure one draw."
)
assert set(got.tolist()) <= set(few_labels(labels, 8, 0).tolist()), (
    "The four labels of a seed must be among its eight."
)
assert set(labels[few_labels(labels * 5 + 2, 4, 0)].tolist()) == {0, 1, 2}, (
    "Labels 2, 7 and 12 are three classes; take those that occur instead of counting from 0."
)
for given, message in (
    (labels, "A class of 20 cannot give 21 labels; raise a ValueError, return no fewer."),
    (
        torch.tensor([0] * 90 + [1] * 20),
        "There are 110 examples, and 20 of class 1: each class must have enough of its own.",
    ),
):
    try:
        few_labels(given, 21, 0)
    except NotImplementedError:
        raise
    except Exception:
        continue
    raise AssertionError(message)
print("4 labels a class, seed 0:", sorted(got.tolist()))
### BEGIN HIDDEN TESTS
for n, n_classes, seed in ((211, 5, 3), (503, 11, 7)):
    draw = torch.Generator().manual_seed(seed)
    labels = torch.cat(
        [torch.arange(n_classes).repeat(13), torch.randint(n_classes, (n,), generator=draw)]
    )
    labels = 3 * labels[torch.randperm(len(labels), generator=draw)]
    smaller = set()
    for per_class in (1, 2, 5, 13):
        got = few_labels(labels, per_class, seed)
        assert len(got) == per_class * n_classes == len(got.unique()), "Too many, few or repeated."
        assert (labels[got].unique(return_counts=True)[1] == per_class).all(), "Not balanced."
        assert smaller <= set(got.tolist()), "A smaller budget is not part of a larger one."
        assert torch.equal(got, few_labels(labels, per_class, seed)), "Two calls, two answers."
        smaller = set(got.tolist())
    hits = torch.zeros(len(labels))
    for other in range(60):
        got = few_labels(labels, 5, other)
        assert set(got.tolist()) <= set(few_labels(labels, 6, other).tolist()), "Not nested."
        hits[got] += 1
    assert (hits > 0).float().mean() > 0.8, "Over 60 seeds some examples are never drawn."
### END HIDDEN TESTS

# %%
# The library's version: course_lib.data.images.few_labels
from course_lib.data import images as labelled_images

kinds = torch.arange(6).repeat(20)
for name, draw in (("ours", few_labels), ("theirs", labelled_images.few_labels)):
    smaller, larger = draw(kinds, 2, 0), draw(kinds, 4, 0)
    nested = set(smaller.tolist()) <= set(larger.tolist())
    print(f"{name:7} labels of each kind {kinds[larger].bincount().tolist()}, nested: {nested}")

# %% [markdown]
# The two may draw different examples from the same seed; what has to agree is the kind of draw.
#
# ## Task 7: Frozen features (8 minutes, 2 points)
#
# If everything in front of the head is frozen, what reaches the head is the same in every epoch.
# So it is computed once, for each image one row of *features*, and the head trains on the rows alone: seconds instead of hours.
#
# The network must come back as it was: with its head, and every layer in the mode that it had.
# One mode for all is not enough: after your task 4 the frozen normalisation is in eval mode inside a network in train mode.

# %% nbgrader={"grade": false, "grade_id": "pooled_features", "locked": false, "schema_version": 3, "solution": true, "task": false}
def pooled_features(
    model: nn.Module, head: str, images: torch.Tensor, batch_size: int = 64
) -> torch.Tensor:
    """Compute what enters the child `head` of the network, in eval mode and without gradients.

    The images go through in batches of at most batch_size; every image gives one row.
    Afterwards the network has its head as before, and each of its modules its mode (train or eval).
    Shapes: images (N, 3, height, width), already normalised; returns (N, features).
    """
    ### BEGIN SOLUTION
    modes = [(module, module.training) for module in model.modules()]
    old_head = getattr(model, head)
    model.eval()
    setattr(model, head, nn.Identity())
    with torch.no_grad():
        rows = torch.cat([model(batch) for batch in images.split(batch_size)])
    setattr(model, head, old_head)
    for module, mode in modes:
        module.training = mode
    return rows
    ### END SOLUTION

# %% nbgrader={"grade": false, "grade_id": "probe_features", "locked": true, "schema_version": 3, "solution": false, "task": false}
def probe_features(
    widths: list[int], images: torch.Tensor, batch_size: int, training: bool
) -> dict:
    """Compute features of a toy whose stage1 is frozen and in eval mode; report what it is after."""
    net = toy_net(widths, n_classes=5).train(training)
    for norm in (module for module in net.modules() if isinstance(module, nn.BatchNorm2d | nn.BatchNorm1d)):
        norm.running_mean.normal_()  # as if it had been trained
        norm.running_var.uniform_(0.5, 2)
    net.stage1.requires_grad_(False).eval()
    sizes, before, head = [], switches(net), net.head
    net.stage1.register_forward_pre_hook(lambda _, inputs: sizes.append(len(inputs[0])))
    rows = pooled_features(net, "head", images, batch_size)
    gradients_on = torch.is_grad_enabled()
    torch.set_grad_enabled(True)
    after = switches(net)
    return {
        "rows": rows,
        "has_gradient": rows.requires_grad,
        "gradients_on": gradients_on,
        "inference": rows.is_inference(),
        "largest_batch": max(sizes),
        "head": type(net.head).__name__,
        "same_head": net.head is head,
        "hooks": len(net.head._forward_hooks) + len(net.head._forward_pre_hooks),
        "trainable": sum(parameter.requires_grad for parameter in net.parameters()),
        "mode": {name: module.training for name, module in net.named_modules()},
        "switched": [name for name in before if after.get(name) != before[name]],
        "state": dict(net.state_dict()),
    }


class HeadFirst(nn.Module):
    """A network that was written down from the end: first its head, called top, then the rest."""

    def __init__(self) -> None:
        super().__init__()
        self.top = nn.Linear(12, 5)
        self.rest = nn.Flatten()

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.top(self.rest(images))


def probe_head_first(images: torch.Tensor) -> torch.Tensor | str:
    """Compute features of a network whose head is called top; return them, or what went wrong."""
    try:
        return pooled_features(HeadFirst(), "top", images, batch_size=2)
    except (AttributeError, RuntimeError) as trouble:
        return type(trouble).__name__


print(probe_features([4, 6], torch.ones(3, 3, 16, 16), batch_size=2, training=False)["rows"])

# %% nbgrader={"grade": true, "grade_id": "test_pooled_features", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
torch.manual_seed(0)
images = torch.randn(10, 3, 16, 16)
got = probe_features([4, 6], images, 4, training=True)
rows = got["rows"]
assert rows.shape != (8, 6), "Two images are missing: the last batch is smaller, and counts too."
assert rows.shape != (10, 5), "These are the logits; the features are what enters the head."
assert rows.shape == (10, 6), f"Ten images give ten rows of 6 features, got {tuple(rows.shape)}."
assert not got["has_gradient"], (
    "The rows drag the network's history along; nothing in front of the head is to be trained."
)
assert got["gradients_on"], (
    "Gradients are switched off from here on, and nothing can be trained; use `with torch.no_grad():`."
)
assert not got["inference"], (
    "Rows made in inference_mode cannot be trained on, and the head is to be; torch.no_grad() will do."
)
assert got["trainable"] > 0, (
    "Every parameter is frozen now; torch.no_grad() keeps gradients away and changes no parameter."
)
assert got["largest_batch"] != 10, (
    "All ten images went through at once; with ten thousand the memory is full. Take batch_size."
)
assert got["largest_batch"] <= 4, f"A batch of {got['largest_batch']} images; batch_size is 4."
assert got["head"] == "Linear", "The network lost its head; put it back."
assert got["same_head"], "The network came back with a new head; keep the old one and put it back."
assert got["hooks"] == 0, (
    "A hook is still on the head and collects in every forward pass to come; call its remove()."
)
assert got["state"]["stage1.norm.num_batches_tracked"] == got["state"]["neck.num_batches_tracked"] == 0, (
    "Batch normalisation counted your batches: compute the features in eval mode."
)
alone = probe_features([4, 6], images[:1], 4, training=False)["rows"]
torch.testing.assert_close(
    rows[:1],
    alone,
    rtol=1e-4,
    atol=1e-5,  # a batch of one may be added up in another order
    msg="An image's features depend on the other images of its batch.",
)
assert any(got["mode"].values()), (
    "The network was in train mode before; put it back into that mode."
)
assert got["mode"]["drop"], (
    "The network says that it is in train mode, and its layers are in eval mode: each has its own."
)
assert not any(probe_features([4, 6], images, 4, training=False)["mode"].values()), (
    "The network was in eval mode before and is in train mode now; restore what you found."
)
assert not got["mode"]["stage1.norm"], (
    "train(mode) gave all layers one mode, and a frozen normalisation that was in eval mode "
    "moves again; note the mode of each module and give each its own back."
)
assert not got["switched"], f"These are not as they were before: {got['switched']}."
few = torch.rand(3, 3, 2, 2, generator=torch.Generator().manual_seed(1))
got = probe_head_first(few)
assert got is not None and got != "AttributeError", (
    "Another network calls its head 'top'; look for the name that was given."
)
assert got != "RuntimeError", (
    "children() come as they were written down, and here the head was first; replace it by its name."
)
torch.testing.assert_close(got, few.flatten(1), msg="What enters this head are the pixels, flat.")
print("features of 10 images:", tuple(rows.shape))
### BEGIN HIDDEN TESTS
import torch.nn.functional as F

for widths, n, batch_size in (([5], 1, 3), ([3, 7], 11, 5), ([2, 3, 13], 7, 7), ([4, 2], 5, 97)):
    images = torch.randn(n, 3, 19, 17)
    got = probe_features(widths, images, batch_size, training=n % 3 == 1)
    state, x = got["state"], images
    for depth in range(1, len(widths) + 1):
        norm = [state[f"stage{depth}.norm.{part}"] for part in ("running_mean", "running_var")]
        scale = [state[f"stage{depth}.norm.{part}"] for part in ("weight", "bias")]
        x = F.conv2d(x, state[f"stage{depth}.conv.weight"], stride=2, padding=1)
        x = F.batch_norm(x, *norm, *scale).relu()
    norm = [state[f"neck.{part}"] for part in ("running_mean", "running_var", "weight", "bias")]
    pooled = x.mean((2, 3))
    expected = F.batch_norm(pooled, *norm)
    assert got["rows"].shape == expected.shape, f"{n} images in batches of {batch_size}: wrong shape."
    assert not torch.allclose(got["rows"], pooled, rtol=1e-4, atol=1e-5), (
        "These rows were taken behind the pooling; the neck stands between it and the head."
    )
    close = {"rtol": 1e-4, "atol": 1e-5}  # convolutions add up in an order of their own
    torch.testing.assert_close(
        got["rows"], expected, **close, msg="The rows are not what enters the head in eval mode."
    )
    assert not got["switched"], "The network came back in another mode, or frozen elsewhere."
    assert got["largest_batch"] <= batch_size, "A batch was larger than batch_size."
### END HIDDEN TESTS

# %%
# The library's version: course_lib.vision.backbones.pooled_features
net, pictures = backbones.small(n_classes=6), torch.randn(5, 3, 64, 64)
ours = pooled_features(net, "fc", pictures, batch_size=2)
theirs = backbones.pooled_features(net, pictures)
print("features", tuple(ours.shape), "the same:", torch.allclose(ours, theirs, atol=1e-4))

# %% [markdown]
# ## Task 8: The loop (14 minutes, 3 points)
#
# The last tool is the training loop.
# It knows nothing about freezing or rates: the optimiser knows the groups, and `set_mode` (your task 4) knows the modes.
# What it has to get right is order: every image once an epoch, shuffled anew each time, and gradients that belong to one batch only.

# %% nbgrader={"grade": false, "grade_id": "fine_tune", "locked": false, "schema_version": 3, "solution": true, "task": false}
def fine_tune(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    images: torch.Tensor,
    labels: torch.Tensor,
    set_mode,
    n_epochs: int,
    batch_size: int,
    seed: int,
) -> list[float]:
    """Train with cross-entropy and return the mean loss an image of each epoch.

    set_mode(model) is called at the start of each epoch; its modes are those of the whole epoch.
    Each epoch goes through all images once, in batches of batch_size (the last one may be
    smaller), in an order of the images that is drawn anew for each epoch; seed decides all the
    orders. Each batch makes one step, on the mean loss of its images.
    An epoch's loss is the mean over its images of the loss before the step of their batch.
    Shapes: images (N, ...), whatever the model takes; labels (N,). Returns: plain numbers.
    """
    ### BEGIN SOLUTION
    generator = torch.Generator().manual_seed(seed)
    losses = []
    for _ in range(n_epochs):
        set_mode(model)
        total = 0.0
        for index in torch.randperm(len(images), generator=generator).split(batch_size):
            loss = nn.functional.cross_entropy(model(images[index]), labels[index])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(index)
        losses.append(total / len(images))
    return losses
    ### END SOLUTION

# %% nbgrader={"grade": false, "grade_id": "probe_fine_tune", "locked": true, "schema_version": 3, "solution": false, "task": false}
class Diary(nn.Module):
    """One linear layer, all zeros at first, that writes down from which images it learnt."""

    def __init__(self, n_images: int, n_classes: int) -> None:
        super().__init__()
        self.linear = nn.Linear(n_images, n_classes, bias=False)
        nn.init.zeros_(self.linear.weight)
        self.batches, self.modes, self.calls = [], [], []

    def train(self, mode: bool = True) -> nn.Module:
        if not mode:
            self.calls.append(len(self.batches))  # eval() calls train(False)
        return super().train(mode)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        logits, seen = self.linear(images), images.argmax(1).tolist()
        self.modes.append(self.training)
        if logits.requires_grad:
            logits.register_hook(lambda _: self.batches.append(seen))  # a gradient has come back
        return logits


def probe_fine_tune(
    labels: list[int],
    n_classes: int,
    lr: float,
    n_epochs: int,
    batch_size: int,
    seed: int,
    all_alike: bool = False,
) -> dict:
    """Train a diary on images that are one-hot rows; report batches, losses, calls and weight."""
    images = torch.eye(len(labels))
    if all_alike:
        images[:] = images[0]
    model = Diary(len(labels), n_classes)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = fine_tune(
        model,
        optimizer,
        images,
        torch.tensor(labels),
        nn.Module.eval,  # a set_mode for a network whose layers are all frozen
        n_epochs,
        batch_size,
        seed,
    )
    return {
        "batches": model.batches,
        "losses": losses,
        "calls": model.calls,  # of set_mode: how many batches had passed at each
        "modes": model.modes,
        "weight": model.linear.weight.detach(),
    }


print(probe_fine_tune([0, 1, 0, 1, 0], 2, lr=0.5, n_epochs=2, batch_size=2, seed=0)["batches"])

# %% nbgrader={"grade": true, "grade_id": "test_fine_tune", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
import math

labels = [0, 1, 2] * 4 + [0]
got = probe_fine_tune(labels, 3, lr=0.5, n_epochs=3, batch_size=4, seed=0)
assert len(got["losses"]) == 3, f"Three epochs give three losses, got {len(got['losses'])}."
assert not any(isinstance(loss, torch.Tensor) for loss in got["losses"]), (
    "The losses are tensors, and each holds the graph of its epoch; take the number with .item()."
)
assert len(got["calls"]) >= 3, "Call set_mode(model) at the start of each epoch; evaluation may undo it."
assert got["calls"][0] == 0, "set_mode(model) came after the first batches; it begins the epoch."
assert not any(got["modes"]), (
    "set_mode stopped a layer, and train() set it going again; the modes are those of set_mode."
)
seen = [image for batch in got["batches"] for image in batch]
assert len(seen) > 36, "One image an epoch was left out: the last batch is smaller, and counts too."
epochs = [seen[start : start + 13] for start in (0, 13, 26)]
assert all(sorted(epoch) == list(range(13)) for epoch in epochs), (
    "An epoch goes through all images, each of them once."
)
assert epochs[0] != sorted(epochs[0]), (
    "The images come in their stored order; a batch of one class pulls everything its way."
)
assert epochs[0] != epochs[1], "Every epoch has the same order; draw a new one each time."
batches = [{frozenset(batch) for batch in got["batches"][start : start + 4]} for start in (0, 4)]
assert batches[0] != batches[1], (
    "The same images meet in the same batches each time; shuffle the images, not the batches."
)
assert max(len(batch) for batch in got["batches"]) == 4, "A batch holds batch_size images."
again = probe_fine_tune(labels, 3, lr=0.5, n_epochs=3, batch_size=4, seed=0)
assert again["batches"] == got["batches"], (
    "The same seed gave another order; a run that cannot be repeated cannot be checked."
)
assert got["weight"].abs().max() > 0, "The weights have not moved; the optimiser must step."
other = probe_fine_tune(labels, 3, lr=0.5, n_epochs=3, batch_size=4, seed=1)
assert other["batches"] != got["batches"], "Another seed gave the same orders; use the seed given."
assert got["weight"].argmax(0).tolist() == labels, (
    "Images learnt the labels of others: what shuffles the images must shuffle the labels too."
)
two = probe_fine_tune([0, 1], 2, lr=1.0, n_epochs=2, batch_size=2, seed=0)["weight"][0, 0]
assert abs(two - 0.6888) > 1e-3, (
    "Gradients of earlier batches were added on; clear them before each backward pass."
)
assert abs(two - 0.7689) > 1e-3, (
    "The step followed the sum of a batch's losses, and so grows with the batch; take their mean."
)
assert abs(two - 0.2404) > 1e-3, "cross_entropy takes logits; a softmax in front of it damps every step."
twice = probe_fine_tune([0, 0], 2, 1.0, n_epochs=1, batch_size=1, seed=0, all_alike=True)
twice = twice["weight"][0, 0]  # one image, seen in two batches
assert abs(twice - 1) > 1e-3, "The optimiser stepped once an epoch; every batch makes a step."
assert abs(twice - 1.2689) > 1e-3, (
    "Gradients were cleared once an epoch; a batch's gradient must not reach into the next batch."
)
assert abs(two - 0.4388) < 1e-3, f"Two steps on two images end at a weight of 0.4388, not {two:.4f}."
assert abs(twice - 0.7689) < 1e-3, f"Two steps on one image end at a weight of 0.7689, not {twice:.4f}."
still = probe_fine_tune([0, 1, 1], 2, lr=0.0, n_epochs=1, batch_size=2, seed=0)
assert abs(still["losses"][0] - 0.6931) < 1e-3, (
    "An epoch's loss is the mean over its images, so that batch sizes can be compared. "
    f"Two classes and weights of 0 give ln 2 = 0.6931, not {still['losses'][0]:.4f}."
)
first, second, _ = got["losses"]
assert abs(first - math.log(3)) < 1e-3, (
    "The first epoch's loss is not ln 3, where weights of 0 start: take the loss before the step."
)
# in the second epoch 12 images have moved in a batch of four, one has moved alone
four, one = (math.log(1 + 2 * math.exp(-0.5 / size)) for size in (4, 1))
assert min(abs(second - four), abs(second - one)) > 1e-4, (
    "This is the loss of the last batch alone; an epoch's loss is the mean over all its images."
)
assert min(abs(second - (3 * four + one) / 4), abs(second - (15 * four + one) / 16)) > 1e-4, (
    "The loss of an epoch is the mean over its images; the last batch is smaller."
)
assert abs(second - (12 * four + one) / 13) < 1e-4, f"The second loss is {second:.4f}; another is due."
print("losses of three epochs:", [round(loss, 3) for loss in got["losses"]])
### BEGIN HIDDEN TESTS
import random

import torch.nn.functional as F

draw = random.Random(20240405)
for n, n_classes, batch_size, n_epochs in ((7, 2, 3, 5), (11, 3, 1, 2), (5, 5, 31, 3)):
    labels = [draw.randrange(n_classes) for _ in range(n)]
    for seed in (1, 2):
        got = probe_fine_tune(labels, n_classes, 0.7, n_epochs, batch_size, seed)
        weight, position, losses = torch.zeros(n_classes, n), 0, []
        for _ in range(n_epochs):
            total, left = 0.0, n
            while left > 0:
                batch = torch.tensor(got["batches"][position])
                target = torch.tensor(labels)[batch]
                logits = weight[:, batch].T
                total += F.cross_entropy(logits, target, reduction="sum").item()
                slope = (logits.softmax(1) - F.one_hot(target, n_classes)) / len(batch)
                weight[:, batch] -= 0.7 * slope.T
                position, left = position + 1, left - len(batch)
            losses.append(total / n)
        assert position == len(got["batches"]), "The number of batches is wrong."
        torch.testing.assert_close(
            got["weight"],
            weight,
            rtol=1e-4,
            atol=1e-5,  # float32, in any order
            msg="The weights differ from plain steps on the same batches.",
        )
        torch.testing.assert_close(
            torch.tensor(got["losses"]).double(),
            torch.tensor(losses).double(),
            rtol=1e-4,
            atol=1e-5,  # float32 sums, in any order
            msg="The losses of the epochs differ from those of plain steps on the same batches.",
        )
first = probe_fine_tune(list(range(23)), 23, 0.1, 1, 5, seed=1)["batches"]
other = probe_fine_tune(list(range(23)), 23, 0.1, 1, 5, seed=2)["batches"]
assert first != other, "Another seed must give another order."
### END HIDDEN TESTS

# %% [markdown]
# The library's version is `course_lib.training.loop.fit`; read it now, you will recognise every line.
#
# ### All tools on drawn birds
#
# Six kinds of drawn birds, which differ in bill, tail, legs, neck and crest, and never in colour.
# Eight labels a kind are all you have.
# The network at hand was trained on drawings of sixteen other things, from fish to lamps, none of them a bird.

# %%
import matplotlib.pyplot as plt

from course_lib.data import birds
from course_lib.data.images import normalise
from course_lib.training import pretrained

pool, test = birds.dataset(120, seed=1), birds.dataset(300, seed=2)
few = few_labels(pool.labels, per_class=8, seed=0)
images, labels = normalise(pool.images[few]), pool.labels[few]
test_images = normalise(test.images)

_, axes = plt.subplots(1, 6, figsize=(9, 1.8))
for axis, image, label in zip(axes, pool.images, pool.labels):
    axis.imshow(image.permute(1, 2, 0))
    axis.set_title(pool.classes[label])
    axis.axis("off")

# %%
def accuracy(model: nn.Module, inputs: torch.Tensor) -> float:
    """Return the share of test birds that are named right."""
    model.eval()
    with torch.no_grad():
        logits = torch.cat([model(batch) for batch in inputs.split(100)])
    return (logits.argmax(1) == test.labels).float().mean().item()


blocks = ["conv1", "stage2", "stage3", "stage4", "conv5", "fc"]
measured = {}

# %% [markdown]
# **Predict, then run.**
# Guessing names one bird in six, 0.17.
# What will a network reach that starts from nothing and sees these 48 birds eight times?
# What will the pre-trained one reach if only a new head is trained on its frozen features?
# And does it gain when everything may move, the front slowly?

# %%
# 1. From nothing
torch.manual_seed(0)
scratch = backbones.small(n_classes=6)
optimizer = torch.optim.AdamW(scratch.parameters(), lr=0.003)
fine_tune(scratch, optimizer, images, labels, train_mode, n_epochs=8, batch_size=16, seed=0)
measured["from nothing"] = accuracy(scratch, test_images)

# %%
# 2. A new head on frozen features, which are computed once
source = pretrained.small("things16")
features = pooled_features(source, "fc", images)
torch.manual_seed(0)
head = nn.Linear(features.shape[1], 6)
optimizer = torch.optim.AdamW(head.parameters(), lr=0.01)
fine_tune(head, optimizer, features, labels, nn.Module.train, n_epochs=60, batch_size=16, seed=0)
measured["frozen features"] = accuracy(head, pooled_features(source, "fc", test_images))

# %%
# 3. Everything moves, the front slowly
torch.manual_seed(0)
tuned = replace_head(pretrained.small("things16"), "fc", 6)
train_only(tuned, blocks)
optimizer = torch.optim.AdamW(rates_by_depth(tuned, blocks, lr=0.003))
fine_tune(tuned, optimizer, images, labels, train_mode, n_epochs=8, batch_size=16, seed=0)
measured["fine-tuned"] = accuracy(tuned, test_images)

# %%
for name, value in {"guessing": 1 / 6, **measured}.items():
    print(f"{name:16} {value:.2f} {'#' * round(100 * value)}")
assert measured["frozen features"] > measured["from nothing"], "Frozen features should help here."
assert measured["fine-tuned"] > measured["from nothing"], "Fine-tuning should help here."

# %% [markdown]
# The network from nothing is no better than guessing, or hardly: 48 birds do not teach it what an edge is.
# The same architecture, with a front that knows edges, bends and thin lines from fish and lamps, names clearly more of them.
#
# Between frozen and fine-tuned be careful: with 300 test birds a score of 0.30 has a standard error of 0.026, and one draw of labels is one draw.
# Change the seed of `few_labels`, or the budget to 16, and see which differences stay.
# The chapter does that with real photographs, all budgets and several seeds.
