"""Ways to write the module of `tensors`."""

TWO_LAYER = {
    "sequential": """
class TwoLayer(nn.Module):
    def __init__(self, n_in, n_hidden, n_out):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(n_in, n_hidden), nn.ReLU(), nn.Linear(n_hidden, n_out)
        )

    def forward(self, x):
        return self.layers(x)
""",
    "subclass": """
class TwoLayer(nn.Sequential):
    def __init__(self, n_in, n_hidden, n_out):
        super().__init__(nn.Linear(n_in, n_hidden), nn.ReLU(), nn.Linear(n_hidden, n_out))
""",
    "by_hand": """
class Affine(nn.Module):
    def __init__(self, n_in, n_out):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(n_out, n_in) / n_in**0.5)
        self.bias = nn.Parameter(torch.zeros(n_out))
        self.register_buffer("calls", torch.zeros(1))

    def forward(self, x):
        self.calls += 1
        return x @ self.weight.T + self.bias


class TwoLayer(nn.Module):
    def __init__(self, *sizes):
        super().__init__()
        self.stack = nn.ModuleList([Affine(a, b) for a, b in zip(sizes, sizes[1:])])

    def forward(self, x):
        for depth, layer in enumerate(self.stack):
            x = layer(x)
            if depth == 0:
                x = F.relu(x)
        return x
""",
    "factory": """
def TwoLayer(n_in, n_hidden, n_out):
    return nn.Sequential(nn.Linear(n_in, n_hidden), nn.ReLU(), nn.Linear(n_hidden, n_out))
""",
    "partial": """
from functools import partial

class Net(nn.Module):
    def __init__(self, activation, n_in, n_hidden, n_out):
        super().__init__()
        self.up, self.down = nn.Linear(n_in, n_hidden), nn.Linear(n_hidden, n_out)
        self.activation = activation

    def forward(self, x):
        return self.down(self.activation(self.up(x)))

TwoLayer = partial(Net, torch.relu)
""",
    "tanh": """
class TwoLayer(nn.Module):
    def __init__(self, n_in, n_hidden, n_out):
        super().__init__()
        self.a = nn.Linear(n_in, n_hidden)
        self.b = nn.Linear(n_hidden, n_out)

    def forward(self, x):
        return self.b(torch.tanh(self.a(x)))
""",
    "no_bias": """
class TwoLayer(nn.Module):
    def __init__(self, n_in, n_hidden, n_out):
        super().__init__()
        self.a = nn.Linear(n_in, n_hidden, bias=False)
        self.b = nn.Linear(n_hidden, n_out)

    def forward(self, x):
        return self.b(torch.relu(self.a(x)))
""",
    "frozen": """
class TwoLayer(nn.Module):
    def __init__(self, n_in, n_hidden, n_out):
        super().__init__()
        self.a = nn.Linear(n_in, n_hidden)
        self.b = nn.Linear(n_hidden, n_out)
        self.a.requires_grad_(False)

    def forward(self, x):
        return self.b(torch.relu(self.a(x)))
""",
    "no_super": """
class TwoLayer(nn.Module):
    def __init__(self, n_in, n_hidden, n_out):
        self.a = nn.Linear(n_in, n_hidden)
        self.b = nn.Linear(n_hidden, n_out)

    def forward(self, x):
        return self.b(torch.relu(self.a(x)))
""",
    "not_a_module": """
class TwoLayer:
    def __init__(self, n_in, n_hidden, n_out):
        self.a, self.b = nn.Linear(n_in, n_hidden), nn.Linear(n_hidden, n_out)

    def parameters(self):
        return [*self.a.parameters(), *self.b.parameters()]

    def __call__(self, x):
        return self.b(torch.relu(self.a(x)))
""",
    "unused_order": """
class TwoLayer(nn.Module):
    def __init__(self, n_in, n_hidden, n_out):
        super().__init__()
        self.second = nn.Linear(n_hidden, n_out)
        self.first = nn.Linear(n_in, n_hidden)

    def forward(self, x):
        return self.second(torch.relu(self.first(x)))
""",
}
