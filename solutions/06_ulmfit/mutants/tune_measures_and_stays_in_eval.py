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
    gradual_unfreezing(groups, len(groups))
    n_steps, losses = n_epochs * len(batches), []
    optimizer = torch.optim.Adam(discriminative_groups(groups, lr, factor))
    scheduler = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda t: schedules.slanted_triangular(t, n_steps)
    )
    model.train()
    for epoch in range(n_epochs):
        gradual_unfreezing(groups, epoch)
        for x, y in batches:
            loss = nn.functional.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            scheduler.step()
            losses.append(loss.item())
        model.eval()
    return losses
