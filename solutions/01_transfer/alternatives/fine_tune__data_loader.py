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
    data = torch.utils.data.TensorDataset(images, labels)
    loader = torch.utils.data.DataLoader(
        data, batch_size, shuffle=True, generator=torch.Generator().manual_seed(seed)
    )
    criterion = nn.CrossEntropyLoss(reduction="sum")
    losses = []
    for epoch in range(n_epochs):
        set_mode(model)
        total = 0
        for batch, targets in loader:
            optimizer.zero_grad()
            loss = criterion(model(batch), targets)
            (loss / len(targets)).backward()
            optimizer.step()
            total += float(loss)
        losses.append(total / len(data))
    return losses
