-- Files kept beyond their period, and why; the institution's own note templates.
ALTER TABLE client ADD COLUMN kept_until_ms INTEGER;
ALTER TABLE client ADD COLUMN kept_because TEXT;

CREATE TABLE note_template(
  key TEXT PRIMARY KEY,
  place INTEGER NOT NULL,
  added_at_ms INTEGER NOT NULL,
  content TEXT NOT NULL) STRICT, WITHOUT ROWID;
