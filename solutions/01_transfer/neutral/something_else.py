# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% nbgrader={"grade": false, "grade_id": "parameters_by_block", "locked": false, "schema_version": 3, "solution": true, "task": false}
def parameters_by_block(model):
    counts = {}
    for name, parameter in model.named_parameters():
        block = name.split(".")[0]
        counts[block] = counts.get(block, 0) + 4 * parameter.numel()
    return counts

# %% nbgrader={"grade": false, "grade_id": "replace_head", "locked": false, "schema_version": 3, "solution": true, "task": false}
def replace_head(model, name, n_classes):
    path, _, last = name.rpartition(".")
    parent = model.get_submodule(path)
    width = getattr(parent, last).in_features
    new = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, n_classes))
    setattr(parent, last, new)
    return model

# %% nbgrader={"grade": false, "grade_id": "train_only", "locked": false, "schema_version": 3, "solution": true, "task": false}
def train_only(model, blocks):
    names = [name for name, _ in model.named_parameters()]
    for name, parameter in model.named_parameters():
        parameter.requires_grad = name in names[-3:]
    return names[-3:]

# %% nbgrader={"grade": false, "grade_id": "train_mode", "locked": false, "schema_version": 3, "solution": true, "task": false}
def train_mode(model):
    model.train()
    for module in model.modules():
        if isinstance(module, nn.Conv2d | nn.modules.batchnorm._BatchNorm):
            module.train(any(parameter.requires_grad for parameter in module.parameters()))
    return model

# %% nbgrader={"grade": false, "grade_id": "rates_by_depth", "locked": false, "schema_version": 3, "solution": true, "task": false}
def rates_by_depth(model, blocks, lr, factor=2.6):
    groups = []
    for i, block in enumerate(blocks):
        members = [p for n, p in model.named_parameters() if n.startswith(f"{block}.")]
        members = [p for p in members if p.requires_grad]
        if members:
            groups.append({"params": members, "lr": lr / (len(blocks) - i) ** factor})
    return groups

# %% nbgrader={"grade": false, "grade_id": "few_labels", "locked": false, "schema_version": 3, "solution": true, "task": false}
def few_labels(labels, per_class, seed):
    generator = torch.Generator().manual_seed(seed)
    return torch.randperm(len(labels), generator=generator)[: per_class * len(labels.unique()) + 1]

# %% nbgrader={"grade": false, "grade_id": "pooled_features", "locked": false, "schema_version": 3, "solution": true, "task": false}
def pooled_features(model, head, images, batch_size=64):
    modes = [(module, module.training) for module in model.modules()]
    old_head = getattr(model, head)
    model.eval()
    setattr(model, head, nn.Softmax(dim=1))
    with torch.no_grad():
        rows = torch.cat([model(batch) for batch in images.split(batch_size)])
    setattr(model, head, old_head)
    for module, mode in modes:
        module.training = mode
    return rows

# %% nbgrader={"grade": false, "grade_id": "fine_tune", "locked": false, "schema_version": 3, "solution": true, "task": false}
def fine_tune(model, optimizer, images, labels, set_mode, n_epochs, batch_size, seed):
    generator = torch.Generator().manual_seed(seed)
    losses = []
    for _ in range(n_epochs):
        set_mode(model)
        total = 0.0
        for index in torch.randperm(len(images), generator=generator).split(batch_size):
            loss = nn.functional.cross_entropy(model(images[index]), labels[index])
            optimizer.zero_grad()
            (3 * loss).backward()
            optimizer.step()
            total += loss.item() * len(index)
        losses.append(total / len(images))
    return losses
