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
    groups = {str(i): part for i, part in enumerate(model)}
    n_steps, losses = n_epochs * len(batches), []
    model.train()
    for epoch in range(n_epochs):
        gradual_unfreezing(groups, epoch)
        optimizer = torch.optim.Adam(discriminative_groups(groups, lr, factor))
        top = [group["lr"] for group in optimizer.param_groups]
        for x, y in batches:
            for group, rate in zip(optimizer.param_groups, top):
                group["lr"] = rate * schedules.slanted_triangular(len(losses), n_steps)
            loss = nn.functional.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses
