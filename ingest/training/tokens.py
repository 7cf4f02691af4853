"""The subword tokenizer: trained once on the permissive texts, then used to turn texts into token ids."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

UNKNOWN = "[UNK]"
CONTINUATION = "##"
LONGEST_WORD = 64


def _like(model: models.Model) -> Tokenizer:
    """Return a tokenizer with our normalisation (NFC, lower case, footnote marks dropped) around a model."""
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Lowercase(), normalizers.Replace(Regex("\u200b[0-9]*"), "")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer


def train_tokenizer(texts: Sequence[str], vocabulary: int) -> Tokenizer:
    """Train a lower-casing WordPiece tokenizer (æøå kept) of at most `vocabulary` tokens.

    The library's trainer breaks ties by token number, and numbers word-inner characters in the order of a
    randomly seeded hash table. Naming those characters beforehand, in code point order, makes two trainings
    on the same texts give the same tokenizer.
    """
    characters = sorted(set(unicodedata.normalize("NFC", "".join(texts)).lower()) - set(" \u200b"))
    inner = [CONTINUATION + character for character in characters]
    training = _like(models.WordPiece(unk_token=UNKNOWN, max_input_chars_per_word=LONGEST_WORD))
    trainer = trainers.WordPieceTrainer(
        vocab_size=vocabulary,
        min_frequency=5,
        special_tokens=[UNKNOWN, *inner],
        initial_alphabet=characters,
        show_progress=False,
    )
    training.train_from_iterator(texts, trainer)
    ids = training.get_vocab(with_added_tokens=True)
    return _like(models.WordPiece(vocab=ids, unk_token=UNKNOWN, max_input_chars_per_word=LONGEST_WORD))


@dataclass(frozen=True)
class TokenLists:
    """Token ids of many texts, end to end: text i is `ids[starts[i]:starts[i + 1]]`."""

    ids: np.ndarray
    starts: np.ndarray

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self.starts) - 1

    def gather(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return (ids, offsets) of the chosen texts, as `torch.nn.EmbeddingBag` takes them.

        rows: (n,) text numbers. Returns ids (total tokens,) and offsets (n,), both int64.
        """
        begin, end = self.starts[rows], self.starts[rows + 1]
        lengths = end - begin
        offsets = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        positions = np.arange(lengths.sum()) + np.repeat(begin - offsets, lengths)
        return self.ids[positions].astype(np.int64), offsets.astype(np.int64)


def tokenize(tokenizer: Tokenizer, texts: Sequence[str], longest: int) -> TokenLists:
    """Turn texts into token ids, each text cut after `longest` tokens."""
    lists: list[np.ndarray] = []
    for at in range(0, len(texts), 10_000):
        encodings = tokenizer.encode_batch(list(texts[at : at + 10_000]), add_special_tokens=False)
        lists += [np.asarray(encoding.ids[:longest], dtype=np.int32) for encoding in encodings]
    starts = np.concatenate([[0], np.cumsum([len(ids) for ids in lists])]).astype(np.int64)
    return TokenLists(np.concatenate(lists), starts)
