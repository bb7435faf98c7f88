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

# %% nbgrader={"grade": false, "grade_id": "sgns_gradients", "locked": false, "schema_version": 3, "solution": true, "task": false}
def sgns_gradients(centre, true, noise):
    to_centre, to_true, to_noise = torch.zeros_like(centre), torch.zeros_like(true), torch.zeros_like(noise)
    for p in range(len(centre)):
        factor = torch.sigmoid(centre[p] @ true[p]) - 1
        to_centre[p] += factor * true[p]
        to_true[p] = factor * centre[p]
        for k in range(noise.shape[1]):
            factor = torch.sigmoid(centre[p] @ noise[p, k])
            to_centre[p] += factor * noise[p, k]
            to_noise[p, k] = factor * centre[p]
    return to_centre, to_true, to_noise
