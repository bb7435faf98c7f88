"""One look for the pages of grading: light and dark, wide and narrow, on paper."""

import html
import re
from collections.abc import Iterable, Sequence

SHOWN = 500  # rows of a table
WIDE = ("message", "why", "where", "what was seen")  # columns of sentences

# no script runs and nothing is fetched, whatever stands in the page
POLICY = "default-src 'none'; img-src data: 'self' file:; style-src 'unsafe-inline'"

PAGE_STYLE = """
:root{--ink:#1c1e21;--paper:#fff;--soft:#f9f9fa;--line:#c9cdd3;--link:#0b57a4;--dim:#555b63;
--bad:#a1161d;--bad-paper:#fdeeee;--good:#176b2c}
@media (prefers-color-scheme:dark){:root{--ink:#e6e6e6;--paper:#17191c;--soft:#212429;
--line:#454b54;--link:#7db8f5;--dim:#a9b0b9;--bad:#ff9c9c;--bad-paper:#3a1f21;--good:#83d196}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:56rem;margin:0 auto;padding:1rem}
a{color:var(--link)}
h1{font-size:1.5rem;margin:.5rem 0}
pre,code{font-family:ui-monospace,monospace;font-size:.875rem}
pre{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}
img{max-width:100%;height:auto}img.svg{background:#fff}
table{border-collapse:collapse;margin:.75rem 0;display:block;overflow-x:auto}
th,td{border:1px solid var(--line);padding:.25rem .6rem;text-align:left}
caption{text-align:left;font-weight:600;padding-bottom:.3rem}
@media (min-width:40rem){caption{white-space:nowrap}}
td.points{text-align:right;white-space:nowrap}
.lost{color:var(--bad)}.full{color:var(--good)}
.panel{border:1px solid var(--line);border-left:4px solid var(--link);margin:1rem 0;
overflow:hidden}
.text_cell_render{overflow-x:auto;overflow-y:hidden}
.panel>.text_cell_render,.panel-body{padding:.6rem}
.panel-heading{background:var(--soft);padding:.3rem .6rem;display:flex;flex-wrap:wrap;gap:.5rem;
justify-content:space-between}
.panel-footer{background:var(--soft);padding:.3rem .6rem}
.input_area{background:var(--soft);padding:.6rem;margin:.5rem 0;overflow-x:auto}
.output_subarea{border-left:3px solid var(--line);
padding:.4rem .6rem;overflow:auto;max-height:32rem}
.output_stderr{background:var(--soft);border-left:3px solid var(--dim)}
.output_error{color:var(--bad);background:var(--bad-paper);border-left:4px solid var(--bad);
padding:.6rem;margin:.4rem 0}
math[display=block]{margin:.6rem 0;overflow-x:auto}code{overflow-wrap:anywhere}
@media print{.panel,.output{break-inside:avoid}}
"""


def escaped(value: object) -> str:
    """Return a value as text that no browser takes for markup."""
    return html.escape(str(value), quote=True)


def html_table(caption: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table; numbers stand to the right, sentences get some room."""
    lines, left = [], 0
    for number, row in enumerate(rows):
        if number >= SHOWN:
            left += 1
            continue
        cells = []
        for at, value in enumerate(row):
            numeric = isinstance(value, int | float) or re.fullmatch(r"[\d.,]+%?|–", str(value))
            kind = "n" if numeric else "why" if header[at] in WIDE else ""
            text = f"{value:g}" if isinstance(value, float) else str(value)
            cells.append(
                f'<td class="{kind}">{escaped(text)}</td>' if kind else f"<td>{escaped(text)}</td>"
            )
        lines.append(f"<tr>{''.join(cells)}</tr>")
    more = f'<p class="quiet">… {left:,} more rows left out …</p>' if left else ""
    head = "".join(f'<th scope="col">{escaped(name)}</th>' for name in header)
    return (
        f'<table tabindex="0"><caption>{escaped(caption)}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table>{more}"
    )


def nothing(text: str) -> str:
    """Return a sentence that stands where a table would."""
    return f'<p class="quiet">{escaped(text)}</p>'
