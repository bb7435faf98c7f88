"""Does the bench print a ratio for each pair, and leave the user's cache alone?"""

import os
import re

from click.testing import CliRunner

from course_lib.cli import bench


def test_each_pair_has_a_ratio():
    left_out = [f"--no-{part.name}" for part in bench.command.params if part.default is True]
    outcome = CliRunner().invoke(bench.command, [*left_out, "--rounds", "1"])
    assert outcome.exit_code == 0, outcome.output
    ratios = re.findall(r"^(one-hot product|dense / sparse).* ([\d,.]+)x$", outcome.output, re.M)
    assert len(ratios) == 2 * len(bench.VOCABULARIES)
    product = [float(r.replace(",", "")) for name, r in ratios if name == "one-hot product"]
    assert product[0] < product[-1], "the product costs more the larger the vocabulary"
    assert product[-1] > 100


def test_the_corpus_is_built_in_a_folder_of_its_own(monkeypatch, tmp_path):
    seen = []
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    monkeypatch.setattr(
        "course_lib.data.docs.load_docs", lambda progress: seen.append(os.environ["COURSE_CACHE"])
    )
    for load in bench._corpus():
        load()
    assert seen[0] == seen[1] != str(tmp_path)
    assert os.environ["COURSE_CACHE"] == str(tmp_path)
