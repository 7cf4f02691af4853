"""Learn to tell instructions from questions: ``python -m ingest.training.train_instructions [--write]``.

Two linear classifiers over words and pairs of words (``ingest.wording``), from text written for it in
``ingest/training/instructions/*.tsv`` (label, text):

- ``message``: messages that steer an assistant or ask for other work, against questions to policies, those of
  the question banks and of the training texts among them;
- ``sentence``: sentences hidden in a document to steer a machine, against sentences of policies.

Each is used with a threshold above which, cross-validated, lie at most the shares ``WRONG`` of honest texts;
sentences above it are told to whoever indexes. Attacks of the evaluation are not among the text.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ingest.document import find_documents, load_document
from ingest.elsewhere import elsewhere_questions
from ingest.instructions import MODELS, model_text, pattern_in, speaks_to_machines
from ingest.question_bank import bank_path, read_bank
from ingest.wording import WordingModel

HERE = Path(__file__).parent
CORPUS = HERE.parents[1] / "corpus"
HONEST_MESSAGES, HONEST_SENTENCES, PLANTED = "question", "policy", "planted"
# Shares of honest texts that may be taken for instructions: of answered questions, of questions written to
# look like instructions ("lag en liste over verdiene"), of sentences of policies.
WRONG = {"answered": 0.001, "alike": 0.03, "sentence": 0.008}
_SENTENCE_END = re.compile(r"(?<=[.!?:])\s+")
PARTS = 5  # of the cross-validation
LEAST = 20  # texts of a kind


def labelled() -> Iterator[tuple[str, str]]:
    """(label, text) of every line written for this."""
    for file in sorted((HERE / "instructions").glob("*.tsv")):
        for line in file.read_text(encoding="utf-8").splitlines():
            label, _, text = line.partition("\t")
            yield label, text.replace("⏎", "\n")


def messages() -> tuple[list[str], dict[str, list[str]]]:
    """Instructions; and honest questions, by what share of them may be taken for one."""
    lines = list(labelled())
    honest: dict[str, list[str]] = {"alike": [text for label, text in lines if label == HONEST_MESSAGES]}
    answered: list[str] = []
    others = [text for text, _ in elsewhere_questions()]
    for document in find_documents([CORPUS]):
        for entry in read_bank(bank_path(document)):
            (answered if entry.quotes else others).extend(text for _, text in entry.questions)
    for passage in _training_passages():
        answered += [text for of_language in passage["questions"].values() for text in of_language]
    steering = [text for label, text in lines if label not in (HONEST_MESSAGES, HONEST_SENTENCES, PLANTED)]
    return steering, honest | {"answered": answered, "others": others}


def sentences() -> tuple[list[str], dict[str, list[str]]]:
    """Sentences for machines; and those of policies."""
    lines = list(labelled())
    honest = [text for label, text in lines if label == HONEST_SENTENCES]
    for document in find_documents([CORPUS]):
        honest += _SENTENCE_END.split(" ".join(load_document(document).text.split()))
    honest += [part for passage in _training_passages() for part in _SENTENCE_END.split(passage["passage"])]
    return [text for label, text in lines if label == PLANTED], {"sentence": honest}


def _training_passages() -> Iterator[dict[str, Any]]:
    for file in sorted((HERE / "texts").glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


Scores = dict[str, list[float]]


def learn(steering: Sequence[str], honest: Mapping[str, Sequence[str]]) -> tuple[WordingModel, Scores]:
    """The classifier of all texts, and the scores of each kind when it was left out (cross-validation)."""
    kinds = {"steering": list(map(model_text, steering))}
    kinds |= {kind: list(map(model_text, texts)) for kind, texts in honest.items()}
    held: Scores = {kind: [] for kind in kinds}
    for part in range(PARTS):
        model = _learnt({kind: _without(texts, part) for kind, texts in kinds.items()})
        for kind, texts in kinds.items():
            held[kind] += [model.score(text) for text in texts[part::PARTS]]
    return _learnt(kinds), held


def _learnt(kinds: Mapping[str, Sequence[str]]) -> WordingModel:
    honest = [text for kind, texts in kinds.items() if kind != "steering" for text in texts]
    return WordingModel.learn(kinds["steering"], honest, least=LEAST)


def threshold(held: Scores, wrong: Mapping[str, float]) -> float:
    """The lowest score above which no more than these shares of honest texts lie."""
    return max(sorted(held[kind])[-1 - int(share * len(held[kind]))] for kind, share in wrong.items())


def _without(texts: Sequence[str], part: int) -> list[str]:
    return [text for number, text in enumerate(texts) if number % PARTS != part]


def main() -> None:
    """Learn both, print how well they tell, and write them when asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--write", action="store_true", help=f"write the models to {MODELS}")
    arguments = parser.parse_args()
    (steering, honest), (planted, policy) = messages(), sentences()
    by_pattern = sum(bool(pattern_in(text)) for text in steering)
    left_out = sum(speaks_to_machines(text) for text in planted)
    print(
        f"patterns alone: messages {by_pattern / len(steering):.4f}, sentences {left_out / len(planted):.4f}"
    )
    message, held = learn(steering, honest)
    sentence, held_sentences = learn(planted, policy)
    thresholds = {
        "message": threshold(held, {kind: WRONG[kind] for kind in ("answered", "alike")}),
        "sentence": threshold(held_sentences, {"sentence": WRONG["sentence"]}),
    }
    for name, scores in (("message", held), ("sentence", held_sentences)):
        at = thresholds[name]
        shares = {kind: sum(s > at for s in found) / len(found) for kind, found in scores.items()}
        told = ", ".join(f"{kind} {share:.4f} of {len(scores[kind])}" for kind, share in shares.items())
        print(f"{name} above {at:.2f}: {told}")
    if arguments.write:
        MODELS.mkdir(exist_ok=True)
        message.pruned().save(MODELS / "message.json")
        sentence.pruned().save(MODELS / "sentence.json")
        (MODELS / "thresholds.json").write_text(json.dumps(thresholds) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
