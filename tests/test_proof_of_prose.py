"""A statement in prose is shown only when its own quotes bear it out: one rule a test, in three languages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.proof import unproven
from assistant.proof.denial import denied
from assistant.proof.glossary import bokmaal_for, english_for, english_stem, norwegian_for
from eval.documents import read_documents
from eval.statements import CORPUS, HALVES, dropped, faults, judge_all, let_through, load_statements, main

# Committed figures of the development half; a change for the worse must be looked at, not written over.
DROPPED_AT_MOST = 63
THROUGH_AT_MOST = 0

LEAVE = "Ansatte kan etter søknad få inntil 12 måneder permisjon uten lønn for å ta videreutdanning."
TALKS = "Lederen skal gjennomføre medarbeidersamtaler med alle ansatte minst én gang i året."
SAFETY = "Verneombudet skal ikke behandle enkeltsaker om lønn, men kan delta i drøftinger om arbeidsmiljøet."
HOME = "Så langt det er mulig, skal arbeidsgiver legge til rette for bruk av hjemmekontor."
PLAN = "Planen ble vedtatt av kommunestyret 14. mars 2023 og skal rulleres hvert andre år."
PAY = "Kommunen ønsker å tilby konkurransedyktig lønn, og lokale forhandlinger bør gjennomføres før sommeren."
COURSE = "Dersom den ansatte slutter innen ett år, må kursutgiftene betales tilbake."
UNCLEAR = "Uklare roller er en vanlig årsak til konflikter på arbeidsplassen."


@pytest.mark.parametrize(
    ("quote", "statement"),
    [
        (LEAVE, "Ansatte kan søke om permisjon uten lønn i inntil 12 måneder for å ta videreutdanning."),
        (
            LEAVE,
            "Tilsette kan etter søknad få inntil 12 månader permisjon utan lønn for å ta vidareutdanning.",
        ),
        (LEAVE, "Employees may apply for up to 12 months of leave without pay to take further education."),
        (TALKS, "Lederen skal ha medarbeidersamtaler med alle ansatte minst én gang i året."),
        (TALKS, "Leiaren skal gjennomføre medarbeidarsamtalar med alle tilsette minst éin gong i året."),
        (SAFETY, "Verneombudet skal ikke behandle enkeltsaker om lønn."),
        (SAFETY, "Verneombodet kan delta i drøftingar om arbeidsmiljøet."),
        (HOME, "Arbeidsgiver skal så langt det er mulig legge til rette for hjemmekontor."),
        (HOME, "As far as possible, the employer must facilitate the use of home offices."),
        (PLAN, "Planen ble vedtatt av kommunestyret 14.03.2023."),
        (PLAN, "The plan was adopted by the municipal council on 14 March 2023."),
        (PLAN, "Planen skal rullerast kvart andre år."),
        (PAY, "Kommunen ønskjer å tilby konkurransedyktig løn."),
        (PAY, "The municipality wishes to offer competitive pay."),
        (COURSE, "Kursutgiftene må betales tilbake dersom den ansatte slutter innen ett år."),
        (UNCLEAR, "Roller som ikke er klare, er en vanlig årsak til konflikter."),
    ],
)
def test_an_honest_rewording_is_let_through(quote: str, statement: str) -> None:
    assert unproven(statement, [quote]) == ()


@pytest.mark.parametrize(
    ("quote", "statement", "reason"),
    [
        (LEAVE, "Ansatte kan etter søknad få inntil 18 måneder permisjon uten lønn.", "number not"),
        (LEAVE, "Employees may get up to 24 months of leave without pay.", "number not"),
        (LEAVE, "Tilsette kan få inntil tolv veker permisjon utan lønn.", "time not"),
        (PLAN, "Planen ble vedtatt av kommunestyret 14. mars 2021.", "date not"),
        (PLAN, "The plan was adopted by the municipal council on 14 May 2023.", "date not"),
        (PLAN, "Planen skal rullerast kvart tredje år.", "number not"),
        (TALKS, "Lederen skal gjennomføre 3 medarbeidersamtaler med alle ansatte.", "number not"),
        (TALKS, "Managers must hold appraisal interviews with all employees every month.", "time not"),
    ],
)
def test_numbers_dates_and_times_are_those_of_the_quotes(quote: str, statement: str, reason: str) -> None:
    assert any(each.startswith(reason) for each in unproven(statement, [quote]))


def test_a_limit_stays_with_its_number() -> None:
    left_out = unproven("Ansatte kan få 12 måneder permisjon uten lønn.", [LEAVE])
    assert left_out == ("limit of the quotes left out: inntil",)
    turned = unproven("Ansatte kan få minst 12 måneder permisjon uten lønn.", [LEAVE])
    assert "not in the quotes: minst" in turned


@pytest.mark.parametrize(
    ("quote", "statement", "reason"),
    [
        (SAFETY, "Verneombudet skal behandle enkeltsaker om lønn.", "negation of the quotes left out"),
        (SAFETY, "Verneombodet skal handsame enkeltsaker om løn.", "negation of the quotes left out"),
        (
            SAFETY,
            "The safety representative must handle individual cases about pay.",
            "negation of the quotes",
        ),
        (SAFETY, "Verneombudet kan ikke delta i drøftinger om arbeidsmiljøet.", "negation not"),
        (TALKS, "Leiaren skal ikkje gjennomføre medarbeidarsamtalar med alle tilsette.", "negation not"),
        (TALKS, "The manager must not hold appraisal interviews with all employees.", "negation not"),
        (LEAVE, "Ansatte kan få inntil 12 måneder permisjon med lønn.", "negation of the quotes left out"),
        (UNCLEAR, "Klare roller er en vanlig årsak til konflikter.", "negation of the quotes left out"),
    ],
)
def test_negations_are_neither_added_nor_left_out(quote: str, statement: str, reason: str) -> None:
    assert any(each.startswith(reason) for each in unproven(statement, [quote]))


def test_not_only_but_also_is_no_negation() -> None:
    quote = "Veiledning gis både internt og eksternt."
    assert unproven("Veiledning gis ikke bare internt, men også eksternt.", [quote]) == ()
    assert unproven("Veiledning gis bare internt.", [quote]) == ("not in the quotes: bare",)


@pytest.mark.parametrize(
    ("word", "base"),
    [("utydelig", "tydelig"), ("uavhengig", "avhengig"), ("utvikle", ""), ("uten", ""), ("ulike", "")],
)
def test_a_prefix_denies_what_is_a_word_without_it(word: str, base: str) -> None:
    assert denied(word, english=False) == base


@pytest.mark.parametrize(
    "statement",
    [
        "Verneombudet skal gjennomføre medarbeidersamtaler med alle ansatte.",
        "Dei tillitsvalde skal gjennomføre medarbeidarsamtalar med alle tilsette.",
        "Politicians must hold appraisal interviews with all employees.",
        "De ansatte skal gjennomføre medarbeidersamtaler med lederen.",
        "Du skal gjennomføre medarbeidersamtaler med lederen din.",
    ],
)
def test_a_duty_stays_with_its_bearer(statement: str) -> None:
    assert any("role" in reason for reason in unproven(statement, [TALKS]))


def test_a_heading_gives_the_role_but_no_number() -> None:
    quote = "Skape engasjement og legge til rette for utvikling."
    statement = "Lederen skal skape engasjement og legge til rette for utvikling."
    assert unproven(statement, [quote], ["Forventninger til ledere"]) == ()
    assert any("role" in reason for reason in unproven(statement, [quote]))
    assert unproven("Det er 5 krav til lederen.", [quote], ["5 krav til lederen"]) != ()


def test_you_is_the_one_who_asks() -> None:
    quote = "Alle medarbeidere skal bidra til et godt arbeidsmiljø."
    assert unproven("Du skal bidra til et godt arbeidsmiljø.", [quote]) == ()
    assert unproven("You must contribute to a good working environment.", [quote]) == ()
    assert unproven("Lederen din skal bidra til et godt arbeidsmiljø.", [quote]) != ()


@pytest.mark.parametrize(
    ("quote", "statement"),
    [
        (PAY, "Kommunen skal tilby konkurransedyktig lønn."),
        (PAY, "Kommunen garanterer konkurransedyktig lønn."),
        (PAY, "The municipality must offer competitive pay."),
        (PAY, "Lokale forhandlinger må gjennomføres før sommeren."),
        (SAFETY, "Verneombodet skal delta i drøftingar om arbeidsmiljøet."),
        (TALKS, "Lederen kan gjennomføre medarbeidersamtaler med alle ansatte."),
        (LEAVE, "Employees are entitled to up to 12 months of leave without pay."),
    ],
)
def test_a_statement_is_as_strong_as_its_quote(quote: str, statement: str) -> None:
    assert any("strength" in reason for reason in unproven(statement, [quote]))


@pytest.mark.parametrize(
    ("quote", "statement"),
    [
        (HOME, "Arbeidsgiver skal legge til rette for bruk av hjemmekontor."),
        (HOME, "The employer must facilitate the use of home offices."),
        (COURSE, "Den ansatte må betale tilbake kursutgiftene."),
        (TALKS, "Lederen skal alltid gjennomføre medarbeidersamtaler med alle ansatte."),
        (TALKS, "Leiaren skal berre gjennomføre medarbeidarsamtalar med enkelte tilsette."),
        (LEAVE, "Alle ansatte kan få permisjon uten lønn, hvis de har fast stilling."),
        ("Noen ansatte arbeider turnus.", "Alle ansatte arbeider turnus."),
        ("Noen ansatte arbeider turnus.", "Ansatte arbeider turnus."),
    ],
)
def test_scope_and_conditions_are_neither_added_nor_left_out(quote: str, statement: str) -> None:
    reasons = unproven(statement, [quote])
    assert any(r.startswith(("not in the quotes", "condition of the quotes", "limit")) for r in reasons)


@pytest.mark.parametrize(
    ("quote", "statement"),
    [
        ("Opplæringen skal være intern.", "Opplæringen skal være ekstern."),
        ("Drøftingene holdes før vedtaket.", "Drøftingene holdes etter vedtaket."),
        ("Målet er å redusere deltid og øke nærværet.", "Målet er å øke deltid og redusere nærværet."),
        ("Målet er å øke nærværet.", "The goal is to reduce attendance."),
        ("Møtene er åpne.", "The meetings are closed."),
    ],
)
def test_an_opposite_is_not_borne_out(quote: str, statement: str) -> None:
    assert unproven(statement, [quote]) != ()


def test_two_things_may_not_change_places() -> None:
    quote = "Samfunnsplanen er grunnlaget for økonomiplanen."
    assert unproven("Samfunnsplanen er grunnlaget for økonomiplanen.", [quote]) == ()
    assert unproven("Økonomiplanen er grunnlaget for samfunnsplanen.", [quote]) != ()


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("I Bærum skal lederen gjennomføre medarbeidersamtaler.", "municipality not"),
        ("Etter Arbeidsmiljøloven skal lederen gjennomføre medarbeidersamtaler.", "name not"),
        ("The manager must hold appraisal interviews in Visma.", "name not"),
        ("Lederen skal gjennomføre «utviklingssamtaler» med alle ansatte.", "quotation not"),
    ],
)
def test_names_and_quotations_stand_in_the_quotes(statement: str, reason: str) -> None:
    assert any(each.startswith(reason) for each in unproven(statement, [TALKS]))


@pytest.mark.parametrize(
    "statement",
    [
        "Lederen skal gjennomføre medarbeidersamtaler og lønnssamtaler med alle ansatte.",
        "Leiaren skal gjennomføre medarbeidarsamtalar med alle tilsette på kveldstid.",
        "The manager must hold appraisal interviews and fitness tests with all employees.",
    ],
)
def test_a_claim_of_its_own_is_not_borne_out(statement: str) -> None:
    assert any(each.startswith("word not in the quotes") for each in unproven(statement, [TALKS]))


@pytest.mark.parametrize(
    ("quotes", "statement"),
    [
        (
            ["Ledere skal følge opp sykmeldte.", "Verneombud skal delta i vernerunder."],
            "Verneombud skal følge opp sykmeldte.",
        ),
        (
            ["Ledere skal følge opp sykmeldte.", "Verneombud skal delta i vernerunder."],
            "Leiarar skal delta i vernerundar.",
        ),
        (
            ["Ansatte får 5 dager velferdspermisjon og 10 dager omsorgspermisjon."],
            "Ansatte får 10 dager velferdspermisjon.",
        ),
        (
            ["Kommunen skal redusere bruken av vikarer og øke grunnbemanningen."],
            "The municipality must increase the use of temporary workers.",
        ),
        (["Kommuneplanen og økonomistrategien gjelder."], "Økonomiplanen gjelder."),
        (["Etter hovedtariffavtalen skal lønn drøftes."], "Etter hovedavtalen skal lønn drøftes."),
        (
            ["Digitale skjemaer erstatter papirskjemaer."],
            "Papirskjemaer erstatter digitale skjemaer.",
        ),
    ],
)
def test_what_belongs_together_is_not_joined_anew(quotes: list[str], statement: str) -> None:
    assert unproven(statement, quotes) != ()


@pytest.mark.parametrize(
    ("quote", "statement", "tampered"),
    [
        (
            "Medvirkning er viktig for ledere, ansatte, tillitsvalgte og verneombud.",
            "Medvirkning er viktig for ledere, ansatte, tillitsvalgte og verneombud.",
            "Medvirkning er viktig for tillitsvalgte, ansatte, tillitsvalgte og verneombud.",
        ),
        (
            "Dette mener både ledere og medarbeidere.",
            "Dette mener både ledere og medarbeidere.",
            "Dette mener både medarbeidere og medarbeidere.",
        ),
        (
            "Lederne har stor betydning for hvordan de ansatte mestrer jobben.",
            "Leiarane har stor betydning for korleis dei tilsette meistrar jobben.",
            "Medarbeiderne har stor betydning for hvordan de ansatte mestrer jobben.",
        ),
        (
            "En god leder gir retning og ser medarbeidernes kompetanse.",
            "En god leder ser medarbeidernes kompetanse.",
            "En god medarbeider gir retning og ser medarbeidernes kompetanse.",
        ),
        (
            "Etter arbeidsmiljøloven § 1-8 er arbeidsgiver den som har ansatt arbeidstaker.",
            "Etter arbeidsmiljøloven § 1-8 er arbeidsgiver den som har ansatt arbeidstaker.",
            "Etter arbeidsmiljøloven § 2-8 er arbeidsgiver den som har ansatt arbeidstaker.",
        ),
        (
            "Ledelse har betydning for hvordan de ansatte mestrer12.",
            "Ledelse har betydning for hvordan de ansatte mestrer12.",
            "Ledelse har betydning for hvordan de ansatte mestrer22.",
        ),
    ],
)
def test_nothing_is_put_in_the_place_of_another(quote: str, statement: str, tampered: str) -> None:
    assert unproven(statement, [quote]) == ()
    assert unproven(tampered, [quote]) != ()


@pytest.mark.parametrize(
    ("quote", "statement"),
    [
        ("Stillinger lyses ut internt.", "Stillingene utlyses internt."),
        ("Rutinene gjennomgås av verneombudet.", "Verneombudet går gjennom rutinene."),
        ("Kommunen kaller inn kvalifiserte søkere.", "Innkalling av kvalifiserte søkere gjøres av kommunen."),
    ],
)
def test_a_verb_and_its_particle_are_one_word_or_two(quote: str, statement: str) -> None:
    assert unproven(statement, [quote]) == ()


@pytest.mark.parametrize(
    ("quote", "statement", "unbound"),
    [
        (
            "Mangler verneutstyr, skal arbeidet stanses.",
            "Arbeidet skal stanses hvis verneutstyr mangler.",
            "Arbeidet skal stanses.",
        ),
        (
            "Får noen avslag på søknaden, skal lederen begrunne det skriftlig.",
            "If an application is refused, the manager must give the reasons in writing.",
            "The manager must give the reasons in writing.",
        ),
        (
            "Dersom nødvendig utstyr mangler, skal arbeidet stanses.",
            "Arbeidet skal stanses når nødvendig utstyr mangler.",
            "Arbeidet skal stanses.",
        ),
    ],
)
def test_a_condition_may_be_said_in_other_ways(quote: str, statement: str, unbound: str) -> None:
    assert unproven(statement, [quote]) == ()
    assert any(reason.startswith("condition") for reason in unproven(unbound, [quote]))


def test_unless_denies_and_ties_at_once() -> None:
    quote = "Ansatte har ingen plikt til å lese e-post om kvelden, med mindre de har vakt."
    assert unproven("Ansatte plikter ikke å lese e-post om kvelden, unntatt når de har vakt.", [quote]) == ()
    assert unproven("Ansatte plikter ikke å lese e-post om kvelden.", [quote]) != ()


def test_what_is_forbidden_may_be_said_with_any_modal() -> None:
    quote = "Ansatte skal ikke motta gaver fra brukere."
    assert unproven("Ansatte kan ikke motta gaver fra brukere.", [quote]) == ()
    assert unproven("Ansatte kan motta gaver fra brukere.", [quote]) != ()


@pytest.mark.parametrize(
    ("quote", "statement", "moved"),
    [
        (
            "Avvik skal brukes til å rette svikt i utstyr, og skal ikke benyttes til å plassere skyld.",
            "Avvik skal ikke brukes til å plassere skyld.",
            "Avvik skal ikke brukes til å rette svikt i utstyr.",
        ),
        (
            "Bildet er et mål og ikke et løfte.",
            "Bildet er ikke et løfte.",
            "Bildet er et løfte.",
        ),
    ],
)
def test_a_negation_stays_with_what_it_denies(quote: str, statement: str, moved: str) -> None:
    assert unproven(statement, [quote]) == ()
    assert any("negation" in reason for reason in unproven(moved, [quote]))


def test_a_denying_word_has_rewordings_without_the_prefix() -> None:
    quote = "Uenighet om stillingen kan bringes inn for nemnda."
    assert unproven("A dispute about the position can be brought before the board.", [quote]) == ()
    assert unproven("Enighet om stillingen kan bringes inn for nemnda.", [quote]) != ()


@pytest.mark.parametrize(
    ("quote", "statement"),
    [
        ("Møtene holdes annenhver uke.", "Meetings are held every other week."),
        ("Ukebrevet sendes senest kl. 14 på fredag.", "Ukebrevet sendes senest klokken 14 på fredag."),
        ("Reisa er over 100 km ein veg.", "Reisen er over 100 km én vei."),
        ("Leder svarer innen to virkedager.", "The manager replies within two working days."),
        ("Fravær over 12 % følges opp.", "Fravær over tolv prosent følges opp."),
    ],
)
def test_a_number_may_be_written_in_other_ways(quote: str, statement: str) -> None:
    assert unproven(statement, [quote]) == ()


def test_a_weekday_is_no_other_weekday() -> None:
    assert unproven("Ukebrevet sendes torsdag.", ["Ukebrevet sendes fredag."]) != ()


@pytest.mark.parametrize(
    ("quote", "statement"),
    [
        ("Verneombud får frikjøpt tid framfor penger.", "Verneombud får penger framfor frikjøpt tid."),
        ("Faste ansatte tilbys vakter før vikarer.", "Vikarer tilbys vakter før faste ansatte."),
        ("Våre verdier er åpenhet, respekt og mot.", "Våre verdier er åpenhet, ærlighet og respekt."),
        (
            "Kommunen rekrutterer ledere med erfaring, eller som forplikter seg til kurs.",
            "The municipality recruits managers with both experience and a commitment to courses.",
        ),
        ("Lærere tilbys veiledning, og rektor skal avsette tid.", "Lærere skal ha veiledning."),
    ],
)
def test_words_of_the_quotes_are_not_set_together_anew(quote: str, statement: str) -> None:
    assert unproven(statement, [quote]) != ()


@pytest.mark.parametrize(
    ("quote", "statement"),
    [
        (
            "Hvis noen har handlet grovt uaktsomt, varsles personalsjefen.",
            "The head of personnel is notified.",
        ),
        ("Bruker du verktøyet, svarer du for teksten.", "Når du bruker verktøyet, svarer du for teksten."),
        ("Når lover og metoder endres, gis opplæring.", "Opplæring gis når lover og metoder endres."),
    ],
)
def test_words_written_alike_are_told_apart(quote: str, statement: str) -> None:
    assert not any("role" in r or "strength" in r or "noen" in r for r in unproven(statement, [quote]))


def test_one_word_of_general_meaning_may_stand_for_another() -> None:
    quote = "Renholderne rekvirerer nye kluter, mopper og såpe fra sentrallageret hver mandag."
    general = "Renholderne henter nye kluter, mopper og såpe fra sentrallageret hver mandag."
    assert unproven(general, [quote]) == ()
    assert unproven(general.replace("henter", "stryker"), [quote]) != ()


def test_quotes_of_no_municipality_are_looked_up_nowhere() -> None:
    entry = next(e for e in load_statements("development") if not e.municipality)
    assert faults([entry], []) == []
    assert faults([replace(entry, municipality="modum")], []) != []


def test_single_letters_are_read() -> None:
    assert unproven("Punkt s gjelder ledere.", ["Punkt s gjelder ledere."]) == ()


def test_the_traces_of_the_page_do_not_count() -> None:
    quote = "Vedtatt av formannskapet i juni 20193. Med- arbeiderne skal ha utviklings- og opplæringsplaner4."
    assert unproven("Medarbeiderne skal ha opplæringsplaner.", [quote]) == ()
    assert unproven("Vedtatt av formannskapet i juni 2019.", [quote]) == ()


def test_the_same_arguments_give_the_same_reasons() -> None:
    statement = "Verneombudet må gi 3 varsler til Visma."
    assert unproven(statement, [TALKS]) == unproven(statement, [TALKS]) != ()


def test_a_statement_without_anything_of_its_quotes_is_not_borne_out() -> None:
    assert unproven("", [TALKS]) != ()
    assert unproven("Det skal du.", [TALKS]) != ()
    assert unproven("Lederen skal ha medarbeidersamtaler.", []) != ()


def test_the_glossary_joins_forms_and_languages() -> None:
    assert ("employe",) in english_for("medarbeiderne")
    assert "korleis" not in bokmaal_for("hvordan")
    assert "virksomhet" in bokmaal_for("verksemda") or "virksomhet" in bokmaal_for("verksemd")
    assert "medarbeider" in norwegian_for("employees")
    assert english_stem("kept") == english_stem("keeps")


@pytest.mark.parametrize("half", HALVES)
def test_quotes_of_the_set_stand_in_the_documents(half: str) -> None:
    assert faults(load_statements(half), read_documents(CORPUS)) == []


def test_the_development_half_holds_its_committed_figures() -> None:
    judged = judge_all(load_statements("development"))
    assert len(judged) > 1200
    assert len(dropped(judged)) <= DROPPED_AT_MOST
    assert len(let_through(judged)) <= THROUGH_AT_MOST


def test_the_test_half_is_never_shown() -> None:
    with pytest.raises(SystemExit):
        main(["--half", "test", "--show"])
