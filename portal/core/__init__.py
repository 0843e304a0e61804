"""What every domain stands on: database, permissions, errors, outbox, jobs, text, languages, the web shell."""
