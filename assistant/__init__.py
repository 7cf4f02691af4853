"""Answers from a municipality's own policy documents, every statement with an exact citation."""
