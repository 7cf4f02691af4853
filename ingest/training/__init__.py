"""Training of the package's own embedding model; nothing here runs when documents are ingested."""
