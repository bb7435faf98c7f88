"""The plan of the house: which part uses which. `tests/test_floors.py` holds the code to it."""

# from the ground up: a package uses only what lies on the floors below its own
FLOORS = (
    ("errors", "seeding", "house"),
    ("text", "metrics"),
    ("layers", "data"),
    ("embeddings", "vision"),
    ("models",),
    ("training",),
    ("transfer",),
    ("viz", "recipes"),
    ("bench",),
    ("cli",),
)

# beside the floors stands a tower: it uses `errors` alone, and only the roof looks into it
TOWER = "grading"
ROOF = ("bench", "cli")

# the tower's rooms in the order in which an assignment lives: a room uses only those before it;
# `helpers` and `plugin` are the doors, files that an instructor's own notebooks and settings name
ROOMS = (
    "helpers",
    "notebook",
    "course",
    "remote",
    "intake",
    "sandbox",
    "ledger",
    "engine",
    "selftest",
    "reports",
    "run",
    "plugin",
    "authoring",
)
