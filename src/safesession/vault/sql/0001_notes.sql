-- Clients' files, notes with their versions, and the search index.
CREATE TABLE vault(
  one INTEGER PRIMARY KEY CHECK(one = 1),
  sequence INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL,
  changed_at_ms INTEGER NOT NULL,
  restored_at_ms INTEGER) STRICT;

CREATE TABLE setting(
  name TEXT PRIMARY KEY,
  value ANY NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE client(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  code TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  closed_at_ms INTEGER) STRICT;

CREATE TABLE note(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  client_id INTEGER NOT NULL REFERENCES client(id),
  kind TEXT NOT NULL CHECK(kind IN ('record', 'process')),
  template TEXT NOT NULL,
  session_at_ms INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL,
  saved_at_ms INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  signed_at_ms INTEGER,
  signer BLOB,
  signature BLOB,
  title TEXT NOT NULL,
  -- Last, so that a list reads no overflow page.
  body TEXT NOT NULL) STRICT;
CREATE INDEX note_by_time ON note(session_at_ms, id);
CREATE INDEX note_by_client ON note(client_id, session_at_ms, id);

CREATE TRIGGER note_signed BEFORE UPDATE ON note
WHEN OLD.signed_at_ms IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a signed note is fixed'); END;

CREATE TABLE note_version(
  id INTEGER PRIMARY KEY,
  note_id INTEGER NOT NULL REFERENCES note(id) ON DELETE CASCADE,
  revision INTEGER NOT NULL,
  saved_at_ms INTEGER NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  UNIQUE(note_id, revision)) STRICT;

CREATE TRIGGER note_version_fixed BEFORE UPDATE ON note_version
BEGIN SELECT RAISE(ABORT, 'a version is fixed'); END;

-- Contentless: the index holds no second copy of the text.
CREATE VIRTUAL TABLE note_search USING fts5(
  body, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2');
