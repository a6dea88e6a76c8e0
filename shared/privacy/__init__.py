"""Sealing: what must never leave a service is encrypted with its subject's key, and erased by destroying that key."""
