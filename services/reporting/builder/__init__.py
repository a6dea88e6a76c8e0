"""Contracts written in steps by people who do not program: the same document as the YAML, as forms."""
