"""An unlocked vault: every record room behind one value, for the vault's thread.

Made at unlocking, closed at locking; nobody outside the thread keeps it. What its
rooms return are frozen values without a connection.
"""

from __future__ import annotations

from contextlib import suppress

from safesession.core.note_types import SignatureState, TimelineEntry
from safesession.core.vault_types import Health
from safesession.vault.attachments import Attachments
from safesession.vault.clients import Clients
from safesession.vault.connection import faults_of
from safesession.vault.custody import CustodyEvent, CustodyLog
from safesession.vault.device_tables import DeviceTables
from safesession.vault.engine_tables import EngineTables
from safesession.vault.errors import DamagedError, VaultError
from safesession.vault.exports import Exports
from safesession.vault.files import modified_ms, size_of
from safesession.vault.generations import journals_of
from safesession.vault.header import Header
from safesession.vault.header_file import read_header
from safesession.vault.journal import read_journal
from safesession.vault.key_slots import Keys
from safesession.vault.note_search import NoteSearch
from safesession.vault.notes import Notes
from safesession.vault.opening import Opening, Surroundings, mark_suspect, new_stage
from safesession.vault.retention import Retention
from safesession.vault.settings import Settings
from safesession.vault.snapshots import faulty_snapshots
from safesession.vault.templates import Templates
from safesession.vault.timeline import timeline


SNAPSHOT_AFTER_BYTES = 8 << 20
SNAPSHOT_AFTER_MS = 24 * 3600 * 1000


class OpenVault:
    """The rooms of an unlocked vault."""

    def __init__(self, around: Surroundings, opening: Opening) -> None:
        self.around = around
        self.store = opening.store
        self.header: Header = opening.header
        self.keys: Keys = opening.keys
        self._stage = opening.stage
        made_ms = modified_ms(opening.stage.snapshot(around.paths))
        self._snapshot_ms = min(self.store.now_ms(), made_ms)
        self.device = DeviceTables(self.store)
        self.engine = EngineTables(self.store)
        self.settings = Settings(self.store)
        self.clients = Clients(self.store)
        self.attachments = Attachments(self.store)
        self.search = NoteSearch(self.store)
        self.templates = Templates(self.store)
        self.use_identity()

    def use_identity(self) -> None:
        """Make the rooms that sign with this device's identity key."""
        self.identity = self.device.identity
        self.custody = CustodyLog(self.store, self.identity)
        self.notes = Notes(self.store, self.identity, self.custody)
        self.exports = Exports(self.clients, self.notes, self.attachments, self.custody)
        self.retention = Retention(
            self.store, self.settings, self.clients, self.custody
        )

    def timeline(self, client_id: int) -> tuple[TimelineEntry, ...]:
        """Return everything about a client, newest first."""
        return timeline(self.store, client_id)

    def maintain(self) -> bool:
        """Take a snapshot if one is due; call it when nobody is writing.

        Raises:
            DamagedError: the snapshot found bad pages: lock and unlock to repair.
        """
        changed = self.store.sequence != self._stage.sequence
        old = self.store.now_ms() - self._snapshot_ms >= SNAPSHOT_AFTER_MS
        large = self.store.journal.size_bytes >= SNAPSHOT_AFTER_BYTES
        if not changed or not (old or large):
            return False
        self.take_snapshot()
        return True

    def take_snapshot(self) -> None:
        """Take a snapshot now.

        Raises:
            DamagedError: it found bad pages; the older snapshots stay.
        """
        try:
            self._stage = new_stage(self.around, self.store, self.keys)
        except DamagedError:
            mark_suspect(self.around.paths)
            raise
        self._snapshot_ms = self.store.now_ms()

    def size_bytes(self) -> int:
        """Return how large the database is."""
        paths = self.around.paths
        return size_of(paths.database(self.keys.data_generation))

    def check_everything(self) -> Health:
        """Check every page, snapshot, journal, signature and custody line. Slow."""
        paths = self.around.paths
        self.store.checkpoint()
        bad_pages = faults_of(self.store.connection)
        if bad_pages:
            mark_suspect(paths)
        stages = journals_of(paths, self.keys.data_generation)
        contents = [
            read_journal(stage.journal(paths), self.keys.vault_id, self.keys.journal)
            for stage in stages
        ]
        found = read_header(paths)
        return Health(
            bad_pages,
            faulty_snapshots(paths, self.keys),
            sum(not content.intact for content in contents),
            found.damaged or found.header != self.header,
            self._bad_signatures(),
            self.custody.check(),
        )

    def close(self) -> None:
        """Close the connections. What was saved stays saved."""
        self.store.close()

    def _bad_signatures(self) -> tuple[int, ...]:
        signed = self.store.rows("SELECT id FROM note WHERE signed_at_ms IS NOT NULL")
        check = self.notes.check_signature
        return tuple(n for (n,) in signed if check(n) is not SignatureState.GOOD)

    def note_event(self, event: CustodyEvent, detail: str = "") -> bool:
        """Write a custody line about the vault; says whether there was room."""
        with suppress(VaultError):
            self.custody.record(event, "", detail)
            return True
        return False
