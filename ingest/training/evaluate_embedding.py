"""Measure a model: `python -m ingest.training.evaluate_embedding --data DIR --model DIR`.

Prints nDCG@10 on `law_headings_task`, and on rows held out of training: headings → paragraphs (nDCG@10) and
translations (share of texts whose translation is nearest).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from sentence_transformers import SentenceTransformer

from ingest.analysis import char_ngrams
from ingest.training.frames import ask, read_frames
from ingest.training.overlap import heldout_overlap
from ingest.training.own_texts import split_texts
from ingest.training.pairs import Pair, load_training_data
from ingest.training.ranking import (
    accuracy_at_1,
    bm25_scores,
    ndcg_at_10,
    reciprocal_rank_fusion,
)

# name → (source, kind, whether the right-hand text is the query)
TRANSLATIONS = {
    "nn → nb, machine-translated law": ("apertium_mt", "nb-nn-mt", True),
    "nn → nb, pension letters": ("pairs_pensjonsbrev_mit", "nb-nn", True),
    "en → nb, pension letters": ("pairs_pensjonsbrev_mit", "nb-en", True),
    "en → nb, Tatoeba": ("pairs_tatoeba_en_nb_ccby", "en-nb", False),
}


def cosines(model: SentenceTransformer, queries: list[str], documents: list[str]) -> np.ndarray:
    """Return the (queries, documents) cosines of the model's vectors."""
    left, right = (model.encode(texts, normalize_embeddings=True) for texts in (queries, documents))
    return np.asarray(left @ right.T)


def law_headings(data: Path) -> tuple[list[str], list[str], list[set[int]]]:
    """Return (queries, sections, for each query the numbers of its sections) of `law_headings_task`."""

    def rows(name: str) -> list[dict[str, str]]:
        with (data / "law_headings_task" / name).open(encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]

    corpus, queries = rows("corpus.jsonl"), rows("queries.jsonl")
    number = {row["_id"]: at for at, row in enumerate(corpus)}
    relevant: dict[str, set[int]] = {row["_id"]: set() for row in queries}
    for row in rows("qrels.jsonl"):
        relevant[row["query-id"]].add(number[row["corpus-id"]])
    return [row["text"] for row in queries], [row["text"] for row in corpus], list(relevant.values())


def heading_rows(heldout: list[Pair]) -> tuple[list[str], list[str], list[set[int]]]:
    """Return (headings, paragraphs, for each heading the numbers of its paragraphs) of the held-out rows."""
    chosen = [pair for pair in heldout if pair.kind in ("sec", "heading")]
    documents = list(dict.fromkeys(pair.right for pair in chosen))
    number = {text: at for at, text in enumerate(documents)}
    relevant: dict[str, set[int]] = {}
    for pair in chosen:
        relevant.setdefault(pair.left, set()).add(number[pair.right])
    return list(relevant), documents, list(relevant.values())


def everyday_rows() -> tuple[list[str], list[str], list[set[int]]]:
    """Return (questions to held-out passages, all passages, the number of each question's passage)."""
    train, heldout = split_texts()
    passages = [text.passage for text in (*heldout, *train)]
    asked = [(question, number) for number, text in enumerate(heldout) for question in text.questions]
    return [question for question, _ in asked], passages, [{number} for _, number in asked]


def translation_accuracy(
    model: SentenceTransformer, pairs: list[Pair], reverse: bool
) -> tuple[float, int, int]:
    """Return (accuracy at 1, queries, distinct candidates) of finding a text's translation."""
    queries = [pair.right if reverse else pair.left for pair in pairs]
    answers = [pair.left if reverse else pair.right for pair in pairs]
    pool = list(dict.fromkeys(answers))
    wanted = [pool.index(answer) for answer in answers]
    return accuracy_at_1(cosines(model, queries, pool), wanted), len(queries), len(pool)


def report_retrieval(
    model: SentenceTransformer, name: str, queries: list[str], documents: list[str], relevant: list[set[int]]
) -> None:
    """Print nDCG@10 of the model, of BM25 over stems and over character n-grams, and of their fusions."""
    dense = cosines(model, queries, documents)
    by_stems, by_grams = bm25_scores(queries, documents), bm25_scores(queries, documents, char_ngrams)
    rankings = {
        "model": dense,
        "BM25, simplemma + Snowball": by_stems,
        "BM25, character 4-grams": by_grams,
        "model + BM25 over stems": reciprocal_rank_fusion(dense, by_stems),
        "model + BM25 over 4-grams": reciprocal_rank_fusion(dense, by_grams),
        "all three": reciprocal_rank_fusion(dense, by_stems, by_grams),
    }
    print(f"{name}: {len(queries)} queries, {len(documents)} documents, nDCG@10 (fused by reciprocal ranks)")
    for ranking, scores in rankings.items():
        print(f"  {ranking:28} {ndcg_at_10(scores, relevant):.3f}")


def main() -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="folder of the open language data")
    parser.add_argument("--model", type=Path, required=True, help="folder of the model")
    arguments = parser.parse_args()
    if not arguments.model.is_dir():
        parser.error(f"no model folder at {arguments.model}")
    model = SentenceTransformer(str(arguments.model), device="cpu")
    heldout = load_training_data(arguments.data, heldout_overlap(arguments.data)).heldout
    queries, sections, relevant = law_headings(arguments.data)
    report_retrieval(model, "law_headings_task", queries, sections, relevant)
    print("law_headings_task, headings asked as questions in frames that were not trained on: nDCG@10, model")
    for frame in read_frames("measure"):
        asked = [ask(frame, heading) for heading in queries]
        print(f"  {ndcg_at_10(cosines(model, asked, sections), relevant):.3f}  {frame}")
    report_retrieval(model, "held-out headings", *heading_rows(heldout))
    report_retrieval(model, "held-out everyday questions", *everyday_rows())
    print("held-out translations: accuracy at 1")
    for name, (source, kind, reverse) in TRANSLATIONS.items():
        pairs = [pair for pair in heldout if (pair.source, pair.kind) == (source, kind)]
        accuracy, count, pool = translation_accuracy(model, pairs, reverse)
        print(f"  {name:32} {accuracy:.3f}   ({count} queries, {pool} candidates)")


if __name__ == "__main__":
    main()
