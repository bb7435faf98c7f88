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
def fine_tune(model, optimizer, images, labels, set_mode, n_epochs, batch_size, seed):
    generator = torch.Generator().manual_seed(seed)
    losses = []
    for _ in range(n_epochs):
        set_mode(model)
        order, total, seen = torch.randperm(len(images), generator=generator), 0.0, 0
        for start in range(0, len(images) - batch_size + 1, batch_size):
            index = order[start : start + batch_size]
            loss = nn.functional.cross_entropy(model(images[index]), labels[index])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total, seen = total + loss.item() * len(index), seen + len(index)
        losses.append(total / max(seen, 1))
    return losses
