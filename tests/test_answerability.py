"""Whether the documents answer: known questions like it, its wording, its type, one probability."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.answer import Question
from assistant.answerability import WITH_QUESTIONS, WITHOUT_QUESTIONS, is_answerable, settled_elsewhere
from assistant.chain import PolicyAssistant
from assistant.neighbours import Neighbour, best, logistic, nearest, pair_features, wording
from assistant.phrases import load_data
from assistant.question_type import OTHER, answer_type, asks_for_detail, holds, points_back
from assistant.settings import Settings
from eval.train_answerability import fit, threshold
from ingest.embedding import Embedder, load_embedder
from ingest.errors import BankError
from ingest.index import open_index
from ingest.municipality import MunicipalityIndex
from ingest.pipeline import ingest
from ingest.question_bank import BankEntry, read_bank, write_bank
from ingest.wording import WordingModel

HOME = "Ansatte kan arbeide hjemmefra inntil to dager i uken etter avtale med nærmeste leder."
COURSE = "Kommunen skal gi alle ansatte mulighet til å lære nytt gjennom kurs og hospitering."
TEXT = f"Hjemmekontor\n\n{HOME}\n\nKurs\n\n{COURSE}\n"
BANK = f"""
[[answer]]
quote = ["{HOME}"]
by = "test"
approved = true
nb = '''
kan jeg bli sittende hjemme med arbeidet
hvor mange hjemmedager er greit per uke
'''

[[unanswered]]
about = "who pays for the desk at home"
by = "test"
approved = true
nb = '''
hvem betaler skrivepulten min hjemme
dekker kommunen nett og strøm på hjemmekontoret
'''
"""
METADATA = 'municipality = "{name}"\ntitle = "Regler for {name}"\nkind = "policy"\nlanguage = "nb"\n'


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Two small municipalities with the same text; only Nyby has a question bank."""
    folder = tmp_path_factory.mktemp("answerability")
    for key, name in (("nyby", "Nyby"), ("stilleby", "Stilleby")):
        place = folder / "corpus" / key
        place.mkdir(parents=True)
        (place / "regler.txt").write_text(TEXT, encoding="utf-8")
        (place / "regler.toml").write_text(METADATA.format(name=name), encoding="utf-8")
    (folder / "corpus" / "nyby" / "regler.questions.toml").write_text(BANK, encoding="utf-8")
    settings = Settings(corpus=folder / "corpus", index=folder / "index")
    ingest([settings.corpus], settings.index, settings.embedding)
    return settings


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return load_embedder("builtin")


@pytest.fixture(scope="module")
def nyby(settings: Settings, embedder: Embedder) -> MunicipalityIndex:
    return open_index(settings.index, embedder.fingerprint).municipalities["nyby"]


@pytest.fixture(scope="module")
def stilleby(settings: Settings, embedder: Embedder) -> MunicipalityIndex:
    return open_index(settings.index, embedder.fingerprint).municipalities["stilleby"]


def known(question: str, index: MunicipalityIndex, embedder: Embedder) -> list[Neighbour]:
    return nearest(question, embedder.embed_queries([question])[0], index)


# --- the bank's unanswered questions ---------------------------------------------------------------------


def test_unanswered_questions_are_kept_apart_and_lead_nowhere(nyby: MunicipalityIndex) -> None:
    assert [q.text for q in nyby.unanswered] == [
        "hvem betaler skrivepulten min hjemme",
        "dekker kommunen nett og strøm på hjemmekontoret",
    ]
    assert all(not q.answer for q in nyby.unanswered) and all(q.answer for q in nyby.questions)


def test_a_question_the_document_does_not_answer_is_nearest_to_its_like(
    nyby: MunicipalityIndex, embedder: Embedder
) -> None:
    first = known("hvem skal betale skrivepulten jeg har hjemme", nyby, embedder)[0]
    assert (first.side, first.text) == ("unanswered", "hvem betaler skrivepulten min hjemme")


def test_a_question_the_document_answers_is_nearest_to_its_like(
    nyby: MunicipalityIndex, embedder: Embedder
) -> None:
    first = known("hvor mange hjemmedager per uke er greit", nyby, embedder)[0]
    assert first.side == "answered" and HOME in nyby.spans[first.answer[0]].span.text


