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
    parts, n_steps, step = list(model)[::-1], n_epochs * len(batches), 0
    optimizer, losses = None, []
    for epoch in range(n_epochs):
        if epoch < len(parts):
            group = {"params": list(parts[epoch].parameters())}
            if optimizer is None:
                optimizer = torch.optim.Adam([group])
            else:
                optimizer.add_param_group(group)
        for x, y in batches:
            for depth, group in enumerate(optimizer.param_groups):
                group["lr"] = lr / factor**depth * schedules.slanted_triangular(step, n_steps)
            loss = nn.functional.cross_entropy(model(x), y)
            model.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            step += 1
    return losses
