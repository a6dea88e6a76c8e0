"""Sealing: what must never leave a service is encrypted with its subject's key, and erased by destroying that key."""

from shared.privacy.keys import MasterKeyError, MasterKeys
from shared.privacy.vault import Vault

__all__ = ["MasterKeyError", "MasterKeys", "Vault"]
