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

# %% nbgrader={"grade": false, "grade_id": "decoder_layer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def decoder_layer(x, memory, weights, may_attend=None, memory_may_attend=None):
    for name, source, mask in (("self_attention", None, may_attend), ("cross_attention", memory, memory_may_attend), ("feed_forward", None, None)):
        part = weights[name]
        if name == "feed_forward":
            found = feed_forward(x, part)
        else:
            key, value = keys_and_values(x if source is None else source, part)
            found = attend(x, key, value, part, mask)
        x = norm(found + x, weights[name + "_norm"])
    return x
