"""From documents to a searchable index: load → structure → passages → index."""
