"""Following an invitation: into an organisation that is here, or to register a new one in three pages."""
