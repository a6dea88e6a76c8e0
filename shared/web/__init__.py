"""The web edge of all services: the app factory, the page shell, problem documents, languages, the access check."""
