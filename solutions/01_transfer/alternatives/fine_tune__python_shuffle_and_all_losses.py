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

# %% nbgrader={"grade": false, "grade_id": "fine_tune", "locked": false, "schema_version": 3, "solution": true, "task": false}
import random


def fine_tune(model, optimizer, images, labels, set_mode, n_epochs, batch_size, seed):
    shuffle = random.Random(seed).shuffle
    order, losses = list(range(len(images))), []
    for _ in range(n_epochs):
        set_mode(model)
        shuffle(order)
        each = []
        for start in range(0, len(order), batch_size):
            batch = order[start : start + batch_size]
            logits = model(images[batch])
            loss = nn.functional.cross_entropy(logits, labels[batch], reduction="none")
            model.zero_grad()
            loss.mean().backward()
            optimizer.step()
            each.extend(loss.tolist())
        losses.append(sum(each) / len(each))
    return losses
