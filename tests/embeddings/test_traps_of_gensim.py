"""Does gensim still do what chapter 4 warns of, and does our code do what one expects?"""

import numpy as np
import pytest
from gensim.models import KeyedVectors
from gensim.models import Word2Vec as Theirs

from course_lib.embeddings.vectors import WordVectors
from course_lib.embeddings.word2vec import Word2Vec, Word2VecConfig
from course_lib.embeddings.word2vec_counts import count_words

SETTINGS = {"vector_size": 4, "min_count": 1, "sample": 0, "workers": 1, "seed": 1}


def test_a_sentence_of_more_than_ten_thousand_words_is_read_to_its_end_by_ours_alone():
    early, late = [f"a{i % 20}" for i in range(10_000)], [f"b{i % 20}" for i in range(2_000)]
    theirs = Theirs(**SETTINGS)
    theirs.build_vocab([early + late])
    before = theirs.wv.vectors.copy()
    theirs.train([early + late], total_examples=1, epochs=1)
    moved = np.abs(theirs.wv.vectors - before).max(axis=1) > 0
    assert {word[0] for word, i in theirs.wv.key_to_index.items() if moved[i]} == {"a"}

    trainer = Word2Vec(Word2VecConfig(d_model=4, min_count=1, sample=0, epochs=1, seed=1))
    trainer.fit([early + late], progress=False)
    # a word whose row of the second table is still zero was never a context
    contexts = trainer.context_vectors
    assert all(np.abs(contexts.matrix[contexts.ids[word]]).max() > 0 for word in set(late))


def test_a_replaced_vector_keeps_the_old_length_in_theirs_and_ours_has_no_old_length():
    rows = np.array([[1, 0], [0, 1], [1, 1]], dtype=np.float32)
    theirs = KeyedVectors(2)
    theirs.add_vectors(["a", "b", "c"], rows)
    theirs.fill_norms()
    theirs.add_vectors(["a"], np.array([[10, 10]], dtype=np.float32), replace=True)
    assert theirs.most_similar("c", topn=1)[0][1] > 10
    theirs.fill_norms(force=True)
    assert theirs.most_similar("c", topn=1)[0][1] == pytest.approx(1)

    rows[0] = [10, 10]
    ((word, cosine),) = WordVectors(["a", "b", "c"], rows).most_similar("c", topn=1)
    assert (word, cosine) == ("a", pytest.approx(1))


def test_words_of_equal_count_are_reversed_by_theirs_and_kept_by_ours():
    text = [["often", "often", "first", "second", "third"]] * 2
    assert Theirs(text, epochs=1, **SETTINGS).wv.index_to_key[1:] == ["third", "second", "first"]
    assert list(count_words(text, 1).words)[1:] == ["first", "second", "third"]