def test_what_is_settled_elsewhere_is_a_neighbour_with_its_topic(
    nyby: MunicipalityIndex, embedder: Embedder
) -> None:
    found = known("hvor mange feriedager har jeg", nyby, embedder)
    topic = settled_elsewhere(found)
    assert found[0].side == "elsewhere" and topic is not None and "ferie" in topic.where_in("nb")


def test_without_a_bank_the_others_questions_are_compared_but_their_answers_are_not_taken(
    stilleby: MunicipalityIndex, embedder: Embedder
) -> None:
    found = best(known("kan jeg bli sittende hjemme med arbeidet", stilleby, embedder), "answered", 1)
    assert found[0].text == "kan jeg bli sittende hjemme med arbeidet" and found[0].answer == ()


def test_a_bank_with_unanswered_questions_is_written_as_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "regler.questions.toml"
    path.write_text(BANK, encoding="utf-8")
    entries = read_bank(path)
    write_bank(path, entries, "Regler")
    assert read_bank(path) == entries
    assert entries[1] == BankEntry(
        (),
        "test",
        True,
        (
            ("nb", "hvem betaler skrivepulten min hjemme"),
            ("nb", "dekker kommunen nett og strøm på hjemmekontoret"),
        ),
        "who pays for the desk at home",
    )


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('[[unanswered]]\nquote = ["x"]', "unknown field 'quote'"),
        ("[[unanswered]]\nabout = 3", '"about" must be text'),
        ("[unanswered]\nabout = 'x'", "double brackets"),
        ("[[forgotten]]\nabout = 'x'", "only [[answer]] and [[unanswered]]"),
    ],
)
def test_a_wrong_unanswered_table_is_told(tmp_path: Path, table: str, said: str) -> None:
    path = tmp_path / "regler.questions.toml"
    path.write_text(table, encoding="utf-8")
    with pytest.raises(BankError, match=said.replace("[", r"\[").replace("]", r"\]")):
        read_bank(path)


# --- how alike two questions are -------------------------------------------------------------------------


def test_the_same_words_share_everything(nyby: MunicipalityIndex) -> None:
    one = wording("hvor mange hjemmedager er greit per uke")
    shared = pair_features(one, one, 1.0, nyby)
    assert [shared[name] for name in ("words", "held", "holds", "grams")] == pytest.approx([1, 1, 1, 1])
    assert (shared["same_type"], shared["other_detail"], shared["other_numbers"]) == (1, 0, 0)


def test_another_number_another_type_and_a_negation_are_seen(nyby: MunicipalityIndex) -> None:
    asked, other = (
        wording("hvor mange av de 5 dagene kan jeg ikke ta"),
        wording("hvorfor kan jeg ta de dagene"),
    )
    shared = pair_features(asked, other, 0.5, nyby)
    assert (shared["other_numbers"], shared["other_detail"], shared["other_negation"]) == (1, 1, 1)


def test_likeness_learnt_from_the_banks_grows_with_meaning_and_shared_words(nyby: MunicipalityIndex) -> None:
    weights = load_data("answerability")["same_question"]
    one, other = wording("kan jeg jobbe hjemme"), wording("får vi ha hund på kontoret")
    near = logistic(pair_features(one, one, 1.0, nyby), weights)
    far = logistic(pair_features(one, other, 0.1, nyby), weights)
    assert 0 <= far < 0.1 < near <= 1


# --- wording ---------------------------------------------------------------------------------------------


def test_wording_tells_what_policies_seldom_answer() -> None:
    answered = ["hva ventes av sjefene", "hva er slagordene våre", "hva står om opplæring"] * 100
    unanswered = [
        "hvor mange dager får jeg fri",
        "hvem godkjenner søknaden",
        "hvor mange kroner får jeg",
    ] * 100
    model = WordingModel.learn(answered, unanswered)
    assert model.score("hva er målene våre") > 0 > model.score("hvor mange timer får jeg")


def test_too_few_questions_teach_nothing() -> None:
    assert WordingModel.learn(["hva er målet"] * 299, ["hvem er det"] * 5000).score("hva er målet") == 0


def test_wording_says_nothing_of_unknown_words_and_is_read_as_written(tmp_path: Path) -> None:
    model = WordingModel.learn(["hva er målet", "hva er det"] * 150, ["hvem er det", "hvem var det"] * 150)
    assert model.score("zzz") == 0
    model.save(tmp_path / "wording.json")
    assert WordingModel.load(tmp_path / "wording.json") == model


