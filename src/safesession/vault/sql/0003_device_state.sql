-- The keys of this device and the counters of wrong guesses at invites.
CREATE TABLE device_identity(
  one INTEGER PRIMARY KEY CHECK(one = 1),
  seed BLOB NOT NULL CHECK(length(seed) = 32)) STRICT;

CREATE TABLE account(
  origin TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  seed BLOB NOT NULL CHECK(length(seed) = 32)) STRICT, WITHOUT ROWID;

CREATE TABLE guess(
  tag BLOB PRIMARY KEY,
  wrong_attempts INTEGER NOT NULL CHECK(wrong_attempts >= 0),
  counted_at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX guess_by_time ON guess(counted_at_ms);
