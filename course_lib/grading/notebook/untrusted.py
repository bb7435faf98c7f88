"""Untrusted HTML, Markdown and pictures, made fit for a page: no script, nothing fetched."""

import base64
import html
import re
import secrets
from typing import Any

MARKDOWN = 20_000  # characters of one cell; no lesson writes more, and parsers slow down on tricks
FORMULA = 2_000
FORMULAS = 300
DEPTH = 200  # a page nests less; parsers recurse

_TAGS = (
    "a abbr b blockquote br caption cite code col colgroup dd del details div dl dt em figcaption "
    "figure h1 h2 h3 h4 h5 h6 hr i img input ins kbd li mark ol p pre q s samp small span strong "
    "sub summary sup table tbody td tfoot th thead tr u ul var"
).split()
_ATTRIBUTES = {"align", "alt", "title", "colspan", "rowspan", "scope", "width", "height", "start"}
_STYLES = ["color", "background-color", "text-align", "font-weight", "font-style", "white-space"]
# classes that highlight code, and pandas' own; others could dress up as a part of the page
_CLASS = re.compile(r"(highlight|hl-\w+|dataframe|language-\w+|[a-z]\w?)( hl-\w+)?")
_PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*\Z")
_OURS = re.compile(r"data:image/svg\+xml;base64,[A-Za-z0-9+/=]*\Z")
_DROPPED = re.compile(
    r"<(script|style|template|noscript|iframe|object)\b.*?(</\1\s*>|\Z)", re.S | re.I
)
_SVG = re.compile(r"<svg\b.*?</svg\s*>", re.S | re.I)


def clean_html(source: str) -> str:
    """Return HTML without anything that runs or fetches; drawings become pictures.

    A picture from elsewhere loses its address and keeps its text.
    """
    import bleach
    from bleach.css_sanitizer import CSSSanitizer

    if _deep(source):
        return f"<pre>{html.escape(source)}</pre>"
    drawings: dict[str, str] = {}

    def keep(match: re.Match[str]) -> str:
        token = f"svg{secrets.token_hex(12)}"
        drawings[token] = svg_picture(match[0])
        return token

    cleaner = bleach.Cleaner(
        tags=_TAGS,
        attributes=_allowed,
        protocols=["http", "https", "mailto", "data"],
        strip=True,
        css_sanitizer=CSSSanitizer(allowed_css_properties=_STYLES),
    )
    cleaned = cleaner.clean(_DROPPED.sub("", _SVG.sub(keep, source)))
    for token, picture in drawings.items():
        cleaned = cleaned.replace(token, picture)
    return cleaned


def _deep(source: str) -> bool:
    """Whether tags nest as in an attack on the parser: opened far more often than closed."""
    level = deepest = 0
    for match in re.finditer(r"<(/?)[A-Za-z]", source):
        level += -1 if match[1] else 1
        deepest = max(deepest, level)
    void = len(re.findall(r"<(?:br|img|hr|col|input|p|li|td|tr|th)\b", source, re.I))
    return deepest - void > DEPTH


def _allowed(tag: str, name: str, value: str) -> bool:
    if name == "src":
        return tag == "img" and bool(_PICTURE.match(value) or _local(value))
    if name == "href":
        # what lies above the notebook's folder is not beside a page of feedback
        return tag == "a" and not value.lower().lstrip().startswith(("data:", ".."))
    if name == "class":
        return bool(_CLASS.fullmatch(value))
    if tag == "input":  # a task list's box, which nobody can tick
        return (name, value) in (("type", "checkbox"), ("checked", "")) or name == "disabled"
    return name in _ATTRIBUTES or name == "style"


def _local(address: str) -> bool:
    """Whether a picture lies beside the notebook: no scheme, no host, no way up."""
    plain = re.sub(r"[\x00-\x20\x7f]", "", address)
    return not re.match(r"[\\/]|[^/?#]*:", plain) and ".." not in plain and "\\" not in plain


def svg_picture(svg: str, alt: str = "a drawing") -> str:
    """Return a drawing as a picture: there, its scripts do not run and its links do not load."""
    if "xmlns=" not in svg[:2000]:
        svg = re.sub(r"<svg\b", '<svg xmlns="http://www.w3.org/2000/svg"', svg, count=1, flags=re.I)
    label = re.search(r"aria-label=[\"']([^\"'<>]{1,300})", svg[:3000])
    coded = base64.b64encode(svg.encode("utf-8", "replace")).decode()
    text = html.escape(html.unescape(label[1]) if label else alt, quote=True)
    return f'<img class="svg" alt="{text}" src="data:image/svg+xml;base64,{coded}">'


def markdown(source: str, attachments: dict[str, Any] | None = None) -> str:
    """Return Markdown as clean HTML, its formulas as MathML, which browsers draw by themselves.

    Where docutils is not installed, or does not know a command, a formula stays as it was written.
    """
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    if len(source) > MARKDOWN:
        left = len(source) - MARKDOWN
        source = f"{source[:MARKDOWN]}\n\n… {left:,} characters left out …"
    formulas: dict[str, str] = {}

    class Renderer(IPythonRenderer):
        """nbconvert's, with a mark where a formula stands."""

        def _mark(self, body: str, block: bool) -> str:
            token = f"tex{secrets.token_hex(12)}"
            formulas[token] = formula(body, block, draw=len(formulas) < FORMULAS)
            return token

        def block_math(self, body: str) -> str:
            return self._mark(body, True)

        def inline_math(self, body: str) -> str:
            return self._mark(body, False)

        def latex_environment(self, name: str, body: str) -> str:
            return self._mark(f"\\begin{{{name}}}{body}\\end{{{name}}}", True)

    try:
        renderer = Renderer(escape=False, attachments=attachments or {}, exclude_anchor_links=True)
        page = clean_html(MarkdownWithMath(renderer=renderer).render(source))
    except Exception:
        # a missing attachment, a parser at the end of its stack: the text is what matters
        return f"<pre>{html.escape(source)}</pre>"
    for token, drawn in formulas.items():
        page = page.replace(token, drawn)
    return page


def formula(body: str, block: bool, *, draw: bool = True) -> str:
    """Return a TeX formula as MathML, or as the text it was."""
    text = html.escape(f"$${body}$$" if block else f"${body}$")
    drawn = ""
    if draw and len(body) <= FORMULA:
        try:
            from docutils.utils.math.latex2mathml import tex2mathml

            drawn = tex2mathml(body)
        except Exception:  # docutils is missing, or it does not know a command
            drawn = ""
    if not drawn:
        return f'<code class="tex">{text}</code>'
    if block:
        drawn = drawn.replace("<math ", '<math display="block" ', 1)
    return drawn
