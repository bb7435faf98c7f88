"""The explorer of attention: a trained model that runs in the page, on the reader's own sentence.

    ```{explorer} causal_docs
    :text: the axis is a line
    ```

Argument: a checkpoint of a causal language model. At the end of a build its weights are written,
as 16-bit floats, beside the page's scripts (`_static/explorer`); nothing is asked of a network.
"""

import html
import json
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

FOLDER = "_static/explorer"


class Explorer(SphinxDirective):
    """The place where the script builds its controls."""

    required_arguments = 1
    option_spec: ClassVar = {"text": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        """Write an empty box, and what stands there without scripts."""
        name, text = self.arguments[0], self.options["text"]
        models = self.env.metadata[self.env.docname].setdefault("explorers", "")
        self.env.metadata[self.env.docname]["explorers"] = f"{models} {name}".strip()
        root = "../" * self.env.docname.count("/") + FOLDER
        box = (
            f'<div class="explorer" data-model="{root}/{html.escape(name)}" '
            f'data-text="{html.escape(text)}">The explorer needs JavaScript.</div>'
            f'<script type="module" src="{root}/explorer.js"></script>'
        )
        return [nodes.raw("", box, format="html")]


def write_model(name: str, folder: Path) -> None:
    """Write a checkpoint's sizes and merges (model.json) and weights (model.bin) into a folder."""
    import numpy as np

    from course_lib.text.byte_pairs import printable
    from course_lib.training.pretrained_pieces import causal_model

    model, tokenizer = causal_model(name)
    tensors, arrays, start = [], [], 0
    for key, value in model.state_dict().items():
        tensors.append({"name": key, "shape": list(value.shape), "start": start})
        arrays.append(value.numpy().astype("<f2").ravel())
        start += value.numel()
    about = {
        "config": {key: getattr(model.config, key) for key in ("d_model", "n_heads", "n_layers")},
        "merges": [f"{printable(a)} {printable(b)}" for a, b in tokenizer.merges],
        "special_tokens": list(tokenizer.special_tokens),
        "tensors": tensors,
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.json").write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")
    (folder / "model.bin").write_bytes(np.concatenate(arrays).tobytes())


def write_models(app: Sphinx, error: Exception | None) -> None:
    """Write every model that a page asks for, once the pages are built."""
    if error is not None or app.builder.format != "html":
        return
    names = {n for meta in app.env.metadata.values() for n in meta.get("explorers", "").split()}
    for name in names:
        write_model(name, Path(app.outdir, FOLDER, name))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive, its style, and what is written at the end."""
    app.add_directive("explorer", Explorer)
    app.add_css_file("explorer/explorer.css")
    app.connect("build-finished", write_models)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
