"""The encrypted notes vault: keys, notes, custody and backups in one folder.

Begin with `vault.Vault`. SQLCipher and the system's keyring are imported in here
only. Nothing in here may know Qt, write plain text to disk or log what it stores.
"""
