"""Addresses that open a notebook of this repository elsewhere, built from one setting.

`repository: url:` in _config.yml is empty in a fresh checkout; then there are none.
"""

from urllib.parse import quote, urlsplit


def launch_links(repository: str, branch: str, notebook: str) -> dict[str, str]:
    """Return label -> address for a notebook, given by its path from the repository's root.

    Binder opens the notebook in JupyterLab, on GitHub and GitLab repositories; Colab knows GitHub
    only.

    Raises: ValueError when the address does not read https://HOST/OWNER/NAME.
    """
    if not repository:
        return {}
    parts = urlsplit(repository.removesuffix("/").removesuffix(".git"))
    path = parts.path.strip("/")
    if parts.scheme != "https" or not parts.hostname or path.count("/") != 1:
        raise ValueError(f"repository url must read https://HOST/OWNER/NAME, got {repository!r}")
    lab = f"?urlpath={quote(f'lab/tree/{notebook}', safe='')}"
    ref = quote(branch, safe="")
    if parts.hostname == "github.com":
        return {
            "Binder": f"https://mybinder.org/v2/gh/{path}/{ref}{lab}",
            "Colab": f"https://colab.research.google.com/github/{path}/blob/{branch}/{quote(notebook)}",
        }
    if parts.hostname == "gitlab.com":
        return {"Binder": f"https://mybinder.org/v2/gl/{quote(path, safe='')}/{ref}{lab}"}
    address = quote(f"https://{parts.hostname}/{path}", safe="")
    return {"Binder": f"https://mybinder.org/v2/git/{address}/{ref}{lab}"}