# --- types of question -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("hvor mange ansatte skal en leder ha", "quantity"),
        ("kor mange dagar fri får eg", "duration"),
        ("how many hours do I get", "duration"),
        ("hvor ofte skal vi ha medarbeidersamtale", "frequency"),
        ("når ble strategien vedtatt?", "date"),
        ("hvilket år går planen ut", "date"),
        ("når vi har IA-avtale, hva gjelder da", OTHER),
        ("hvem har ansvaret for dette", "person"),
        ("hvor sender jeg søknaden", "place"),
        ("hva koster det", "money"),
        ("hvor stor andel jobber heltid", "share"),
        ("hva betyr mestring", "definition"),
        ("Why do we have a strategy?", "why"),
        ("korleis skal vi samarbeide", "how"),
        ("får jeg jobbe hjemme", "yes_no"),
        ("hva forventes av meg", OTHER),
    ],
)
def test_what_sort_of_thing_is_asked_for(question: str, kind: str) -> None:
    assert answer_type(question) == kind


@pytest.mark.parametrize(
    ("kind", "text", "held"),
    [
        ("frequency", "Gjennom årlige medarbeidersamtaler kartlegges kompetanse.", True),
        ("frequency", "Ledere har medarbeidersamtaler.", False),
        ("date", "Vedtatt 19.06.2025", True),
        ("date", "Planen er vedtatt av rådet.", False),
        ("share", "Målet er 7 prosent.", True),
        ("money", "Alle skal ha god lønn.", False),
        ("duration", "Planen gjelder i fire år.", True),
        ("why", "Hva som helst.", True),
    ],
)
def test_whether_a_text_holds_such_a_thing(kind: str, text: str, held: bool) -> None:
    assert holds(kind, text) is held


def test_details_are_told_from_what_has_no_look() -> None:
    assert asks_for_detail("date") and not asks_for_detail("why") and not asks_for_detail(OTHER)


def test_a_sentence_that_points_back_is_known() -> None:
    assert points_back("Dette oppnår vi ved å sette tydelige mål.") and not points_back(
        "Dette dokumentet er nytt."
    )


# --- one probability, one threshold ----------------------------------------------------------------------


def test_both_models_weigh_the_same_features() -> None:
    tables = load_data("answerability")
    assert set(tables[WITH_QUESTIONS]) == set(tables[WITHOUT_QUESTIONS]) >= {"bias", "wording", "topic"}


def test_the_threshold_decides() -> None:
    least = load_data("answerability")["threshold"]["answer_from"]
    assert 0 < least < 1 and is_answerable(least) and not is_answerable(least - 0.001)


def test_learning_tells_two_kinds_apart_and_the_threshold_keeps_the_share_asked_for() -> None:
    rows = [{"a": float(n), "b": 1.0} for n in range(20)]
    labels = [n >= 10 for n in range(20)]
    weights = fit(rows, labels, 10.0)
    found = [logistic(row, weights) for row in rows]
    assert found == sorted(found) and found[0] < 0.1 and found[-1] > 0.9
    at = threshold(np.array(found), np.array(labels), 0.9)
    assert sum(p >= at for p, right in zip(found, labels, strict=True) if right) == 9


def test_a_near_miss_is_refused_with_what_is_missing(policy_assistant: PolicyAssistant) -> None:
    answer = policy_assistant.ask(
        Question(municipality="modum", question="hvor mange kroner er satt av til kompetanseutvikling i år?")
    )
    assert answer.status == "not_in_policy" and answer.statements == [] and answer.closest


def test_a_false_premise_is_not_answered_and_what_is_said_is_shown(policy_assistant: PolicyAssistant) -> None:
    answer = policy_assistant.ask(
        Question(municipality="sandefjord", question="hvorfor har kommunen avskaffet medarbeidersamtalene?")
    )
    assert answer.status == "not_in_policy"
    assert any("medarbeidersamtale" in each.quote for each in answer.closest)


def test_the_probability_is_kept_for_whoever_looks(policy_assistant: PolicyAssistant) -> None:
    asked = policy_assistant.trace(Question(municipality="modum", question="Hva forventes av meg som leder?"))
    assert 0.5 < asked.probability <= 1 and asked.neighbours[0].same > 0
