"""Does the bench of language models say what each way took?"""

import subprocess
import sys

from course_lib.bench import language as bench_language


def test_both_ways_are_shown_with_their_ratio(monkeypatch, capsys):
    found = {
        "dicts": {"count": 6.0, "mib": 900.0, "n_ngrams": 5},
        "arrays": {"count": 2.0, "mib": 300.0, "fit": 3.0, "evaluate": 1.0},
    }
    monkeypatch.setattr(bench_language, "_measure", found.__getitem__)
    bench_language.bench_ngrams(rounds=3)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[-1] for line in lines[:2]] == ["3.0x", "3.0x"]
    assert lines[2].endswith("4.0 s")
    assert "1,000,000 tokens" in lines[2]


def test_each_way_reports_itself(monkeypatch):
    from course_lib.data import running_text

    text = running_text.RunningText(
        train=[["a", "b", "a"]] * 9, valid=[], test=[["a", "b"], ["never"]]
    )
    monkeypatch.setattr(running_text, "load_docs_text", lambda progress: text)
    ours = bench_language._run("arrays")
    assert ours["fit"] >= ours["count"] >= 0
    assert ours["mib"] > 1
    assert bench_language._run("dicts")["n_ngrams"] > 0


def test_a_child_reports_its_own_peak_and_not_its_parents():
    code = "from course_lib.bench.language import _peak_mib; print(_peak_mib())"
    parent = (
        "import subprocess, sys; held = bytearray(300 << 20);"
        f"subprocess.run([sys.executable, '-c', {code!r}], check=True)"
    )
    done = subprocess.run(
        [sys.executable, "-c", parent], check=True, capture_output=True, text=True
    )
    assert float(done.stdout) < 200
