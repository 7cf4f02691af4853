"""What can go wrong on a document's way into the index.

IngestError
├── DocumentError        a document cannot be used; says which and why
│   ├── MetadataError    its metadata file is missing, unreadable or wrong
│   ├── TextError        its text is empty or not UTF-8
│   └── BankError        its question file is wrong
├── ThesaurusError       a thesaurus file cannot be read or is wrong
├── ModelError           the embedding model cannot be loaded
└── BadIndex             the index cannot be used
    ├── IndexMissing     there is none yet, or it is half-written
    ├── IndexMismatch    it was made by another embedding model or program version
    └── IndexReadOnly    its folder cannot be written
"""

from __future__ import annotations


class IngestError(Exception):
    """Base of all errors of this package; the message says what to do."""


class DocumentError(IngestError):
    """A document that cannot be indexed."""


class MetadataError(DocumentError):
    """The metadata file beside a document is missing, unreadable or wrong."""


class TextError(DocumentError):
    """The text of a document is empty or not UTF-8."""


class BankError(DocumentError):
    """The question file beside a document cannot be used; the message names file, place and remedy."""


class ThesaurusError(IngestError):
    """A thesaurus file cannot be used; the message names file, concept and remedy."""


class ModelError(IngestError):
    """The embedding model cannot be loaded."""


class BadIndex(IngestError):
    """The index cannot be used."""


class IndexMissing(BadIndex):
    """There is no index, or it is half-written."""


class IndexMismatch(BadIndex):
    """The index was made by another embedding model or another version of this program."""


class IndexReadOnly(BadIndex):
    """The folder of the index cannot be written."""
