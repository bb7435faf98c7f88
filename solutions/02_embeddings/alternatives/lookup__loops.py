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

# %% nbgrader={"grade": false, "grade_id": "lookup", "locked": false, "schema_version": 3, "solution": true, "task": false}
def lookup(ids, weight):
    out = []
    for passage in ids.tolist():
        for i in passage:
            if not 0 <= i < len(weight):
                raise IndexError(f"no row for id {i}")
        out.append(torch.stack([weight[i] for i in passage]))
    return torch.stack(out)
