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

# %% nbgrader={"grade": false, "grade_id": "influence", "locked": false, "schema_version": 3, "solution": true, "task": false}
def influence(model, ids, n_words):
    n_places = len(ids)
    before, table = model(ids.unsqueeze(0)), torch.zeros(n_places, n_places)
    for s in range(n_places):
        for word in range(n_words):
            if word == ids[s]:
                continue
            changed = ids.clone()
            changed[s] = word
            moved = (model(changed.unsqueeze(0)) - before)[0].abs().max(dim=-1).values
            table[:, s] = torch.max(table[:, s], moved)
    return table
