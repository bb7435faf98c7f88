#!/usr/bin/env bash
# sphinxcontrib-bibtex 2.7.0: two works of the same people and year are cited alike in the text.
#
# Guess:    with the reference style author_year, works that would be called the same get letters
#           (Wang et al., 2019a and 2019b), as in every author-year style of BibTeX.
# Seen:     both citations read "Wang et al., 2019", while the list tells its entries apart.
# Matters:  a reader on paper cannot tell which of the two is meant.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  sphinxcontrib-bibtex==2.7.0 sphinx==7.4.7 docutils==0.21.2
mkdir "$folder/source"
cd "$folder/source"
cat > works.bib <<'BIB'
@misc{one, author = {Wang, A. and Singh, B. and Li, C.}, title = {First}, year = {2019}}
@misc{two, author = {Wang, A. and Ma, D. and Li, C.}, title = {Second}, year = {2019}}
BIB
cat > conf.py <<'CONF'
extensions = ["sphinxcontrib.bibtex"]
bibtex_bibfiles = ["works.bib"]
bibtex_reference_style = "author_year"
CONF
cat > index.rst <<'RST'
Page
====

:cite:p:`one` and :cite:p:`two`.

.. bibliography::
RST
"$folder/venv/bin/sphinx-build" -q -b text . "$folder/text"
cat "$folder/text/index.txt"
grep -q "\[Wang \*et al.\*, 2019\] and \[Wang \*et al.\*, 2019\]" "$folder/text/index.txt" \
  || { echo "the two are told apart now"; exit 1; }
