-- What the engine needs at its next start: an open invite, and text that was not
-- delivered; the key that opens what it wrote while the vault was locked.
CREATE TABLE open_invite(
  one INTEGER PRIMARY KEY CHECK(one = 1),
  revision INTEGER NOT NULL,
  -- JSON, or empty when there is none.
  invite TEXT NOT NULL) STRICT;

CREATE TABLE unsent(
  one INTEGER PRIMARY KEY CHECK(one = 1),
  revision INTEGER NOT NULL,
  texts TEXT NOT NULL) STRICT;

CREATE TABLE letterbox(
  one INTEGER PRIMARY KEY CHECK(one = 1),
  secret BLOB NOT NULL CHECK(length(secret) = 32)) STRICT;
