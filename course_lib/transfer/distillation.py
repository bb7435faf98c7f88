"""Distillation: a small network, the student, learns what a large one, the teacher, has learnt.

DistilBERT adds up three losses: `soft_target_loss`, the loss of masked words and `cosine_loss`. Its
student starts from layers of the teacher, which `layers_to_copy` picks.

Axes: V words, D width of the vectors; `*N` any leading axes, such as B texts and T places.
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

EPS = 1e-12  # on squared lengths, as in torch's CosineEmbeddingLoss


def soft_target_loss(
    student: Float[Tensor, "*N V"],
    teacher: Float[Tensor, "*N V"],
    temperature: float,
    is_token: Bool[Tensor, "*N"],
) -> Float[Tensor, ""]:
    """Return T² · KL(teacher ‖ student), both softened by the temperature T.

    With p = softmax(teacher / T) and q = softmax(student / T), a token's loss is T² Σ_v p_v log(p_v
    / q_v). A high T shows what the teacher thinks of the words that are not its first choice. It
    makes gradients smaller by T², which the factor makes good: the loss keeps its weight beside
    others when T changes.

    student, teacher: logits; no gradient reaches the teacher's, nor those of padding.
    is_token: bool, False at padding; what stands there does not count, be it NaN.

    Paper: Hinton et al., 2015, arXiv:1503.02531, section 2; T = 2 in the code of Sanh et al., 2019,
    arXiv:1910.01108.
    Differs from the papers: the teacher's entropy is subtracted from their cross-entropy, so that
    the loss is 0 where the two agree; the gradient is the same.
    Returns: nats a real token, in 32 bits or more; 0 where there is none.
    Raises: ValueError for shapes that do not belong together, or a temperature that is not
    positive.
    """
    if temperature <= 0:
        raise ValueError(f"temperature must be positive, received {temperature}")
    of_student, of_teacher = _real_tokens(student, teacher, is_token)
    log_q = (of_student / temperature).log_softmax(dim=-1)  # (real tokens, V)
    log_p = (of_teacher / temperature).log_softmax(dim=-1)
    p = log_p.exp()
    # subtle: a word that the teacher rules out by a logit of −inf costs nothing, 0 · −inf is NaN
    log_ratio = (log_p - log_q).masked_fill_(p == 0, 0.0)
    return temperature**2 * (p * log_ratio).sum() / max(1, len(p))


def cosine_loss(
    student: Float[Tensor, "*N D"], teacher: Float[Tensor, "*N D"], is_token: Bool[Tensor, "*N"]
) -> Float[Tensor, ""]:
    """Return the mean of 1 − cosine: do the student's vectors point where the teacher's do?

    student, teacher: hidden states of one width; no gradient reaches the teacher's, nor padding.
    is_token: bool, False at padding; what stands there does not count, be it NaN.

    Paper: Sanh et al., 2019, arXiv:1910.01108, section 2.
    Differs from the paper: nothing; a vector of zeros has the cosine 0, as in torch.
    Returns: 0 to 2, in 32 bits or more; 0 where there is no real token.
    Raises: ValueError for shapes that do not belong together.
    """
    of_student, of_teacher = _real_tokens(student, teacher, is_token)  # (real tokens, D)
    squares = [own.square().sum(dim=-1) + EPS for own in (of_student, of_teacher)]
    cosines = (of_student * of_teacher).sum(dim=-1) / (squares[0] * squares[1]).sqrt()
    return (1 - cosines).sum() / max(1, len(cosines))


def layers_to_copy(n_teacher: int, n_student: int) -> list[int]:
    """Pick the teacher's layers, counted from 0, from which the student's start.

    They are spread evenly, the first and the last among them; a student of one layer gets the
    first. For 12 and 6 layers they are 0, 2, 4, 7, 9, 11, as in DistilBERT's published code.

    Paper: Sanh et al., 2019, arXiv:1910.01108, section 3: one layer out of two.
    Differs from the paper: one step of three where every second layer would miss the last.
    Raises: ValueError unless n_student lies between 1 and n_teacher.
    """
    if not 1 <= n_student <= n_teacher:
        raise ValueError(
            f"a student has 1 to {n_teacher} layers of its teacher's {n_teacher}, received "
            f"n_student={n_student}"
        )
    if n_student == 1:
        return [0]
    return [round(i * (n_teacher - 1) / (n_student - 1)) for i in range(n_student)]


def _real_tokens(student: Tensor, teacher: Tensor, is_token: Tensor) -> tuple[Tensor, Tensor]:
    """Return the rows of real tokens, the teacher's without a way back for gradients."""
    if student.shape != teacher.shape or student.shape[:-1] != is_token.shape:
        raise ValueError(
            "student and teacher must have one shape, and is_token the same without its last "
            f"axis; received {tuple(student.shape)}, {tuple(teacher.shape)} and "
            f"{tuple(is_token.shape)}"
        )
    # subtle: to select, not to multiply by 0: 0 · NaN is NaN, on the way back as well
    is_real = is_token.bool()
    # half types would lose small differences of logits, and the squares of vectors overflow in them
    dtype = torch.promote_types(student.dtype, torch.float32)
    return student[is_real].to(dtype), teacher.detach()[is_real].to(dtype)
