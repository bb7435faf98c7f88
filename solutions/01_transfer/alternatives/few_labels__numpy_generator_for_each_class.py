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

# %% nbgrader={"grade": false, "grade_id": "few_labels", "locked": false, "schema_version": 3, "solution": true, "task": false}
import numpy as np


def few_labels(labels, per_class, seed):
    values = labels.numpy()
    chosen = []
    for label in np.unique(values):
        members = np.flatnonzero(values == label)
        if members.size < per_class:
            raise ValueError(f"class {label} has only {members.size} examples")
        chosen.extend(np.random.default_rng([seed, int(label)]).permutation(members)[:per_class])
    return torch.as_tensor(np.array(chosen))
