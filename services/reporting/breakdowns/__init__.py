"""One figure in parts: on pages, as files, and with small cells of personal attributes held back outside."""
