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
    parts = list(model)
    optimizers = [torch.optim.Adam(part.parameters(), lr=lr) for part in parts]
    n_steps, losses = n_epochs * len(batches), []
    for epoch in range(n_epochs):
        for x, y in batches:
            loss = nn.functional.cross_entropy(model(x), y)
            learning = range(max(0, len(parts) - 1 - epoch), len(parts))
            rate = lr * schedules.slanted_triangular(len(losses), n_steps)
            for part in parts:
                part.zero_grad(set_to_none=True)
            loss.backward()
            for i in learning:
                optimizers[i].param_groups[0]["lr"] = rate / factor ** (len(parts) - 1 - i)
                optimizers[i].step()
            losses.append(loss.item())
    return losses
