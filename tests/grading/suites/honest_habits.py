"""Honest submissions with the habits of notebooks: magics, plots, noise, own cells and files."""
# ruff: noqa: E501 (code of submissions)

from suites.handed import Honest

TENSORS = ("standardise", "two_layer", "sgd_step", "top_words")


def _after(name: str, cell: str, *texts: str) -> Honest:
    return Honest(
        f"h_{name}", "tensors" if cell in TENSORS else "basics", after={cell: list(texts)}
    )


CASES = [
    _after("timeit", "standardise", "%timeit -n 3 -r 1 standardise(torch.eye(3))"),
    _after(
        "time_cell",
        "sgd_step",
        "%%time\nw = sgd_step(torch.zeros(2), torch.eye(2), torch.ones(2), 0.1)\nw",
    ),
    _after("shell", "table", "!ls\n!echo done", "files = !ls\nlen(files)"),
    _after(
        "plot",
        "means",
        "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot(days['temp'])\nplt.title('Tage')\nplt.show()",
    ),
    _after(
        "display",
        "means",
        "display(days.head())\nfrom IPython.display import HTML, Markdown\ndisplay(Markdown('**bold**'))\nHTML('<b>hi</b>')",
    ),
    _after("flood", "top_words", "for i in range(3000):\n    print('line', i)"),
    _after("error_cell", "standardise", "standardise('not a tensor')"),
    _after("last_value", "mean", "mean([3, 4])"),
    _after(
        "slow", "top_words", "import time\ntime.sleep(1.2)\nsum(i * i for i in range(3_000_000))"
    ),
    _after("help", "mean", "help(mean)", "mean?"),
    _after(
        "overwrites",
        "mean",
        "_mean = mean\ndef mean(values):\n    '''Wrapped.'''\n    return _mean(values)",
    ),
    _after("breaks_later", "mean", "del mean"),
    _after(
        "shadows", "variables", "list_ = primes\nsum_ = 0\nfor p in primes:\n    sum_ += p\nmax = 5"
    ),
    _after("shadows_test_name", "mean", "numbers = 'mine'\nlines = None\npoints = 0\nbuffer = 3"),
    _after("unicode", "variables", "größe = 'Ünïcödé ✓ 漢字 🎓'\nprint(größe)\ngröße"),
    _after(
        "async_cell",
        "mean",
        "import asyncio\nasync def later():\n    await asyncio.sleep(0.01)\n    return 3\nawait later()",
    ),
    _after(
        "rich_state",
        "two_layer",
        "torch.manual_seed(123)\nnet = TwoLayer(2, 2, 2)\nprint(net)\nnet",
    ),
    _after(
        "writes_file",
        "means",
        "days.to_csv('copy.csv', index=False)\nprint(open('copy.csv').read())",
    ),
    _after(
        "own_tests",
        "mean",
        "assert mean([2]) == 2\nassert mean([1, 1, 4]) == 2",
        "assert mean([1]) == 5, 'my own check is wrong'",
    ),
    _after(
        "default_dtype",
        "standardise",
        "print(torch.get_default_dtype(), torch.__version__)\ntorch.set_grad_enabled(True)",
    ),
    Honest(
        "h_global",
        "basics",
        {
            "doubling": "FACTOR = 2\ndef double_all(v):\n    global count\n    count = 0\n    for i in range(len(v)):\n        v[i] *= FACTOR\n        count += 1"
        },
    ),
    Honest(
        "h_helpers",
        "tensors",
        {
            "standardise": "def _mean(x):\n    return x.sum(0) / len(x)\n\ndef _std(x):\n    return (((x - _mean(x)) ** 2).sum(0) / (len(x) - 1)).sqrt()\n\ndef standardise(x):\n    return (x - _mean(x)) / _std(x)"
        },
    ),
    Honest(
        "h_closure",
        "tensors",
        {
            "top_words": "def make(key):\n    def top_words(text, k):\n        words = text.lower().split()\n        return sorted({(w, words.count(w)) for w in words}, key=key)[:k]\n    return top_words\n\ntop_words = make(lambda p: (-p[1], p[0]))"
        },
    ),
    Honest("h_syntax", "tensors", {"sgd_step": "def sgd_step(w, x, y, lr)\n    return w"}),
    Honest("h_indent", "basics", {"dice": "def roll(n):\nreturn [4] * n"}),
    Honest(
        "h_import_error",
        "basics",
        {"scale": "import numppy as np\n\ndef scale(values):\n    return values"},
    ),
    Honest("h_no_imports", "basics", {"plain-1": "# I removed the imports"}),
    Honest("h_alias_imports", "basics", {"plain-1": "import math, random\nimport numpy"}),
    Honest(
        "h_stderr_top",
        "tensors",
        {
            "standardise": "import sys, warnings\nwarnings.warn('be careful')\nprint('hm', file=sys.stderr)\n\ndef standardise(x):\n    return (x - x.mean(0)) / x.std(0)"
        },
    ),
    Honest(
        "h_stderr_call",
        "tensors",
        {
            "standardise": "import sys\n\ndef standardise(x):\n    print('working', file=sys.stderr)\n    return (x - x.mean(0)) / x.std(0)"
        },
    ),
    Honest(
        "h_warning_call",
        "basics",
        {
            "scale": "import warnings\n\ndef scale(values):\n    warnings.warn('old')\n    return (values - values.min()) / (values.max() - values.min())"
        },
    ),
    Honest(
        "h_divides",
        "basics",
        {
            "scale": "def scale(values):\n    np.array([1.0]) / np.array([0.0])\n    return (values - values.min()) / (values.max() - values.min())"
        },
    ),
    Honest(
        "h_logging",
        "basics",
        {
            "mean": "import logging\n\ndef mean(values):\n    '''Mean.'''\n    logging.warning('%d values', len(values))\n    if not values:\n        raise ValueError('empty')\n    return sum(values) / len(values)"
        },
    ),
    Honest(
        "h_one_notebook",
        "basics",
        {
            "means": "# no time",
            "hot_days": "# no time",
            "scale": "# no time",
            "noise": "# no time",
            "recursion": "# no time",
        },
    ),
]
