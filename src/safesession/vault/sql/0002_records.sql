-- What belongs to a finished record: addenda, attachments, custody, retention.
CREATE TABLE addendum(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  note_id INTEGER NOT NULL REFERENCES note(id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  written_at_ms INTEGER NOT NULL,
  signer BLOB NOT NULL,
  signature BLOB NOT NULL,
  body TEXT NOT NULL,
  UNIQUE(note_id, number)) STRICT;

CREATE TRIGGER addendum_fixed BEFORE UPDATE ON addendum
BEGIN SELECT RAISE(ABORT, 'an addendum is fixed'); END;

CREATE TABLE attachment(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  note_id INTEGER NOT NULL REFERENCES note(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  digest BLOB NOT NULL,
  added_at_ms INTEGER NOT NULL,
  content BLOB NOT NULL) STRICT;
CREATE INDEX attachment_by_note ON attachment(note_id, id);

CREATE TRIGGER attachment_fixed BEFORE UPDATE ON attachment
BEGIN SELECT RAISE(ABORT, 'an attachment is fixed'); END;
CREATE TRIGGER attachment_signed_add BEFORE INSERT ON attachment
WHEN (SELECT signed_at_ms FROM note WHERE id = NEW.note_id) IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a signed note is fixed'); END;
CREATE TRIGGER attachment_signed_drop BEFORE DELETE ON attachment
WHEN (SELECT signed_at_ms FROM note WHERE id = OLD.note_id) IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a signed note is fixed'); END;

CREATE TABLE custody(
  number INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  event TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL,
  signer BLOB NOT NULL,
  hash BLOB NOT NULL,
  signature BLOB NOT NULL) STRICT;

CREATE TRIGGER custody_fixed BEFORE UPDATE ON custody
BEGIN SELECT RAISE(ABORT, 'the custody log only grows'); END;
CREATE TRIGGER custody_kept BEFORE DELETE ON custody
BEGIN SELECT RAISE(ABORT, 'the custody log only grows'); END;

ALTER TABLE client ADD COLUMN retention_years INTEGER;
