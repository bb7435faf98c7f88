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
def fine_tune(model, batches, n_epochs, lr, factor=2.6):
    model.train().requires_grad_(True)
    groups = {str(i): part for i, part in enumerate(model)}
    n_steps = n_epochs * len(batches)
    optimizer = torch.optim.Adam(discriminative_groups(groups, lr, factor))
    full = [group["lr"] for group in optimizer.param_groups]
    losses = []
    for epoch in range(n_epochs):
        for x, y in batches:
            loss = nn.functional.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            for i, group in enumerate(optimizer.param_groups):
                learns = i >= len(full) - 1 - epoch
                group["lr"] = learns * full[i] * schedules.slanted_triangular(len(losses), n_steps)
            optimizer.step()
            losses.append(loss.item())
    return losses
