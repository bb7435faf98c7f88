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

# %% nbgrader={"grade": false, "grade_id": "dataset_score", "locked": false, "schema_version": 3, "solution": true, "task": false}
def dataset_score(score, answers, predictions):
    import statistics

    def best(key):
        return max([score(predictions[key], a) for a in answers[key]])

    return 100 * statistics.fmean(best(key) if key in predictions else 0 for key in answers)
