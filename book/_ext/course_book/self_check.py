"""A question with answers that explain themselves; no script, every answer opens by keyboard.

    :::{self-check}
    You freeze every layer but the last. Which numbers can still change during training?

    [x] The weights of the last layer, and the running statistics of batch normalisation
    : Frozen weights get no gradient, but `train()` mode still updates the running statistics.

    [ ] Only the weights of the last layer
    : That is what one wants; batch normalisation in training mode is the exception.
    :::

Above: the question, any Markdown. Below: a definition list, `[x]` marks a right answer and `[ ]` a
wrong one, and each has an explanation. Whether an answer is right is not said before it is opened.
"""

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from course_book.boxes import make_box

LOGGER = logging.getLogger(__name__)
MARKS = {"[x]": True, "[ ]": False}
VERDICTS = {True: "Right.", False: "Not this one."}


class Answer(nodes.General, nodes.Element):
    """One answer: closed at first."""


class AnswerText(nodes.General, nodes.TextElement):
    """What is seen of an answer before it is opened; attribute `letter`."""


class Explanation(nodes.General, nodes.Element):
    """What is seen after; attribute `right`."""


class SelfCheck(SphinxDirective):
    """Turn a definition list into answers that open."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Parse the body, take its last definition list as the answers."""
        self.assert_has_content()
        body = self.parse_content_to_nodes()
        lists = [node for node in body if isinstance(node, nodes.definition_list)]
        if not lists:
            raise self.error("self-check: no answers; write `[x] answer`, then `: explanation`")
        answers = [self._answer(item, index) for index, item in enumerate(lists[-1])]
        right = [answer for answer in answers if answer["right"]]
        if len(answers) < 2 or not right:
            raise self.error("self-check: at least two answers, at least one marked [x]")
        question = [node for node in body if node is not lists[-1]]
        if not any(node.astext().strip() for node in question):
            raise self.error("self-check: a question above the answers")
        number = self.env.temp_data["self-check"] = self.env.temp_data.get("self-check", 0) + 1
        title = self.arguments[0] if self.arguments else f"Question {number}"
        return [make_box(self, "self-check", title, [*question, *answers], role="group")]

    def _answer(self, item: nodes.definition_list_item, index: int) -> Answer:
        term, *definitions = item.children
        first = next(iter(term.findall(nodes.Text)), None)
        mark = (first or "")[:3]
        if first is None or mark not in MARKS:
            raise self.error(f"self-check: mark the answer with [x] or [ ]: {term.astext()!r}")
        if not any(definition.astext().strip() for definition in definitions):
            raise self.error(f"self-check: an answer without an explanation: {term.astext()!r}")
        first.parent.replace(first, nodes.Text(first[3:].lstrip()))
        right = MARKS[mark]
        explanation = Explanation(right=right)
        for definition in definitions:
            explanation += [child.deepcopy() for child in definition.children]
        text = [child.deepcopy() for child in term.children]
        answer = Answer(right=right)
        answer += AnswerText("", "", *text, letter="ABCDEFGH"[index])
        answer += explanation
        return answer


def _visit_answer(translator: Any, node: Answer) -> None:
    translator.body.append('<details class="answer">\n')


def _depart_answer(translator: Any, node: Answer) -> None:
    translator.body.append("</details>\n")


def _visit_text(translator: Any, node: AnswerText) -> None:
    letter = node["letter"]
    translator.body.append(f'<summary><span class="letter">{letter}</span><span class="text">')


def _depart_text(translator: Any, node: AnswerText) -> None:
    translator.body.append("</span></summary>\n")


def _visit_explanation(translator: Any, node: Explanation) -> None:
    kind = "right" if node["right"] else "wrong"
    translator.body.append(f'<div class="explanation {kind}"><p class="verdict">')
    translator.body.append(f"{VERDICTS[node['right']]}</p>\n")


def _depart_explanation(translator: Any, node: Explanation) -> None:
    translator.body.append("</div>\n")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive and its three nodes."""
    app.add_node(Answer, html=(_visit_answer, _depart_answer))
    app.add_node(AnswerText, html=(_visit_text, _depart_text))
    app.add_node(Explanation, html=(_visit_explanation, _depart_explanation))
    app.add_directive("self-check", SelfCheck)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
