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

# %% nbgrader={"grade": false, "grade_id": "best_span", "locked": false, "schema_version": 3, "solution": true, "task": false}
def best_span(starts, ends, max_length):
    def twenty(scores):
        return sorted(sorted(range(len(scores)), key=lambda t: -scores[t])[:20])

    spans = [(i, j) for i in twenty(starts) for j in twenty(ends) if 0 <= j - i < max_length]
    return max(spans, key=lambda span: starts[span[0]] + ends[span[1]], default=(0, 0))
