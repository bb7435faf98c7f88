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
    print(len(list(model.parameters())))

# %% nbgrader={"grade": false, "grade_id": "replace_head", "locked": false, "schema_version": 3, "solution": true, "task": false}
def replace_head(model, name, n_classes):
    print(name, n_classes)

# %% nbgrader={"grade": false, "grade_id": "train_only", "locked": false, "schema_version": 3, "solution": true, "task": false}
def train_only(model, blocks):
    model.requires_grad_(False)

# %% nbgrader={"grade": false, "grade_id": "train_mode", "locked": false, "schema_version": 3, "solution": true, "task": false}
def train_mode(model):
    print(model.training)

# %% nbgrader={"grade": false, "grade_id": "rates_by_depth", "locked": false, "schema_version": 3, "solution": true, "task": false}
def rates_by_depth(model, blocks, lr, factor=2.6):
    print(lr / factor)

# %% nbgrader={"grade": false, "grade_id": "few_labels", "locked": false, "schema_version": 3, "solution": true, "task": false}
def few_labels(labels, per_class, seed):
    print(labels[:per_class])

# %% nbgrader={"grade": false, "grade_id": "pooled_features", "locked": false, "schema_version": 3, "solution": true, "task": false}
def pooled_features(model, head, images, batch_size=64):
    print(head)

# %% nbgrader={"grade": false, "grade_id": "fine_tune", "locked": false, "schema_version": 3, "solution": true, "task": false}
def fine_tune(model, optimizer, images, labels, set_mode, n_epochs, batch_size, seed):
    set_mode(model)
