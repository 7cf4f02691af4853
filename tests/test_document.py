"""A document as it is loaded: its exact text, its metadata, and what is said when either is wrong."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from ingest.document import Document, find_documents, load_document
from ingest.errors import DocumentError, MetadataError, TextError
from ingest.passages import make_passages

MUNICIPALITIES = ("baerum", "elverum", "midt-telemark", "modum", "sandefjord")
TEXT = "Forord\nPlanen gjelder for alle som arbeider i Fjellvik kommune.\n"


def corpus_document(corpus: Path, municipality: str) -> Document:
    (path,) = find_documents([corpus / municipality])
    return load_document(path)


def write(folder: Path, text: str | bytes = TEXT, metadata: str | None = None) -> Path:
    """A policy of an imaginary municipality, with or without its metadata file."""
    path = folder / "fjellvik" / "arbeidsgiverplan.txt"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    if metadata is not None:
        path.with_suffix(".toml").write_text(metadata, encoding="utf-8")
    return path


@pytest.mark.parametrize("municipality", MUNICIPALITIES)
def test_each_text_of_the_corpus_is_the_one_its_metadata_was_written_for(
    corpus: Path, municipality: str
) -> None:
    document = corpus_document(corpus, municipality)
    (text,) = (corpus / municipality).glob("*.txt")
    metadata = text.with_suffix(".toml")
    assert f'sha256 = "{document.sha256}"' in metadata.read_text(encoding="utf-8")
    assert hashlib.sha256(text.read_bytes()).hexdigest() == document.sha256
    assert document.notes == ()


def test_the_corpus_holds_five_municipalities(corpus: Path) -> None:
    documents = [load_document(path) for path in find_documents([corpus])]
    assert tuple(document.municipality for document in documents) == MUNICIPALITIES


def test_names_keep_their_norwegian_letters(corpus: Path) -> None:
    assert corpus_document(corpus, "baerum").municipality_name == "Bærum"


def test_sandefjord_says_when_its_policy_was_adopted(corpus: Path) -> None:
    assert corpus_document(corpus, "sandefjord").adopted == "2025-06-19"


def test_a_date_the_document_does_not_give_is_none(corpus: Path) -> None:
    document = corpus_document(corpus, "modum")
    assert (document.adopted, document.valid_from, document.valid_to) == (None, None, None)


def test_a_chapter_for_past_years_has_a_last_day_of_its_own(corpus: Path) -> None:
    document = corpus_document(corpus, "baerum")
    assert document.valid_to_at(("Plan for perioden 2016-2017", "Godt lederskap")) == "2017-12-31"
    assert document.valid_to_at(("Mål og strategier", "Godt lederskap")) is None


def test_a_chapter_with_a_period_is_a_heading_of_its_document(corpus: Path) -> None:
    for municipality in MUNICIPALITIES:
        document = corpus_document(corpus, municipality)
        titles = {title for passage in make_passages(document) for title in passage.heading_path}
        assert {period.section for period in document.periods} <= titles


def test_form_feeds_tell_the_page(tmp_path: Path) -> None:
    document = load_document(write(tmp_path, "Side én.\n\fSide to.\n\fSide tre.\n"))
    assert [document.page_at(document.text.index(word)) for word in ("én", "to.", "tre")] == [1, 2, 3]


def test_without_form_feeds_no_page_is_claimed(corpus: Path) -> None:
    assert corpus_document(corpus, "elverum").page_at(5000) is None


def test_the_text_keeps_windows_line_ends(tmp_path: Path) -> None:
    text = TEXT.replace("\n", "\r\n")
    assert load_document(write(tmp_path, text)).text == text


def test_the_text_keeps_a_byte_order_mark(tmp_path: Path) -> None:
    assert load_document(write(tmp_path, "\ufeff" + TEXT)).text == "\ufeff" + TEXT


def test_without_metadata_the_names_of_file_and_folder_serve_and_a_note_says_so(tmp_path: Path) -> None:
    document = load_document(write(tmp_path))
    assert (document.municipality_name, document.title) == ("Fjellvik", "Arbeidsgiverplan")
    (note,) = document.notes
    assert "no arbeidsgiverplan.toml" in note


def test_a_file_named_from_its_own_folder_still_knows_its_municipality(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(write(tmp_path).parent)
    assert load_document(Path("arbeidsgiverplan.txt")).municipality == "fjellvik"


def test_a_changed_text_is_told_in_a_note(tmp_path: Path) -> None:
    digest = hashlib.sha256(TEXT.encode()).hexdigest()
    document = load_document(write(tmp_path, TEXT + "Nytt.\n", f'sha256 = "{digest}"'))
    (note,) = document.notes
    assert "changed" in note and "arbeidsgiverplan.toml" in note


@pytest.mark.parametrize(
    ("metadata", "field"),
    [
        ('kind = "novel"', "kind"),
        ('language = "dansk"', "language"),
        ('title = ""', "title"),
        ("municipality = 5", "municipality"),
        ("sha256 = 12", "sha256"),
        ('adopted = "19.06.2025"', "adopted"),
        ("valid_from = 2025", "valid_from"),
        ('valid_to = "2025-12-31"', "valid_to"),
        ("[[period]]\nvalid_to = 2017-12-31", "section"),
        ("[[period]]\nsection = 4", "section"),
        ('[period]\nsection = "Plan"', "section"),
        ('[[period]]\nsection = "Plan"\nvalid_to = "2017"', "valid_to"),
    ],
)
def test_a_metadata_error_names_the_file_and_the_field(tmp_path: Path, metadata: str, field: str) -> None:
    with pytest.raises(MetadataError, match=rf"arbeidsgiverplan\.toml: .*\b{field}\b"):
        load_document(write(tmp_path, metadata=metadata))


def test_metadata_that_is_no_toml_names_the_file_and_the_line(tmp_path: Path) -> None:
    with pytest.raises(MetadataError, match=r"arbeidsgiverplan\.toml: .*line 2"):
        load_document(write(tmp_path, metadata='title = "Plan"\nkind = policy\n'))


@pytest.mark.parametrize("text", ["", " \n\f\n", "\ufeff\n", "• – …\n"])
def test_a_text_without_words_is_refused_as_empty(tmp_path: Path, text: str) -> None:
    with pytest.raises(TextError, match=r"arbeidsgiverplan\.txt: the document is empty"):
        load_document(write(tmp_path, text))


def test_a_text_that_is_not_utf_8_is_refused_with_the_place(tmp_path: Path) -> None:
    with pytest.raises(TextError, match=r"arbeidsgiverplan\.txt: .*not UTF-8 \(byte 1\)"):
        load_document(write(tmp_path, "Måltall".encode("latin-1")))


def test_a_pdf_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(TextError, match=r"plan\.pdf: .*Save the document as text"):
        load_document(tmp_path / "plan.pdf")


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="ingensteds"):
        list(find_documents([tmp_path / "ingensteds"]))
