-- seatledger: the whole schema of a fresh database.
--
-- How to read it. Chapter 1 holds what every commit touches, 2 whom and what the books speak of,
-- 3 what came in, 4 what was seen (the facts), 5 what people decided (dated, locked), 6 what is
-- closed, 7 the audit trail and what left the house, 8 who may enter, 9 what somebody should look at,
-- 10 the views that are a contract. `v1_*`, `assignment` and `statement_row` keep their names and columns;
-- everything else may change with a version.
--
-- Forms. An instant is UTC text, YYYY-MM-DDTHH:MM:SSZ. A billing period is text, 2026-10, where
-- people read it, and the number 202610 in `usage_list` and the dated tables, which are scanned by it. Ids
-- named `id` are internal and small; what leaves the house are `public_id`, `guid`-like texts.
--
-- Rules. The lock is enforced by triggers that call the seat_… functions: without the extension a
-- change fails with "no such function", never silently. Functions stand in triggers and views
-- only; in CHECKs, generated columns or indexes they would break integrity_check, VACUUM and .dump
-- in a shell that lacks them. Nothing here reads a clock: instants come in as values.
--
-- Statements inside triggers never rely on a conflict clause of their own: an outer INSERT OR
-- REPLACE overrides it. They say WHERE NOT EXISTS.

------------------------------------------------------------------------------------------------
-- 1  Every commit
------------------------------------------------------------------------------------------------

-- The first statement of every commit writes here when and by whom; the last one sets the actor to
-- `sql`, so that a change past the program is on record as such. Guards take the later of `at` and
-- `newest`, the newest instant that was ever recorded, for their "now": a clock that is set back
-- re-opens nothing, here and in a shell. Before the first upload there is nothing to protect. These
-- triggers hold without the extension too.
--
-- `suspected`: the instant of the last commit, while the clock is too far ahead of `newest` to be believed.
-- Months then wait to be closed and decisions are refused, until the date is confirmed (`newest` catches up)
-- or the clock is back (`at` lies before).
CREATE TABLE commit_now (
  one    INTEGER PRIMARY KEY CHECK (one = 1),
  at     TEXT NOT NULL CHECK (at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z'),
  actor  TEXT NOT NULL,
  newest TEXT NOT NULL DEFAULT '0001-01-01T00:00:00Z'
    CHECK (newest GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z'),
  suspected TEXT
) STRICT;
INSERT INTO commit_now (one, at, actor) VALUES (1, '0001-01-01T00:00:00Z', 'sql');
CREATE TRIGGER commit_now_insert BEFORE INSERT ON commit_now BEGIN
  SELECT RAISE(ABORT, 'SEAT-A10: commit_now keeps its one row');
END;
CREATE TRIGGER commit_now_update BEFORE UPDATE ON commit_now WHEN NEW.one <> OLD.one
    OR (NEW.newest < OLD.newest AND EXISTS (SELECT 1 FROM setting WHERE key = 'live_from')) BEGIN
  SELECT RAISE(ABORT, 'SEAT-A10: the newest recorded instant never goes back');
END;
CREATE TRIGGER commit_now_doubt BEFORE UPDATE OF suspected ON commit_now
WHEN OLD.suspected IS NOT NULL AND NEW.suspected IS NULL
    AND NEW.newest < OLD.suspected AND NEW.at >= OLD.suspected BEGIN
  SELECT RAISE(ABORT, 'SEAT-P10: a suspected clock is confirmed, or comes back');
END;
-- Only a doubt that begins or ends is on record, not each commit under it.
CREATE TRIGGER commit_now_doubted AFTER UPDATE OF suspected ON commit_now
WHEN (OLD.suspected IS NULL) <> (NEW.suspected IS NULL) BEGIN
  INSERT INTO audit_entry VALUES ('clock', 'date', OLD.newest,
    CASE WHEN NEW.suspected IS NOT NULL THEN 'in doubt: ' || NEW.suspected
      WHEN NEW.newest >= OLD.suspected THEN 'confirmed: ' || NEW.newest ELSE 'back: ' || NEW.at END);
END;
CREATE TRIGGER commit_now_delete BEFORE DELETE ON commit_now BEGIN
  SELECT RAISE(ABORT, 'SEAT-A10: commit_now keeps its one row');
END;

-- Moves with every commit that touches what is counted: the key for keeping an open period's
-- figures in memory. (PRAGMA data_version moves with every receipt and session too.)
CREATE TABLE revision (
  one     INTEGER PRIMARY KEY CHECK (one = 1),
  counted INTEGER NOT NULL
) STRICT;
INSERT INTO revision VALUES (1, 0);
CREATE TRIGGER revision_insert BEFORE INSERT ON revision BEGIN
  SELECT seat_require(0, 'SEAT-A10', 'revision keeps its one row');
END;
CREATE TRIGGER revision_update BEFORE UPDATE ON revision WHEN NEW.counted <= OLD.counted BEGIN
  SELECT seat_require(0, 'SEAT-A10', 'revision only grows');
END;
CREATE TRIGGER revision_delete BEFORE DELETE ON revision BEGIN
  SELECT seat_require(0, 'SEAT-A10', 'revision keeps its one row');
END;

-- Settings that differ from their default, and always the two that the triggers read.
CREATE TABLE setting (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO setting VALUES ('time_zone', 'UTC'), ('lock_day', '10');

-- What a guard compares with, in one place. `closed_through` is the high-water mark: the newest
-- statement, whatever clock, zone or lock day say afterwards.
CREATE VIEW lock_rule AS SELECT
  (SELECT max(at, newest) FROM commit_now) AS at,
  (SELECT CAST(value AS INTEGER) FROM setting WHERE key = 'lock_day') AS lock_day,
  (SELECT value FROM setting WHERE key = 'time_zone') AS time_zone,
  (SELECT max(period) FROM statement) AS closed_through,
  (SELECT value FROM setting WHERE key = 'live_from') AS live_from,
  (SELECT suspected FROM commit_now) AS suspected;

CREATE TRIGGER setting_insert BEFORE INSERT ON setting BEGIN
  SELECT seat_require(NEW.key <> 'live_from' OR NOT EXISTS (SELECT 1 FROM setting WHERE key = 'live_from'),
    'SEAT-C02', 'live_from is set by the first accepted upload and never again');
  SELECT CASE NEW.key
    WHEN 'time_zone' THEN seat_period('2000-01-01T00:00:00Z', NEW.value)
    WHEN 'lock_day' THEN seat_locks_at('2000-01', CAST(NEW.value AS INTEGER), 'UTC')
    WHEN 'live_from' THEN seat_period_add(NEW.value, 0) END;
  SELECT seat_require(NEW.key <> 'lock_day' OR NEW.value = CAST(CAST(NEW.value AS INTEGER) AS TEXT),
    'SEAT-C02', 'expected a day of the month, found ' || quote(NEW.value));
  INSERT INTO audit_entry VALUES ('setting', NEW.key, (SELECT value FROM setting WHERE key = NEW.key), NEW.value);
  UPDATE revision SET counted = counted + 1;
END;
CREATE TRIGGER setting_update BEFORE UPDATE ON setting BEGIN
  SELECT seat_require(OLD.key = NEW.key AND OLD.key <> 'live_from',
    'SEAT-C02', 'a setting keeps its key, and live_from its value');
  SELECT CASE NEW.key
    WHEN 'time_zone' THEN seat_period('2000-01-01T00:00:00Z', NEW.value)
    WHEN 'lock_day' THEN seat_locks_at('2000-01', CAST(NEW.value AS INTEGER), 'UTC') END;
  SELECT seat_require(NEW.key <> 'lock_day' OR NEW.value = CAST(CAST(NEW.value AS INTEGER) AS TEXT),
    'SEAT-C02', 'expected a day of the month, found ' || quote(NEW.value));
  INSERT INTO audit_entry VALUES ('setting', NEW.key, OLD.value, NEW.value);
  UPDATE revision SET counted = counted + 1;
END;
CREATE TRIGGER setting_delete BEFORE DELETE ON setting BEGIN
  SELECT seat_require(OLD.key NOT IN ('live_from', 'time_zone', 'lock_day'),
    'SEAT-C02', 'the setting ' || OLD.key || ' cannot be removed');
  INSERT INTO audit_entry VALUES ('setting', OLD.key, OLD.value, NULL);
  UPDATE revision SET counted = counted + 1;
END;

------------------------------------------------------------------------------------------------
-- 2  Whom and what the books speak of
------------------------------------------------------------------------------------------------

-- A tenant of the organization, the one who is billed. Archived ones keep tags and figures and
-- take no new ones.
CREATE TABLE customer (
  id          INTEGER PRIMARY KEY CHECK (id BETWEEN 1 AND 2147483647), -- the count keeps a flag beside it
  public_id   TEXT NOT NULL UNIQUE,
  name        TEXT NOT NULL,
  name_key    TEXT NOT NULL UNIQUE,   -- seat_user_key(name): no two that a reader would confuse
  external_id TEXT UNIQUE,
  archived_at TEXT
) STRICT;

CREATE TRIGGER customer_insert BEFORE INSERT ON customer BEGIN
  -- INSERT OR REPLACE would remove the customer that has the name, past the delete trigger.
  SELECT seat_require(0, 'SEAT-A08', 'expected a new customer, found that ' || quote(name) || ' has the '
      || CASE WHEN public_id = NEW.public_id OR id = NEW.id THEN 'id ' || NEW.public_id
           WHEN name_key = NEW.name_key THEN 'name ' || quote(NEW.name)
           ELSE 'external id ' || NEW.external_id END)
    FROM customer WHERE id = NEW.id OR public_id = NEW.public_id OR name_key = NEW.name_key
      OR external_id = NEW.external_id LIMIT 1;
  SELECT seat_require(NEW.name_key = seat_user_key(NEW.name) AND NEW.name_key <> '',
    'SEAT-A09', 'expected a name with its key, found ' || quote(NEW.name));
  INSERT INTO audit_entry VALUES ('customer', NEW.public_id, NULL,
    NEW.name || coalesce(' external_id=' || NEW.external_id, ''));
END;
CREATE TRIGGER customer_update BEFORE UPDATE ON customer BEGIN
  SELECT seat_require(NEW.id = OLD.id AND NEW.public_id = OLD.public_id, 'SEAT-A08', 'a customer keeps its id');
  SELECT seat_require(0, 'SEAT-A08', 'expected a free name and external id, found that ' || quote(name) || ' has the '
      || iif(name_key = NEW.name_key, 'name ' || quote(NEW.name), 'external id ' || NEW.external_id))
    FROM customer WHERE id <> OLD.id AND (name_key = NEW.name_key OR external_id = NEW.external_id) LIMIT 1;
  SELECT seat_require(NEW.name_key = seat_user_key(NEW.name) AND NEW.name_key <> '',
    'SEAT-A09', 'expected a name with its key, found ' || quote(NEW.name));
  INSERT INTO audit_entry VALUES ('customer', OLD.public_id,
    OLD.name || coalesce(' external_id=' || OLD.external_id, '') || coalesce(' archived ' || OLD.archived_at, ''),
    NEW.name || coalesce(' external_id=' || NEW.external_id, '') || coalesce(' archived ' || NEW.archived_at, ''));
  UPDATE revision SET counted = counted + 1;
END;
CREATE TRIGGER customer_delete BEFORE DELETE ON customer BEGIN
  SELECT seat_require(NOT EXISTS (SELECT 1 FROM assignment_row WHERE customer = OLD.id)
      AND NOT EXISTS (SELECT 1 FROM statement_row WHERE customer_id = OLD.public_id),
    'SEAT-A04', 'a customer with assignments or figures is archived, not deleted');
  INSERT INTO audit_entry VALUES ('customer', OLD.public_id,
    OLD.name || coalesce(' external_id=' || OLD.external_id, ''), NULL);
END;

-- One user name by its identity key. A user whom only an assignment has named waits with no
-- name_payload until an upload shows it.
CREATE TABLE user (
  id           INTEGER PRIMARY KEY CHECK (id BETWEEN 1 AND 268435455), -- the count keeps an array by it
  key          TEXT NOT NULL UNIQUE,
  name         TEXT NOT NULL,         -- the spelling of the earliest payload, ties by bytes
  name_payload INTEGER,               -- where that spelling stands
  name_fixed   INTEGER NOT NULL DEFAULT 0 -- 1: a closed period shows it, so it stays
) STRICT;
-- Finds those who wait; empty in the long run.
CREATE INDEX user_waiting ON user (id) WHERE name_payload IS NULL;
-- No guard on INSERT: it would cost an import of a million users 0.3 to 0.6 s. What INSERT OR REPLACE
-- does to a user of a closed period is found by seat_verify, since the seal covers the facts by key.
CREATE TRIGGER user_update BEFORE UPDATE OF id, key ON user WHEN NEW.id <> OLD.id OR NEW.key <> OLD.key BEGIN
  SELECT seat_require(0, 'SEAT-P07', 'a user keeps its identity key');
END;
-- One that only a default domain or an alias has named keeps its spelling when an upload shows it at last.
CREATE TRIGGER user_name BEFORE UPDATE OF name, name_payload, name_fixed ON user WHEN OLD.name_fixed = 1
    AND (NEW.name <> OLD.name OR NEW.name_fixed <> 1
      OR (OLD.name_payload IS NOT NULL AND NEW.name_payload IS NOT OLD.name_payload)) BEGIN
  SELECT seat_require(0, 'SEAT-P07', 'a spelling that a closed billing period shows stays');
END;
CREATE TRIGGER user_delete BEFORE DELETE ON user BEGIN
  SELECT seat_require(0, 'SEAT-P07', 'users are not removed');
END;

CREATE TABLE object_kind (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
INSERT INTO object_kind VALUES
  (0, 'user'), (1, 'license-server'), (2, 'site'), (3, 'delivery-group'), (4, 'netscaler'), (5, 'netscaler-host');
CREATE TRIGGER object_kind_insert BEFORE INSERT ON object_kind BEGIN
  SELECT seat_require(0, 'SEAT-P07', 'the kinds of objects are fixed');
END;
CREATE TRIGGER object_kind_update BEFORE UPDATE ON object_kind BEGIN
  SELECT seat_require(0, 'SEAT-P07', 'the kinds of objects are fixed');
END;
CREATE TRIGGER object_kind_delete BEFORE DELETE ON object_kind BEGIN
  SELECT seat_require(0, 'SEAT-P07', 'the kinds of objects are fixed');
END;

-- Everything but users that an assignment can name, and NetScaler hosts. What is known of each
-- beyond its identity stands in `description`. A delivery group keeps its site for good.
CREATE TABLE object (
  id          INTEGER PRIMARY KEY CHECK (id > 0),
  kind        INTEGER NOT NULL REFERENCES object_kind (id),
  public_id   TEXT NOT NULL,          -- GUID, site id, delivery group id, hostId/entitlementId
  parent      INTEGER REFERENCES object (id), -- site of a delivery group, host of a NetScaler
  archived_at TEXT,
  UNIQUE (kind, public_id)
) STRICT;
CREATE INDEX object_by_parent ON object (parent) WHERE parent IS NOT NULL;

CREATE TRIGGER object_insert BEFORE INSERT ON object BEGIN
  SELECT seat_require(NOT EXISTS (SELECT 1 FROM object
      WHERE id = NEW.id OR (kind = NEW.kind AND public_id = NEW.public_id)),
    'SEAT-A02', 'the object ' || NEW.public_id || ' exists');
  SELECT seat_require((SELECT kind FROM object WHERE id = NEW.parent) IS CASE NEW.kind WHEN 3 THEN 2 WHEN 4 THEN 5 END
      AND (NEW.kind IN (3, 4) OR NEW.parent IS NULL),
    'SEAT-A02', 'a delivery group has a site, a NetScaler its host, others have no parent');
END;
CREATE TRIGGER object_update BEFORE UPDATE OF id, kind, public_id, parent ON object BEGIN
  SELECT seat_require(NEW.id = OLD.id AND NEW.kind = OLD.kind AND NEW.public_id = OLD.public_id
      AND NEW.parent IS OLD.parent,
    'SEAT-U07', 'an object keeps its kind, id and parent');
END;
-- By an administrator, or by an upload that brings it back.
CREATE TRIGGER object_archived BEFORE UPDATE OF archived_at ON object WHEN NEW.archived_at IS NOT OLD.archived_at BEGIN
  SELECT seat_require(NEW.archived_at IS NULL OR NEW.kind IN (1, 2, 4, 5),
    'SEAT-A06', 'expected a license server, site or netscaler, found a delivery group: archive its site');
  SELECT seat_require(NEW.archived_at IS NULL OR NEW.archived_at
      GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z',
    'SEAT-P04', 'expected an instant such as 2026-10-15T03:00:07Z, found ' || quote(NEW.archived_at));
  INSERT INTO audit_entry VALUES ('archive',
    (SELECT name FROM object_kind WHERE id = OLD.kind) || ' ' || OLD.public_id, OLD.archived_at, NEW.archived_at);
END;
CREATE TRIGGER object_delete BEFORE DELETE ON object BEGIN
  SELECT seat_require(0, 'SEAT-A02', 'objects are archived, not deleted');
END;

CREATE TABLE feature (id INTEGER PRIMARY KEY CHECK (id > 0), code TEXT NOT NULL UNIQUE) STRICT;
CREATE TRIGGER feature_insert BEFORE INSERT ON feature
WHEN EXISTS (SELECT 1 FROM feature WHERE id = NEW.id OR code = NEW.code) BEGIN
  SELECT seat_require(0, 'SEAT-P07', 'a feature keeps its code');
END;
CREATE TRIGGER feature_update BEFORE UPDATE ON feature BEGIN
  SELECT seat_require(0, 'SEAT-P07', 'a feature keeps its code');
END;
CREATE TRIGGER feature_delete BEFORE DELETE ON feature BEGIN
  SELECT seat_require(0, 'SEAT-P07', 'features are not removed');
END;

------------------------------------------------------------------------------------------------
-- 3  What came in
------------------------------------------------------------------------------------------------

-- One row for each different file, accepted or rejected; the same bytes again write nothing.
CREATE TABLE upload (
  id          INTEGER PRIMARY KEY CHECK (id > 0),
  sha256      TEXT NOT NULL UNIQUE,   -- hex; its first 16 digits are the public id, the same whatever the order
  received_at TEXT NOT NULL,
  status      TEXT NOT NULL CHECK (status IN ('accepted', 'rejected')),
  file        TEXT NOT NULL,
  bytes       INTEGER NOT NULL,
  way         TEXT NOT NULL,          -- import, api, browser, inbox
  actor       TEXT NOT NULL,
  options     TEXT NOT NULL DEFAULT '{}', -- what was said beside the bytes, as JSON: {"license_server": …}
  code        TEXT,                   -- of a rejection, with where and why
  entry       TEXT,
  place       TEXT,
  expected    TEXT,
  found       TEXT,
  warnings    TEXT NOT NULL DEFAULT '[]', -- JSON array of sentences
  new_users   INTEGER NOT NULL DEFAULT 0,
  late_users  INTEGER NOT NULL DEFAULT 0
) STRICT;
-- Lists show the newest first, and look for the few that were rejected.
CREATE INDEX upload_by_receipt ON upload (received_at);
CREATE INDEX upload_rejected ON upload (received_at) WHERE status = 'rejected';

CREATE TRIGGER upload_insert BEFORE INSERT ON upload BEGIN
  SELECT seat_require(NOT EXISTS (SELECT 1 FROM upload WHERE id = NEW.id OR sha256 = NEW.sha256),
    'SEAT-A10', 'this upload is on record');
  INSERT INTO audit_entry VALUES ('upload', substr(NEW.sha256, 1, 16), NULL,
    NEW.status || ' ' || NEW.file || coalesce(' ' || NEW.code, ''));
END;
-- A rejected upload is read again when its bytes come again; an accepted one stays as it came.
CREATE TRIGGER upload_update
BEFORE UPDATE OF id, sha256, received_at, status, file, bytes, way, actor, options, code ON upload BEGIN
  SELECT seat_require(NEW.id = OLD.id AND NEW.sha256 = OLD.sha256, 'SEAT-A10', 'an upload keeps its id and digest');
  SELECT seat_require(OLD.status = 'rejected', 'SEAT-A10', 'an accepted upload stays as it came');
  INSERT INTO audit_entry
    SELECT 'upload', substr(OLD.sha256, 1, 16),
      OLD.status || ' ' || OLD.file || coalesce(' ' || OLD.code, ''),
      NEW.status || ' ' || NEW.file || coalesce(' ' || NEW.code, '')
    WHERE OLD.status <> NEW.status OR OLD.code IS NOT NEW.code;
END;
CREATE TRIGGER upload_delete BEFORE DELETE ON upload BEGIN
  SELECT seat_require(0, 'SEAT-A10', 'uploads are not removed');
END;

-- The original bytes, apart from the row so that lists need not read past them.
CREATE TABLE upload_content (
  upload  INTEGER PRIMARY KEY REFERENCES upload (id),
  content BLOB NOT NULL
) STRICT;
CREATE TRIGGER upload_content_insert BEFORE INSERT ON upload_content
WHEN EXISTS (SELECT 1 FROM upload_content WHERE upload = NEW.upload) BEGIN
  SELECT seat_require(0, 'SEAT-A10', 'the bytes of this upload are on record');
END;
-- The import names no upload where the bytes are on record: SQLite gives such a row the number -1 here.
CREATE TRIGGER upload_content_again BEFORE INSERT ON upload_content WHEN NEW.upload = -1 BEGIN
  SELECT RAISE(IGNORE);
END;
CREATE TRIGGER upload_content_update BEFORE UPDATE ON upload_content BEGIN
  SELECT seat_require(0, 'SEAT-A10', 'the bytes of an upload stay as they came');
END;
CREATE TRIGGER upload_content_delete BEFORE DELETE ON upload_content BEGIN
  SELECT seat_require(0, 'SEAT-A10', 'the bytes of an upload are kept');
END;

-- What one source told at one instant. Status, names, versions and entitlements are never stored
-- as "current": they are those of the newest payload that tells them, so that any order of imports
-- ends the same. `rank` orders payloads: the instant, then the upload's SHA-256, then
-- the place in the upload.
CREATE TABLE payload (
  id           INTEGER PRIMARY KEY CHECK (id > 0),
  upload       INTEGER NOT NULL REFERENCES upload (id),
  ordinal      INTEGER NOT NULL,      -- position in the upload
  entry        TEXT NOT NULL,
  format       TEXT NOT NULL,
  object       INTEGER NOT NULL REFERENCES object (id), -- license server, site or NetScaler host
  collected_at TEXT NOT NULL,
  rank         TEXT NOT NULL,         -- collected_at (the receipt, where skewed) sha256 ordinal
  skewed       INTEGER NOT NULL,      -- 1: collected more than a day after its receipt
  description  INTEGER NOT NULL REFERENCES description (id),
  license_set  INTEGER REFERENCES license_set (id), -- NULL: says nothing of license files
  partial      INTEGER NOT NULL,      -- 1: license files that came alone, added to the others
  UNIQUE (upload, ordinal)
) STRICT;
CREATE INDEX payload_by_rank ON payload (rank);
CREATE INDEX payload_by_object ON payload (object, rank);
CREATE INDEX payload_by_description ON payload (description, rank);
-- The newest that told all license files, and those that came alone: 5,000 servers at every view of their list.
CREATE INDEX payload_with_licenses ON payload (object, rank) WHERE license_set IS NOT NULL AND partial = 0;
CREATE INDEX payload_alone ON payload (object, rank) WHERE partial = 1;

CREATE TRIGGER payload_insert BEFORE INSERT ON payload
WHEN EXISTS (SELECT 1 FROM payload WHERE id = NEW.id OR (upload = NEW.upload AND ordinal = NEW.ordinal)) BEGIN
  SELECT seat_require(0, 'SEAT-A10', 'what was received stays as it is');
END;
CREATE TRIGGER payload_update BEFORE UPDATE ON payload BEGIN
  SELECT seat_require(0, 'SEAT-A10', 'what was received stays as it is');
END;
CREATE TRIGGER payload_delete BEFORE DELETE ON payload BEGIN
  SELECT seat_require(0, 'SEAT-A10', 'what was received stays as it is');
END;

-- What payloads say of their objects, stored once for each different content: a server that says
-- the same every day adds no row.
CREATE TABLE description (id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE description_item (
  description     INTEGER NOT NULL REFERENCES description (id),
  object          INTEGER NOT NULL REFERENCES object (id),
  name            TEXT,
  host_id         TEXT,
  fqdn            TEXT,
  version         TEXT,
  license_server  TEXT,               -- of a site: the FQDN it names
  host_type       TEXT,
  feature         TEXT,               -- from here on of a NetScaler
  fulfillment_id  TEXT,
  expires         TEXT,               -- YYYY-MM-DD, 'permanent', NULL = not told
  deployment_type TEXT,
  vpx_mode        TEXT,
  PRIMARY KEY (description, object)
) STRICT, WITHOUT ROWID;
CREATE INDEX description_item_by_object ON description_item (object);

-- License files in the same way: one set for each different content.
CREATE TABLE license_set (id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE license_file_line (
  license_set   INTEGER NOT NULL REFERENCES license_set (id),
  file          TEXT NOT NULL,
  line          INTEGER NOT NULL,     -- position in the file; 0 alone: the file grants nothing
  feature       TEXT,
  quantity      INTEGER,              -- NULL: uncounted
  overdraft     INTEGER,
  sa_date       TEXT,
  expires       TEXT,                 -- YYYY-MM-DD, 'permanent', NULL = not told
  kind          TEXT,
  serial_number TEXT,
  csp           INTEGER NOT NULL,
  PRIMARY KEY (license_set, file, line)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER description_insert BEFORE INSERT ON description
WHEN EXISTS (SELECT 1 FROM description WHERE id = NEW.id OR digest = NEW.digest) BEGIN
  SELECT RAISE(ABORT, 'SEAT-A10: what was received stays as it is');
END;
CREATE TRIGGER description_item_insert BEFORE INSERT ON description_item
WHEN EXISTS (SELECT 1 FROM description_item WHERE description = NEW.description AND object = NEW.object) BEGIN
  SELECT RAISE(ABORT, 'SEAT-A10: what was received stays as it is');
END;
CREATE TRIGGER license_set_insert BEFORE INSERT ON license_set
WHEN EXISTS (SELECT 1 FROM license_set WHERE id = NEW.id OR digest = NEW.digest) BEGIN
  SELECT RAISE(ABORT, 'SEAT-A10: what was received stays as it is');
END;
CREATE TRIGGER license_file_line_insert BEFORE INSERT ON license_file_line
WHEN EXISTS (SELECT 1 FROM license_file_line WHERE license_set = NEW.license_set AND file = NEW.file
  AND line = NEW.line) BEGIN
  SELECT RAISE(ABORT, 'SEAT-A10: what was received stays as it is');
END;
CREATE TRIGGER description_update BEFORE UPDATE ON description BEGIN
  SELECT seat_require(0, 'SEAT-A10', 'what was received stays as it is');
END;
CREATE TRIGGER description_delete BEFORE DELETE ON description BEGIN
  SELECT seat_require(0, 'SEAT-A10', 'what was received stays as it is');
END;
CREATE TRIGGER description_item_update BEFORE UPDATE ON description_item BEGIN
  SELECT seat_require(0, 'SEAT-A10', 'what was received stays as it is');
END;
CREATE TRIGGER description_item_delete BEFORE DELETE ON description_item BEGIN
  SELECT seat_require(0, 'SEAT-A10', 'what was received stays as it is');
END;
CREATE TRIGGER license_set_update BEFORE UPDATE ON license_set BEGIN
  SELECT seat_require(0, 'SEAT-A10', 'what was received stays as it is');
END;
CREATE TRIGGER license_set_delete BEFORE DELETE ON license_set BEGIN
  SELECT seat_require(0, 'SEAT-A10', 'what was received stays as it is');
END;
CREATE TRIGGER license_file_line_update BEFORE UPDATE ON license_file_line BEGIN
  SELECT seat_require(0, 'SEAT-A10', 'what was received stays as it is');
END;
CREATE TRIGGER license_file_line_delete BEFORE DELETE ON license_file_line BEGIN
  SELECT seat_require(0, 'SEAT-A10', 'what was received stays as it is');
END;

------------------------------------------------------------------------------------------------
-- 4  What was seen
------------------------------------------------------------------------------------------------

-- One list of users: a period, a feature, a source (license server or delivery group). `digest` is
-- that of the last list that was taken in, `digest_payload` where it stood: a list with the same
-- digest that is not older says nothing new and is skipped whole.
CREATE TABLE usage_list (
  id             INTEGER PRIMARY KEY CHECK (id > 0),
  period         INTEGER NOT NULL,    -- 202610
  feature        INTEGER NOT NULL REFERENCES feature (id),
  source         INTEGER NOT NULL REFERENCES object (id),
  digest         BLOB,
  digest_payload INTEGER REFERENCES payload (id),
  UNIQUE (period, feature, source)
) STRICT;

-- The fact: in this period, this source saw this user check out this feature; the payload is the
-- earliest that says so. No foreign keys here: two look-ups a row were a third of an import.
CREATE TABLE usage (
  list    INTEGER NOT NULL,
  user    INTEGER NOT NULL,
  payload INTEGER NOT NULL,
  PRIMARY KEY (list, user)
) STRICT, WITHOUT ROWID;

-- Facts that came after their period was closed. `carried_in`: the statement that lists them.
CREATE TABLE late_usage (
  list       INTEGER NOT NULL,
  user       INTEGER NOT NULL,
  payload    INTEGER NOT NULL,
  carried_in TEXT,
  PRIMARY KEY (list, user)
) STRICT, WITHOUT ROWID;
-- What the next statement will list.
CREATE INDEX late_usage_uncarried ON late_usage (list) WHERE carried_in IS NULL;

-- Devices are kept and shown, and never counted.
CREATE TABLE device_usage (
  list INTEGER NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (list, name)
) STRICT, WITHOUT ROWID;

-- The greatest number in use at once that any payload told.
CREATE TABLE peak (
  period  INTEGER NOT NULL,
  feature INTEGER NOT NULL REFERENCES feature (id),
  source  INTEGER NOT NULL REFERENCES object (id),
  peak    INTEGER NOT NULL,
  PRIMARY KEY (period, feature, source)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER device_usage_insert BEFORE INSERT ON device_usage
WHEN EXISTS (SELECT 1 FROM device_usage WHERE list = NEW.list AND name = NEW.name) BEGIN
  SELECT RAISE(IGNORE);
END;
CREATE TRIGGER device_usage_update BEFORE UPDATE ON device_usage BEGIN
  SELECT seat_require(0, 'SEAT-A10', 'what was received stays as it is');
END;
CREATE TRIGGER device_usage_delete BEFORE DELETE ON device_usage BEGIN
  SELECT seat_require(0, 'SEAT-A10', 'what was received stays as it is');
END;
CREATE TRIGGER peak_insert BEFORE INSERT ON peak
WHEN NEW.peak <= (SELECT peak FROM peak
    WHERE period = NEW.period AND feature = NEW.feature AND source = NEW.source) BEGIN
  SELECT RAISE(IGNORE);
END;
CREATE TRIGGER peak_update BEFORE UPDATE ON peak
WHEN NEW.peak < OLD.peak OR NEW.period <> OLD.period OR NEW.feature <> OLD.feature OR NEW.source <> OLD.source BEGIN
  SELECT seat_require(0, 'SEAT-A10', 'a peak only grows');
END;
CREATE TRIGGER peak_delete BEFORE DELETE ON peak BEGIN
  SELECT seat_require(0, 'SEAT-A10', 'what was received stays as it is');
END;

-- How the audit trail names a fact.
CREATE VIEW fact_label AS
SELECT g.list, g.user, u.key || ' in ' || printf('%04d-%02d', l.period / 100, l.period % 100) || ' on ' || o.public_id
  AS label
FROM usage g JOIN usage_list l ON l.id = g.list JOIN user u ON u.id = g.user JOIN object o ON o.id = l.source;

-- Facts of a closed period refuse to change. Those that arrive for it go to late_usage; a row
-- slipped in by hand is found by seat_verify, since the seal covers a digest of the facts.
CREATE TRIGGER usage_update BEFORE UPDATE ON usage BEGIN
  SELECT seat_require(NOT EXISTS (SELECT 1 FROM usage_list l
      JOIN statement s ON s.period >= printf('%04d-%02d', l.period / 100, l.period % 100)
      WHERE l.id IN (OLD.list, NEW.list)), 'SEAT-P07', 'usage of a closed billing period cannot change');
  UPDATE revision SET counted = counted + 1;
END;
CREATE TRIGGER usage_delete BEFORE DELETE ON usage BEGIN
  SELECT seat_require(NOT EXISTS (SELECT 1 FROM usage_list l
      JOIN statement s ON s.period >= printf('%04d-%02d', l.period / 100, l.period % 100)
      WHERE l.id = OLD.list), 'SEAT-P07', 'usage of a closed billing period cannot be removed');
  SELECT seat_require_open(printf('%04d-%02d', l.period / 100, l.period % 100),
      r.at, r.lock_day, r.time_zone, r.closed_through, r.live_from)
    FROM lock_rule r, usage_list l WHERE l.id = OLD.list;
  -- Else the next list with the same digest would be skipped, and the fact stay lost.
  UPDATE usage_list SET digest = NULL, digest_payload = NULL WHERE id = OLD.list;
  INSERT INTO audit_entry VALUES ('usage',
    (SELECT label FROM fact_label WHERE list = OLD.list AND user = OLD.user), 'seen', NULL);
END;
-- The import never does this: it only moves a fact to an earlier payload.
CREATE TRIGGER usage_moved BEFORE UPDATE OF list, user ON usage WHEN NEW.list <> OLD.list OR NEW.user <> OLD.user BEGIN
  SELECT seat_require_open(printf('%04d-%02d', l.period / 100, l.period % 100),
      r.at, r.lock_day, r.time_zone, r.closed_through, r.live_from)
    FROM lock_rule r, usage_list l WHERE l.id IN (OLD.list, NEW.list)
      AND printf('%04d-%02d', l.period / 100, l.period % 100) > coalesce(r.closed_through, '');
  UPDATE usage_list SET digest = NULL, digest_payload = NULL WHERE id IN (OLD.list, NEW.list);
  INSERT INTO audit_entry VALUES ('usage',
    (SELECT label FROM fact_label WHERE list = OLD.list AND user = OLD.user), 'seen', NULL);
  INSERT INTO audit_entry VALUES ('usage',
    (SELECT coalesce(max(key), 'user ' || NEW.user) FROM user WHERE id = NEW.user) || ' in list ' || NEW.list,
    NULL, 'seen');
END;
CREATE TRIGGER usage_list_insert BEFORE INSERT ON usage_list
WHEN EXISTS (SELECT 1 FROM usage_list
    WHERE id = NEW.id OR (period = NEW.period AND feature = NEW.feature AND source = NEW.source)) BEGIN
  SELECT seat_require(0, 'SEAT-P07', 'this usage list exists');
END;
CREATE TRIGGER usage_list_update BEFORE UPDATE OF id, period, feature, source ON usage_list BEGIN
  SELECT seat_require(0, 'SEAT-P07', 'a usage list keeps its period, feature and source');
END;
CREATE TRIGGER usage_list_delete BEFORE DELETE ON usage_list BEGIN
  SELECT seat_require(0, 'SEAT-P07', 'usage lists are not removed');
END;
-- Usage changes only together with its list's digest.
CREATE TRIGGER usage_list_touched AFTER UPDATE OF digest, digest_payload ON usage_list BEGIN
  UPDATE revision SET counted = counted + 1;
END;
-- A statement takes late usage up before it is written; from then on neither changes.
CREATE TRIGGER late_usage_insert BEFORE INSERT ON late_usage WHEN NEW.carried_in IS NOT NULL
    OR EXISTS (SELECT 1 FROM late_usage WHERE list = NEW.list AND user = NEW.user AND carried_in IS NOT NULL) BEGIN
  SELECT seat_require(0, 'SEAT-P07', 'late usage that a statement carries cannot change');
END;
CREATE TRIGGER late_usage_update BEFORE UPDATE ON late_usage BEGIN
  SELECT seat_require(OLD.carried_in IS NULL, 'SEAT-P07', 'late usage that a statement carries cannot change');
  SELECT seat_require(NOT EXISTS (SELECT 1 FROM statement WHERE period >= NEW.carried_in),
    'SEAT-P07', 'a statement that is written takes up no more late usage');
END;
CREATE TRIGGER late_usage_delete BEFORE DELETE ON late_usage BEGIN
  SELECT seat_require(OLD.carried_in IS NULL, 'SEAT-P07', 'late usage that a statement carries cannot be removed');
  UPDATE usage_list SET digest = NULL, digest_payload = NULL WHERE id = OLD.list;
  INSERT INTO audit_entry VALUES ('late usage',
    (SELECT coalesce(max(key), 'user ' || OLD.user) FROM user WHERE id = OLD.user) || ' in list ' || OLD.list,
    'seen', NULL);
END;
CREATE TRIGGER late_usage_moved BEFORE UPDATE OF list, user ON late_usage
WHEN NEW.list <> OLD.list OR NEW.user <> OLD.user BEGIN
  SELECT seat_require(0, 'SEAT-P07', 'a late fact keeps its list and user');
END;

------------------------------------------------------------------------------------------------
-- 5  What people decided: dated, and locked with its period
------------------------------------------------------------------------------------------------

-- When and by whom: one row serves a batch of thousands.
CREATE TABLE change (
  id INTEGER PRIMARY KEY CHECK (id > 0),
  at TEXT NOT NULL CHECK (at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z'),
  by TEXT NOT NULL,
  UNIQUE (at, by)
) STRICT;
CREATE TRIGGER change_insert BEFORE INSERT ON change
WHEN EXISTS (SELECT 1 FROM change WHERE id = NEW.id OR (at = NEW.at AND by = NEW.by)) BEGIN
  SELECT seat_require(0, 'SEAT-P07', 'this change is on record');
END;
CREATE TRIGGER change_update BEFORE UPDATE ON change BEGIN
  SELECT seat_require(0, 'SEAT-P07', 'a change on record stays as it is');
END;
CREATE TRIGGER change_delete BEFORE DELETE ON change BEGIN
  SELECT seat_require(0, 'SEAT-P07', 'a change on record stays as it is');
END;

-- Since billing period `since`, the object belongs to the customer (NULL: to none). Integers only:
-- 900,000 rows are scanned for every count. No second unique key: INSERT OR REPLACE would remove a
-- row of a locked period through it.
CREATE TABLE assignment_row (
  kind     INTEGER NOT NULL REFERENCES object_kind (id),
  object   INTEGER NOT NULL,          -- user.id for kind 0, else object.id
  since    INTEGER NOT NULL,          -- 202610
  customer INTEGER REFERENCES customer (id),
  change   INTEGER NOT NULL REFERENCES change (id),
  PRIMARY KEY (kind, object, since)
) STRICT, WITHOUT ROWID;

-- The user or license server is free since `since`, for that reason (NULL: no longer free).
CREATE TABLE free_flag_row (
  kind   INTEGER NOT NULL CHECK (kind IN (0, 1)),
  object INTEGER NOT NULL,
  since  INTEGER NOT NULL,
  reason TEXT CHECK (reason IN ('trial', 'test', 'administrative')),
  note   TEXT,
  change INTEGER NOT NULL REFERENCES change (id),
  PRIMARY KEY (kind, object, since)
) STRICT, WITHOUT ROWID;

-- Since `since`, the facts of `user` count as those of `of_user` (NULL: as its own). No chains.
CREATE TABLE alias_row (
  user    INTEGER NOT NULL REFERENCES user (id),
  since   INTEGER NOT NULL,
  of_user INTEGER REFERENCES user (id),
  change  INTEGER NOT NULL REFERENCES change (id),
  PRIMARY KEY (user, since)
) STRICT, WITHOUT ROWID;

CREATE INDEX alias_row_by_of_user ON alias_row (of_user) WHERE of_user IS NOT NULL;

-- Since `since`, a bare name on this source is the user DOMAIN\name (NULL: no longer).
CREATE TABLE default_domain_row (
  source INTEGER NOT NULL REFERENCES object (id),
  since  INTEGER NOT NULL,
  domain TEXT,
  change INTEGER NOT NULL REFERENCES change (id),
  PRIMARY KEY (source, since)
) STRICT, WITHOUT ROWID;

-- The guards. A new or changed row is judged by the later of its own instant and the commit's, a
-- removed one by the commit's, a changed one by its old and its new period: else a back-dated row,
-- an UPDATE that keeps its old changed_at, or a DELETE would pass. A row keeps its object: turned
-- into one of another object, a clearing row would uncover what it cleared.

-- How the audit trail names what a row is about.
CREATE VIEW object_label AS
SELECT 0 AS kind, id, 'user ' || key AS label FROM user
UNION ALL
SELECT o.kind, o.id, k.name || ' ' || o.public_id FROM object o JOIN object_kind k ON k.id = o.kind;

CREATE TRIGGER assignment_insert BEFORE INSERT ON assignment_row BEGIN
  SELECT seat_require(r.suspected IS NULL, 'SEAT-P10', 'expected a date that is believed, found a clock in doubt'),
    seat_require_open(printf('%04d-%02d', NEW.since / 100, NEW.since % 100),
      max(r.at, (SELECT at FROM change WHERE id = NEW.change)), r.lock_day, r.time_zone, r.closed_through, r.live_from)
    FROM lock_rule r;
  SELECT seat_require(CASE NEW.kind WHEN 0 THEN EXISTS (SELECT 1 FROM user WHERE id = NEW.object)
      ELSE NEW.kind < 5 AND EXISTS (SELECT 1 FROM object WHERE id = NEW.object AND kind = NEW.kind) END,
    'SEAT-A02', 'expected a known object, found none with this id');
  SELECT seat_require(NEW.customer IS NULL OR EXISTS (SELECT 1 FROM customer WHERE id = NEW.customer),
    'SEAT-A03', 'expected a known customer, found none with this id');
  SELECT seat_require(0, 'SEAT-A04', 'the customer ' || quote(name) || ' is archived and takes no new assignments')
    FROM customer WHERE id = NEW.customer AND archived_at IS NOT NULL;
  INSERT INTO audit_entry VALUES ('assignment',
    (SELECT label FROM object_label WHERE kind = NEW.kind AND id = NEW.object)
      || ' since ' || printf('%04d-%02d', NEW.since / 100, NEW.since % 100),
    (SELECT coalesce((SELECT public_id FROM customer WHERE id = b.customer), '(none)')
      FROM assignment_row b WHERE b.kind = NEW.kind AND b.object = NEW.object AND b.since = NEW.since),
    coalesce((SELECT public_id FROM customer WHERE id = NEW.customer), '(none)'));
  UPDATE revision SET counted = counted + 1;
END;
CREATE TRIGGER assignment_update BEFORE UPDATE ON assignment_row BEGIN
  SELECT seat_require(r.suspected IS NULL, 'SEAT-P10', 'expected a date that is believed, found a clock in doubt'),
    seat_require_open(printf('%04d-%02d', OLD.since / 100, OLD.since % 100),
      max(r.at, (SELECT at FROM change WHERE id = NEW.change)), r.lock_day, r.time_zone, r.closed_through, r.live_from)
    FROM lock_rule r;
  SELECT seat_require_open(printf('%04d-%02d', NEW.since / 100, NEW.since % 100),
      max(r.at, (SELECT at FROM change WHERE id = NEW.change)), r.lock_day, r.time_zone, r.closed_through, r.live_from)
    FROM lock_rule r;
  SELECT seat_require(NEW.kind = OLD.kind AND NEW.object = OLD.object,
    'SEAT-A02', 'a row keeps its object: remove it and insert another');
  SELECT seat_require(CASE NEW.kind WHEN 0 THEN EXISTS (SELECT 1 FROM user WHERE id = NEW.object)
      ELSE NEW.kind < 5 AND EXISTS (SELECT 1 FROM object WHERE id = NEW.object AND kind = NEW.kind) END,
    'SEAT-A02', 'expected a known object, found none with this id');
  SELECT seat_require(NEW.customer IS NULL OR EXISTS (SELECT 1 FROM customer WHERE id = NEW.customer),
    'SEAT-A03', 'expected a known customer, found none with this id');
  SELECT seat_require(0, 'SEAT-A04', 'the customer ' || quote(name) || ' is archived and takes no new assignments')
    FROM customer WHERE id = NEW.customer AND archived_at IS NOT NULL;
  INSERT INTO audit_entry VALUES ('assignment',
    (SELECT label FROM object_label WHERE kind = NEW.kind AND id = NEW.object)
      || ' since ' || printf('%04d-%02d', NEW.since / 100, NEW.since % 100),
    coalesce((SELECT public_id FROM customer WHERE id = OLD.customer), '(none)')
      || iif(NEW.since = OLD.since, '', ' since ' || printf('%04d-%02d', OLD.since / 100, OLD.since % 100)),
    coalesce((SELECT public_id FROM customer WHERE id = NEW.customer), '(none)'));
  UPDATE revision SET counted = counted + 1;
END;
CREATE TRIGGER assignment_delete BEFORE DELETE ON assignment_row BEGIN
  SELECT seat_require(r.suspected IS NULL, 'SEAT-P10', 'expected a date that is believed, found a clock in doubt'),
    seat_require_open(printf('%04d-%02d', OLD.since / 100, OLD.since % 100),
      r.at, r.lock_day, r.time_zone, r.closed_through, r.live_from)
    FROM lock_rule r;
  INSERT INTO audit_entry VALUES ('assignment',
    (SELECT label FROM object_label WHERE kind = OLD.kind AND id = OLD.object)
      || ' since ' || printf('%04d-%02d', OLD.since / 100, OLD.since % 100),
    coalesce((SELECT public_id FROM customer WHERE id = OLD.customer), '(none)'),
    NULL);
  UPDATE revision SET counted = counted + 1;
END;

CREATE TRIGGER free_flag_insert BEFORE INSERT ON free_flag_row BEGIN
  SELECT seat_require(r.suspected IS NULL, 'SEAT-P10', 'expected a date that is believed, found a clock in doubt'),
    seat_require_open(printf('%04d-%02d', NEW.since / 100, NEW.since % 100),
      max(r.at, (SELECT at FROM change WHERE id = NEW.change)), r.lock_day, r.time_zone, r.closed_through, r.live_from)
    FROM lock_rule r;
  SELECT seat_require(CASE NEW.kind WHEN 0 THEN EXISTS (SELECT 1 FROM user WHERE id = NEW.object)
      ELSE EXISTS (SELECT 1 FROM object WHERE id = NEW.object AND kind = 1) END,
    'SEAT-A02', 'expected a known user or license server, found none with this id');
  INSERT INTO audit_entry VALUES ('free flag',
    (SELECT label FROM object_label WHERE kind = NEW.kind AND id = NEW.object)
      || ' since ' || printf('%04d-%02d', NEW.since / 100, NEW.since % 100),
    (SELECT coalesce(b.reason || coalesce(': ' || b.note, ''), '(none)')
      FROM free_flag_row b WHERE b.kind = NEW.kind AND b.object = NEW.object AND b.since = NEW.since),
    coalesce(NEW.reason || coalesce(': ' || NEW.note, ''), '(none)'));
  UPDATE revision SET counted = counted + 1;
END;
CREATE TRIGGER free_flag_update BEFORE UPDATE ON free_flag_row BEGIN
  SELECT seat_require(r.suspected IS NULL, 'SEAT-P10', 'expected a date that is believed, found a clock in doubt'),
    seat_require_open(printf('%04d-%02d', OLD.since / 100, OLD.since % 100),
      max(r.at, (SELECT at FROM change WHERE id = NEW.change)), r.lock_day, r.time_zone, r.closed_through, r.live_from)
    FROM lock_rule r;
  SELECT seat_require_open(printf('%04d-%02d', NEW.since / 100, NEW.since % 100),
      max(r.at, (SELECT at FROM change WHERE id = NEW.change)), r.lock_day, r.time_zone, r.closed_through, r.live_from)
    FROM lock_rule r;
  SELECT seat_require(NEW.kind = OLD.kind AND NEW.object = OLD.object,
    'SEAT-A02', 'a row keeps its object: remove it and insert another');
  SELECT seat_require(CASE NEW.kind WHEN 0 THEN EXISTS (SELECT 1 FROM user WHERE id = NEW.object)
      ELSE EXISTS (SELECT 1 FROM object WHERE id = NEW.object AND kind = 1) END,
    'SEAT-A02', 'expected a known user or license server, found none with this id');
  INSERT INTO audit_entry VALUES ('free flag',
    (SELECT label FROM object_label WHERE kind = NEW.kind AND id = NEW.object)
      || ' since ' || printf('%04d-%02d', NEW.since / 100, NEW.since % 100),
    coalesce(OLD.reason || coalesce(': ' || OLD.note, ''), '(none)')
      || iif(NEW.since = OLD.since, '', ' since ' || printf('%04d-%02d', OLD.since / 100, OLD.since % 100)),
    coalesce(NEW.reason || coalesce(': ' || NEW.note, ''), '(none)'));
  UPDATE revision SET counted = counted + 1;
END;
CREATE TRIGGER free_flag_delete BEFORE DELETE ON free_flag_row BEGIN
  SELECT seat_require(r.suspected IS NULL, 'SEAT-P10', 'expected a date that is believed, found a clock in doubt'),
    seat_require_open(printf('%04d-%02d', OLD.since / 100, OLD.since % 100),
      r.at, r.lock_day, r.time_zone, r.closed_through, r.live_from)
    FROM lock_rule r;
  INSERT INTO audit_entry VALUES ('free flag',
    (SELECT label FROM object_label WHERE kind = OLD.kind AND id = OLD.object)
      || ' since ' || printf('%04d-%02d', OLD.since / 100, OLD.since % 100),
    coalesce(OLD.reason || coalesce(': ' || OLD.note, ''), '(none)'),
    NULL);
  UPDATE revision SET counted = counted + 1;
END;

CREATE TRIGGER alias_insert BEFORE INSERT ON alias_row BEGIN
  SELECT seat_require(r.suspected IS NULL, 'SEAT-P10', 'expected a date that is believed, found a clock in doubt'),
    seat_require_open(printf('%04d-%02d', NEW.since / 100, NEW.since % 100),
      max(r.at, (SELECT at FROM change WHERE id = NEW.change)), r.lock_day, r.time_zone, r.closed_through, r.live_from)
    FROM lock_rule r;
  SELECT seat_require(EXISTS (SELECT 1 FROM user WHERE id = NEW.user)
      AND (NEW.of_user IS NULL OR EXISTS (SELECT 1 FROM user WHERE id = NEW.of_user)),
    'SEAT-A02', 'expected known users, found none with this id');
  SELECT seat_require(NEW.of_user IS NOT NEW.user, 'SEAT-A13', 'expected two users, found '
    || (SELECT quote(name) FROM user WHERE id = NEW.user) || ' twice: a user cannot be an alias of itself');
  INSERT INTO audit_entry VALUES ('alias',
    (SELECT label FROM object_label WHERE kind = 0 AND id = NEW.user)
      || ' since ' || printf('%04d-%02d', NEW.since / 100, NEW.since % 100),
    (SELECT coalesce((SELECT key FROM user WHERE id = b.of_user), '(none)')
      FROM alias_row b WHERE b.user = NEW.user AND b.since = NEW.since),
    coalesce((SELECT key FROM user WHERE id = NEW.of_user), '(none)'));
  UPDATE revision SET counted = counted + 1;
END;
CREATE TRIGGER alias_update BEFORE UPDATE ON alias_row BEGIN
  SELECT seat_require(r.suspected IS NULL, 'SEAT-P10', 'expected a date that is believed, found a clock in doubt'),
    seat_require_open(printf('%04d-%02d', OLD.since / 100, OLD.since % 100),
      max(r.at, (SELECT at FROM change WHERE id = NEW.change)), r.lock_day, r.time_zone, r.closed_through, r.live_from)
    FROM lock_rule r;
  SELECT seat_require_open(printf('%04d-%02d', NEW.since / 100, NEW.since % 100),
      max(r.at, (SELECT at FROM change WHERE id = NEW.change)), r.lock_day, r.time_zone, r.closed_through, r.live_from)
    FROM lock_rule r;
  SELECT seat_require(NEW.user = OLD.user,
    'SEAT-A02', 'a row keeps its object: remove it and insert another');
  SELECT seat_require(EXISTS (SELECT 1 FROM user WHERE id = NEW.user)
      AND (NEW.of_user IS NULL OR EXISTS (SELECT 1 FROM user WHERE id = NEW.of_user)),
    'SEAT-A02', 'expected known users, found none with this id');
  SELECT seat_require(NEW.of_user IS NOT NEW.user, 'SEAT-A13', 'expected two users, found '
    || (SELECT quote(name) FROM user WHERE id = NEW.user) || ' twice: a user cannot be an alias of itself');
  INSERT INTO audit_entry VALUES ('alias',
    (SELECT label FROM object_label WHERE kind = 0 AND id = NEW.user)
      || ' since ' || printf('%04d-%02d', NEW.since / 100, NEW.since % 100),
    coalesce((SELECT key FROM user WHERE id = OLD.of_user), '(none)')
      || iif(NEW.since = OLD.since, '', ' since ' || printf('%04d-%02d', OLD.since / 100, OLD.since % 100)),
    coalesce((SELECT key FROM user WHERE id = NEW.of_user), '(none)'));
  UPDATE revision SET counted = counted + 1;
END;
CREATE TRIGGER alias_delete BEFORE DELETE ON alias_row BEGIN
  SELECT seat_require(r.suspected IS NULL, 'SEAT-P10', 'expected a date that is believed, found a clock in doubt'),
    seat_require_open(printf('%04d-%02d', OLD.since / 100, OLD.since % 100),
      r.at, r.lock_day, r.time_zone, r.closed_through, r.live_from)
    FROM lock_rule r;
  INSERT INTO audit_entry VALUES ('alias',
    (SELECT label FROM object_label WHERE kind = 0 AND id = OLD.user)
      || ' since ' || printf('%04d-%02d', OLD.since / 100, OLD.since % 100),
    coalesce((SELECT key FROM user WHERE id = OLD.of_user), '(none)'),
    NULL);
  UPDATE revision SET counted = counted + 1;
END;

-- No chains [R]: who counts as another is named by nobody, for every period in which both rows are in effect.
-- Held for what a removal brings back, too.
CREATE VIEW alias_span AS
SELECT user, since, of_user,
  coalesce((SELECT min(since) FROM alias_row n WHERE n.user = a.user AND n.since > a.since), 999999) AS until
FROM alias_row a WHERE of_user IS NOT NULL;
CREATE VIEW alias_chain AS
SELECT x.user, x.of_user AS middle,
  'expected users who count as nobody else, found that from ' || printf('%04d-%02d', max(x.since, y.since) / 100,
    max(x.since, y.since) % 100) || ' on ' || (SELECT quote(name) FROM user WHERE id = x.user)
    || ' would count as ' || (SELECT quote(name) FROM user WHERE id = x.of_user) || ', who counts as '
    || (SELECT quote(name) FROM user WHERE id = y.of_user) AS told
FROM alias_span x JOIN alias_span y ON y.user = x.of_user
WHERE x.since < y.until AND y.since < x.until;
CREATE TRIGGER alias_chain_insert AFTER INSERT ON alias_row BEGIN
  SELECT seat_require(0, 'SEAT-A13', told) FROM alias_chain WHERE user = NEW.user LIMIT 1;
  SELECT seat_require(0, 'SEAT-A13', told) FROM alias_chain WHERE middle = NEW.user LIMIT 1;
END;
CREATE TRIGGER alias_chain_update AFTER UPDATE ON alias_row BEGIN
  SELECT seat_require(0, 'SEAT-A13', told) FROM alias_chain WHERE user = NEW.user LIMIT 1;
  SELECT seat_require(0, 'SEAT-A13', told) FROM alias_chain WHERE middle = NEW.user LIMIT 1;
END;
CREATE TRIGGER alias_chain_delete AFTER DELETE ON alias_row BEGIN
  SELECT seat_require(0, 'SEAT-A13', told) FROM alias_chain WHERE user = OLD.user LIMIT 1;
  SELECT seat_require(0, 'SEAT-A13', told) FROM alias_chain WHERE middle = OLD.user LIMIT 1;
END;

CREATE TRIGGER default_domain_insert BEFORE INSERT ON default_domain_row BEGIN
  SELECT seat_require(r.suspected IS NULL, 'SEAT-P10', 'expected a date that is believed, found a clock in doubt'),
    seat_require_open(printf('%04d-%02d', NEW.since / 100, NEW.since % 100),
      max(r.at, (SELECT at FROM change WHERE id = NEW.change)), r.lock_day, r.time_zone, r.closed_through, r.live_from)
    FROM lock_rule r;
  SELECT seat_require(EXISTS (SELECT 1 FROM object WHERE id = NEW.source AND kind IN (1, 3)),
    'SEAT-A02', 'expected a license server or delivery group, found none with this id');
  INSERT INTO audit_entry VALUES ('default domain',
    (SELECT label FROM object_label WHERE kind IN (1, 3) AND id = NEW.source)
      || ' since ' || printf('%04d-%02d', NEW.since / 100, NEW.since % 100),
    (SELECT coalesce(b.domain, '(none)')
      FROM default_domain_row b WHERE b.source = NEW.source AND b.since = NEW.since),
    coalesce(NEW.domain, '(none)'));
  UPDATE revision SET counted = counted + 1;
END;
CREATE TRIGGER default_domain_update BEFORE UPDATE ON default_domain_row BEGIN
  SELECT seat_require(r.suspected IS NULL, 'SEAT-P10', 'expected a date that is believed, found a clock in doubt'),
    seat_require_open(printf('%04d-%02d', OLD.since / 100, OLD.since % 100),
      max(r.at, (SELECT at FROM change WHERE id = NEW.change)), r.lock_day, r.time_zone, r.closed_through, r.live_from)
    FROM lock_rule r;
  SELECT seat_require_open(printf('%04d-%02d', NEW.since / 100, NEW.since % 100),
      max(r.at, (SELECT at FROM change WHERE id = NEW.change)), r.lock_day, r.time_zone, r.closed_through, r.live_from)
    FROM lock_rule r;
  SELECT seat_require(NEW.source = OLD.source,
    'SEAT-A02', 'a row keeps its object: remove it and insert another');
  SELECT seat_require(EXISTS (SELECT 1 FROM object WHERE id = NEW.source AND kind IN (1, 3)),
    'SEAT-A02', 'expected a license server or delivery group, found none with this id');
  INSERT INTO audit_entry VALUES ('default domain',
    (SELECT label FROM object_label WHERE kind IN (1, 3) AND id = NEW.source)
      || ' since ' || printf('%04d-%02d', NEW.since / 100, NEW.since % 100),
    coalesce(OLD.domain, '(none)')
      || iif(NEW.since = OLD.since, '', ' since ' || printf('%04d-%02d', OLD.since / 100, OLD.since % 100)),
    coalesce(NEW.domain, '(none)'));
  UPDATE revision SET counted = counted + 1;
END;
CREATE TRIGGER default_domain_delete BEFORE DELETE ON default_domain_row BEGIN
  SELECT seat_require(r.suspected IS NULL, 'SEAT-P10', 'expected a date that is believed, found a clock in doubt'),
    seat_require_open(printf('%04d-%02d', OLD.since / 100, OLD.since % 100),
      r.at, r.lock_day, r.time_zone, r.closed_through, r.live_from)
    FROM lock_rule r;
  INSERT INTO audit_entry VALUES ('default domain',
    (SELECT label FROM object_label WHERE kind IN (1, 3) AND id = OLD.source)
      || ' since ' || printf('%04d-%02d', OLD.since / 100, OLD.since % 100),
    coalesce(OLD.domain, '(none)'),
    NULL);
  UPDATE revision SET counted = counted + 1;
END;

-- A site is assigned as a whole or by its delivery groups, never both [D]. Held for every period
-- from the changed one on, and for what a removal brings back.
CREATE VIEW site_conflict AS
SELECT s.id AS site, g.id AS delivery_group, p.since AS since,
  (SELECT name FROM customer WHERE id = (SELECT customer FROM assignment_row
     WHERE kind = 2 AND object = s.id AND since <= p.since ORDER BY since DESC LIMIT 1)) AS site_customer,
  (SELECT name FROM customer WHERE id = (SELECT customer FROM assignment_row
     WHERE kind = 3 AND object = g.id AND since <= p.since ORDER BY since DESC LIMIT 1)) AS group_customer
FROM object s
JOIN object g ON g.parent = s.id AND g.kind = 3
JOIN assignment_row p ON p.kind IN (2, 3) AND p.object IN (s.id, g.id)
WHERE s.kind = 2 AND site_customer IS NOT NULL AND group_customer IS NOT NULL;

-- The same in words, for someone who assigns the site or the delivery group.
CREATE VIEW site_conflict_told AS
SELECT c.site, c.delivery_group,
  'expected no assigned delivery group in site ' || s.name || ', found ' || g.name || ' assigned to '
    || c.group_customer || ' in ' || printf('%04d-%02d', c.since / 100, c.since % 100) || ': clear that first'
    AS of_site,
  'expected no assignment of site ' || s.name || ' beside its delivery group ' || g.name || ', found it assigned to '
    || c.site_customer || ' in ' || printf('%04d-%02d', c.since / 100, c.since % 100) || ': clear that first'
    AS of_group
FROM site_conflict c JOIN object_now s ON s.id = c.site JOIN object_now g ON g.id = c.delivery_group;

CREATE TRIGGER assignment_exclusive_insert AFTER INSERT ON assignment_row WHEN NEW.kind IN (2, 3) BEGIN
  SELECT seat_require(0, 'SEAT-A01', iif(NEW.kind = 2, of_site, of_group)) FROM site_conflict_told
  WHERE site = iif(NEW.kind = 2, NEW.object, (SELECT parent FROM object WHERE id = NEW.object))
    AND (NEW.kind = 2 OR delivery_group = NEW.object)
  LIMIT 1;
END;
CREATE TRIGGER assignment_exclusive_update AFTER UPDATE ON assignment_row WHEN NEW.kind IN (2, 3) BEGIN
  SELECT seat_require(0, 'SEAT-A01', iif(NEW.kind = 2, of_site, of_group)) FROM site_conflict_told
  WHERE site = iif(NEW.kind = 2, NEW.object, (SELECT parent FROM object WHERE id = NEW.object))
    AND (NEW.kind = 2 OR delivery_group = NEW.object)
  LIMIT 1;
END;
CREATE TRIGGER assignment_exclusive_delete AFTER DELETE ON assignment_row WHEN OLD.kind IN (2, 3) BEGIN
  SELECT seat_require(0, 'SEAT-A01', iif(OLD.kind = 2, of_site, of_group)) FROM site_conflict_told
  WHERE site = iif(OLD.kind = 2, OLD.object, (SELECT parent FROM object WHERE id = OLD.object))
    AND (OLD.kind = 2 OR delivery_group = OLD.object)
  LIMIT 1;
END;

-- What an assignment or flag can name, users by their key.
CREATE VIEW any_object AS
SELECT 'user' AS kind, id, key AS public_id FROM user
UNION ALL
SELECT k.name, o.id, o.public_id FROM object_kind k JOIN object o ON o.kind = k.id;

-- The table of assignments as people write it: INSERT, UPDATE and DELETE pass on to assignment_row
-- and its guards. A user may be given in any spelling, and need not be known yet.
CREATE VIEW assignment AS
SELECT k.name AS kind, coalesce(u.key, o.public_id) AS object_id,
  printf('%04d-%02d', a.since / 100, a.since % 100) AS since,
  c.public_id AS customer_id, h.at AS changed_at, h.by AS changed_by
FROM assignment_row a
JOIN object_kind k ON k.id = a.kind
JOIN change h ON h.id = a.change
LEFT JOIN user u ON a.kind = 0 AND u.id = a.object
LEFT JOIN object o ON a.kind <> 0 AND o.id = a.object
LEFT JOIN customer c ON c.id = a.customer;

CREATE TRIGGER assignment_view_insert INSTEAD OF INSERT ON assignment BEGIN
  SELECT seat_require(EXISTS (SELECT 1 FROM object_kind WHERE name = NEW.kind AND id < 5),
    'SEAT-A06', 'expected user, license-server, site, delivery-group or netscaler, found ' || quote(NEW.kind));
  SELECT seat_period_add(coalesce(NEW.since, ''), 0);
  SELECT seat_require(NEW.customer_id IS NULL OR EXISTS (SELECT 1 FROM customer WHERE public_id = NEW.customer_id),
    'SEAT-A03', 'expected the id of a customer, found ' || quote(NEW.customer_id));
  INSERT INTO user (key, name) SELECT seat_user_key(NEW.object_id), NEW.object_id
    WHERE NEW.kind = 'user' AND seat_user_key(NEW.object_id) <> ''
      AND NOT EXISTS (SELECT 1 FROM user WHERE key = seat_user_key(NEW.object_id));
  SELECT seat_require(EXISTS (SELECT 1 FROM any_object WHERE kind = NEW.kind AND public_id =
      CASE NEW.kind WHEN 'user' THEN seat_user_key(NEW.object_id) ELSE NEW.object_id END),
    'SEAT-A02', 'expected a known ' || NEW.kind || ', found ' || quote(NEW.object_id));
  INSERT INTO change (at, by) SELECT coalesce(NEW.changed_at, c.at), coalesce(NEW.changed_by, c.actor) FROM commit_now c
    WHERE NOT EXISTS (SELECT 1 FROM change
      WHERE at = coalesce(NEW.changed_at, c.at) AND by = coalesce(NEW.changed_by, c.actor));
  INSERT INTO assignment_row (kind, object, since, customer, change)
  SELECT k.id, o.id, CAST(replace(NEW.since, '-', '') AS INTEGER),
    (SELECT id FROM customer WHERE public_id = NEW.customer_id), h.id
  FROM commit_now c JOIN object_kind k ON k.name = NEW.kind
  JOIN any_object o ON o.kind = NEW.kind AND o.public_id =
      CASE NEW.kind WHEN 'user' THEN seat_user_key(NEW.object_id) ELSE NEW.object_id END
  JOIN change h ON h.at = coalesce(NEW.changed_at, c.at) AND h.by = coalesce(NEW.changed_by, c.actor);
END;
CREATE TRIGGER assignment_view_update INSTEAD OF UPDATE ON assignment BEGIN
  INSERT INTO change (at, by) SELECT coalesce(NEW.changed_at, c.at), coalesce(NEW.changed_by, c.actor) FROM commit_now c
    WHERE NOT EXISTS (SELECT 1 FROM change
      WHERE at = coalesce(NEW.changed_at, c.at) AND by = coalesce(NEW.changed_by, c.actor));
  SELECT seat_require(NEW.kind = OLD.kind AND NEW.object_id = OLD.object_id,
    'SEAT-A02', 'a row keeps its object: remove it and insert another');
  SELECT seat_period_add(coalesce(NEW.since, ''), 0);
  SELECT seat_require(NEW.customer_id IS NULL OR EXISTS (SELECT 1 FROM customer WHERE public_id = NEW.customer_id),
    'SEAT-A03', 'expected the id of a customer, found ' || quote(NEW.customer_id));
  UPDATE assignment_row SET since = CAST(replace(NEW.since, '-', '') AS INTEGER), (customer, change) =
    (SELECT (SELECT id FROM customer WHERE public_id = NEW.customer_id), h.id FROM commit_now c
      JOIN change h ON h.at = coalesce(NEW.changed_at, c.at) AND h.by = coalesce(NEW.changed_by, c.actor))
  WHERE kind = (SELECT id FROM object_kind WHERE name = OLD.kind)
    AND object = (SELECT id FROM any_object WHERE kind = OLD.kind AND public_id = OLD.object_id)
    AND since = CAST(replace(OLD.since, '-', '') AS INTEGER);
END;
CREATE TRIGGER assignment_view_delete INSTEAD OF DELETE ON assignment BEGIN
  DELETE FROM assignment_row
  WHERE kind = (SELECT id FROM object_kind WHERE name = OLD.kind)
    AND object = (SELECT id FROM any_object WHERE kind = OLD.kind AND public_id = OLD.object_id)
    AND since = CAST(replace(OLD.since, '-', '') AS INTEGER);
END;

-- Free flags in the same way; `reason` NULL ends one.
CREATE VIEW free_flag AS
SELECT k.name AS kind, coalesce(u.key, o.public_id) AS object_id,
  printf('%04d-%02d', f.since / 100, f.since % 100) AS since,
  f.reason AS reason, f.note AS note, h.at AS changed_at, h.by AS changed_by
FROM free_flag_row f
JOIN object_kind k ON k.id = f.kind
JOIN change h ON h.id = f.change
LEFT JOIN user u ON f.kind = 0 AND u.id = f.object
LEFT JOIN object o ON f.kind <> 0 AND o.id = f.object;

CREATE TRIGGER free_flag_view_insert INSTEAD OF INSERT ON free_flag BEGIN
  SELECT seat_require(EXISTS (SELECT 1 FROM object_kind WHERE name = NEW.kind AND id < 5),
    'SEAT-A06', 'expected user, license-server, site, delivery-group or netscaler, found ' || quote(NEW.kind));
  SELECT seat_period_add(coalesce(NEW.since, ''), 0);
  SELECT seat_require(NEW.kind IN ('user', 'license-server'),
    'SEAT-A06', 'expected user or license-server, found ' || NEW.kind);
  SELECT seat_require(NEW.reason IS NULL OR NEW.reason IN ('trial', 'test', 'administrative'),
    'SEAT-A07', 'expected trial, test or administrative, found ' || quote(NEW.reason));
  INSERT INTO user (key, name) SELECT seat_user_key(NEW.object_id), NEW.object_id
    WHERE NEW.kind = 'user' AND seat_user_key(NEW.object_id) <> ''
      AND NOT EXISTS (SELECT 1 FROM user WHERE key = seat_user_key(NEW.object_id));
  SELECT seat_require(EXISTS (SELECT 1 FROM any_object WHERE kind = NEW.kind AND public_id =
      CASE NEW.kind WHEN 'user' THEN seat_user_key(NEW.object_id) ELSE NEW.object_id END),
    'SEAT-A02', 'expected a known ' || NEW.kind || ', found ' || quote(NEW.object_id));
  INSERT INTO change (at, by) SELECT coalesce(NEW.changed_at, c.at), coalesce(NEW.changed_by, c.actor) FROM commit_now c
    WHERE NOT EXISTS (SELECT 1 FROM change
      WHERE at = coalesce(NEW.changed_at, c.at) AND by = coalesce(NEW.changed_by, c.actor));
  INSERT INTO free_flag_row (kind, object, since, reason, note, change)
  SELECT k.id, o.id, CAST(replace(NEW.since, '-', '') AS INTEGER), NEW.reason, NEW.note, h.id
  FROM commit_now c JOIN object_kind k ON k.name = NEW.kind
  JOIN any_object o ON o.kind = NEW.kind AND o.public_id =
      CASE NEW.kind WHEN 'user' THEN seat_user_key(NEW.object_id) ELSE NEW.object_id END
  JOIN change h ON h.at = coalesce(NEW.changed_at, c.at) AND h.by = coalesce(NEW.changed_by, c.actor);
END;
CREATE TRIGGER free_flag_view_update INSTEAD OF UPDATE ON free_flag BEGIN
  INSERT INTO change (at, by) SELECT coalesce(NEW.changed_at, c.at), coalesce(NEW.changed_by, c.actor) FROM commit_now c
    WHERE NOT EXISTS (SELECT 1 FROM change
      WHERE at = coalesce(NEW.changed_at, c.at) AND by = coalesce(NEW.changed_by, c.actor));
  SELECT seat_require(NEW.kind = OLD.kind AND NEW.object_id = OLD.object_id,
    'SEAT-A02', 'a row keeps its object: remove it and insert another');
  SELECT seat_period_add(coalesce(NEW.since, ''), 0);
  SELECT seat_require(NEW.kind IN ('user', 'license-server'),
    'SEAT-A06', 'expected user or license-server, found ' || NEW.kind);
  SELECT seat_require(NEW.reason IS NULL OR NEW.reason IN ('trial', 'test', 'administrative'),
    'SEAT-A07', 'expected trial, test or administrative, found ' || quote(NEW.reason));
  UPDATE free_flag_row SET since = CAST(replace(NEW.since, '-', '') AS INTEGER), (reason, note, change) =
    (SELECT NEW.reason, NEW.note, h.id FROM commit_now c
      JOIN change h ON h.at = coalesce(NEW.changed_at, c.at) AND h.by = coalesce(NEW.changed_by, c.actor))
  WHERE kind = (SELECT id FROM object_kind WHERE name = OLD.kind)
    AND object = (SELECT id FROM any_object WHERE kind = OLD.kind AND public_id = OLD.object_id)
    AND since = CAST(replace(OLD.since, '-', '') AS INTEGER);
END;
CREATE TRIGGER free_flag_view_delete INSTEAD OF DELETE ON free_flag BEGIN
  DELETE FROM free_flag_row
  WHERE kind = (SELECT id FROM object_kind WHERE name = OLD.kind)
    AND object = (SELECT id FROM any_object WHERE kind = OLD.kind AND public_id = OLD.object_id)
    AND since = CAST(replace(OLD.since, '-', '') AS INTEGER);
END;

-- A bulk change: all that one person assigned, flagged or named at once, so that it can be taken back as a whole.
-- `undoes`: it took another one back. The rows of that other say what stood before; of an object that had
-- no row, `had` is 0. They are kept for a while, and nothing but an undo reads them. What a change of aliases
-- wrote differs from row to row, and stands there too: `to_user`.
CREATE TABLE batch (
  id        INTEGER PRIMARY KEY CHECK (id > 0),
  public_id TEXT NOT NULL UNIQUE,
  kind      TEXT NOT NULL CHECK (kind IN ('assign', 'free', 'alias', 'domain')),
  since     INTEGER NOT NULL,         -- 202610
  customer  INTEGER,                  -- of kind assign; NULL: to none
  reason    TEXT,                     -- of kind free, with the note; NULL: no longer
  note      TEXT,
  domain    TEXT,                     -- of kind domain; NULL: no longer
  change    INTEGER NOT NULL REFERENCES change (id),
  objects   INTEGER NOT NULL,
  undoes    INTEGER REFERENCES batch (id),
  undone_by INTEGER REFERENCES batch (id)
) STRICT;
CREATE TABLE batch_row (
  batch    INTEGER NOT NULL REFERENCES batch (id),
  kind     INTEGER NOT NULL,
  object   INTEGER NOT NULL,
  had      INTEGER NOT NULL CHECK (had IN (0, 1)),
  customer INTEGER,
  reason   TEXT,
  note     TEXT,
  of_user  INTEGER,
  to_user  INTEGER,
  domain   TEXT,
  change   INTEGER,
  PRIMARY KEY (batch, kind, object)
) STRICT, WITHOUT ROWID;
CREATE INDEX batch_by_change ON batch (change);

CREATE TRIGGER batch_insert BEFORE INSERT ON batch BEGIN
  SELECT seat_require(NOT EXISTS (SELECT 1 FROM batch WHERE id = NEW.id OR public_id = NEW.public_id),
    'SEAT-A10', 'this bulk change is on record');
  INSERT INTO audit_entry VALUES ('batch', NEW.public_id, NULL,
    coalesce('undo of ' || (SELECT public_id FROM batch WHERE id = NEW.undoes),
      iif(NEW.kind = 'alias', 'aliases', NEW.kind || ' '
          || coalesce((SELECT public_id FROM customer WHERE id = NEW.customer), NEW.reason, NEW.domain, '(none)'))
        || ' since ' || printf('%04d-%02d', NEW.since / 100, NEW.since % 100)));
END;
CREATE TRIGGER batch_update BEFORE UPDATE ON batch
WHEN (NEW.id, NEW.public_id, NEW.kind) <> (OLD.id, OLD.public_id, OLD.kind)
    OR (NEW.since, NEW.change) <> (OLD.since, OLD.change)
    OR (NEW.customer, NEW.reason, NEW.note) IS NOT (OLD.customer, OLD.reason, OLD.note)
    OR (NEW.domain, NEW.undoes) IS NOT (OLD.domain, OLD.undoes)
    OR OLD.undone_by IS NOT NULL BEGIN
  SELECT seat_require(0, 'SEAT-A10', 'a bulk change on record stays as it is');
END;
CREATE TRIGGER batch_delete BEFORE DELETE ON batch BEGIN
  SELECT seat_require(0, 'SEAT-A10', 'a bulk change on record stays as it is');
END;
CREATE TRIGGER batch_row_insert BEFORE INSERT ON batch_row
WHEN EXISTS (SELECT 1 FROM batch_row WHERE batch = NEW.batch AND kind = NEW.kind AND object = NEW.object) BEGIN
  SELECT seat_require(0, 'SEAT-A10', 'what a bulk change replaced stays on record');
END;
CREATE TRIGGER batch_row_update BEFORE UPDATE ON batch_row BEGIN
  SELECT seat_require(0, 'SEAT-A10', 'what a bulk change replaced stays on record');
END;

------------------------------------------------------------------------------------------------
-- 6  What is closed
------------------------------------------------------------------------------------------------

-- The frozen figures of one closed period. Rows first, the statement last: it seals them. `seal` is the
-- SHA-256 of the statement's canonical form (seat_canonical, docs/prove.md), which names the seal before.
CREATE TABLE statement (
  period            TEXT PRIMARY KEY,
  closed_at         TEXT NOT NULL,
  closed_by         TEXT NOT NULL,
  imported          INTEGER NOT NULL, -- 1: history from before live_from
  previous_seal     TEXT NOT NULL,    -- '' for the first
  seal              TEXT NOT NULL,
  organization_id   TEXT NOT NULL DEFAULT '', -- from here on: as they were set at the closing
  organization_name TEXT NOT NULL DEFAULT '',
  time_zone         TEXT NOT NULL DEFAULT '',
  lock_day          INTEGER NOT NULL DEFAULT 0,
  facts_sha256      TEXT NOT NULL DEFAULT ''  -- of what seat_facts told then
) STRICT, WITHOUT ROWID;

CREATE TABLE statement_row (
  period      TEXT NOT NULL,
  kind        TEXT NOT NULL CHECK (kind IN ('customer', 'unlinked', 'total', 'source')),
  customer_id TEXT,                   -- of kind customer
  customer    TEXT,                   -- its name at the closing
  source_kind TEXT,                   -- of kind source: license-server, delivery-group
  source      TEXT,
  source_name TEXT,
  feature     TEXT NOT NULL,
  product     TEXT NOT NULL,
  edition     TEXT NOT NULL,
  users       INTEGER NOT NULL,
  paid_users  INTEGER NOT NULL,
  free_users  INTEGER NOT NULL,
  overlap     INTEGER,                -- of kind total, as the next two
  entitled    INTEGER,
  overage     INTEGER
) STRICT;
CREATE INDEX statement_row_by_period ON statement_row (period, feature, kind);

-- The late usage that a statement carries: by how much it would move the rows of a month that was closed before.
CREATE TABLE statement_late (
  period      TEXT NOT NULL,          -- the statement that lists it
  of_period   TEXT NOT NULL,          -- the month that it is late from
  feature     TEXT NOT NULL,
  product     TEXT NOT NULL,
  edition     TEXT NOT NULL,
  customer_id TEXT,                   -- NULL: the unlinked row
  customer    TEXT,
  users       INTEGER NOT NULL,
  paid_users  INTEGER NOT NULL,
  free_users  INTEGER NOT NULL
) STRICT;
CREATE INDEX statement_late_by_period ON statement_late (period);
CREATE INDEX statement_late_of_period ON statement_late (of_period);

-- INSERT OR REPLACE passes UPDATE and DELETE triggers: hence the ones on INSERT.
CREATE TRIGGER statement_insert BEFORE INSERT ON statement BEGIN
  SELECT seat_period_add(NEW.period, 0);
  SELECT seat_require(NEW.period = seat_period_add(period, 1),
      'SEAT-P07', 'expected the month behind ' || period || ', found ' || NEW.period)
    FROM (SELECT max(period) AS period FROM statement) WHERE period IS NOT NULL;
  SELECT seat_require(suspected IS NULL, 'SEAT-P10', 'expected a date that is believed, found a clock in doubt'),
      seat_require(NEW.period < seat_period(at, time_zone),
        'SEAT-P08', 'expected a month that is over, found ' || NEW.period)
    FROM lock_rule;
  SELECT seat_require(NEW.period = printf('%04d-%02d', first / 100, first % 100),
      'SEAT-P09', 'expected the first month with usage, found ' || NEW.period)
    FROM (SELECT min(period) AS first FROM usage_list) WHERE NOT EXISTS (SELECT 1 FROM statement);
  SELECT seat_require(NEW.previous_seal = coalesce((SELECT seal FROM statement ORDER BY period DESC LIMIT 1), ''),
    'SEAT-P07', 'expected the seal of the statement before, found ' || quote(NEW.previous_seal));
  INSERT INTO audit_entry VALUES ('statement', NEW.period, NULL, NEW.seal);
  UPDATE revision SET counted = counted + 1;
END;
CREATE TRIGGER statement_update BEFORE UPDATE ON statement BEGIN
  SELECT seat_require(0, 'SEAT-P07', 'the statement of ' || OLD.period || ' is closed and never changes');
END;
CREATE TRIGGER statement_delete BEFORE DELETE ON statement BEGIN
  SELECT seat_require(0, 'SEAT-P07', 'the statement of ' || OLD.period || ' is closed and never changes');
END;
CREATE TRIGGER statement_row_insert BEFORE INSERT ON statement_row BEGIN
  SELECT seat_require(NOT EXISTS (SELECT 1 FROM statement WHERE period >= NEW.period)
      AND NOT EXISTS (SELECT 1 FROM statement_row WHERE rowid = NEW.rowid),
    'SEAT-P07', 'the statement of ' || NEW.period || ' is closed and never changes');
END;
CREATE TRIGGER statement_row_update BEFORE UPDATE ON statement_row BEGIN
  SELECT seat_require(0, 'SEAT-P07', 'the figures of ' || OLD.period || ' are closed and never change');
END;
-- A row that was slipped in before its month is closed can be removed: the closing does.
CREATE TRIGGER statement_row_delete BEFORE DELETE ON statement_row BEGIN
  SELECT seat_require(NOT EXISTS (SELECT 1 FROM statement WHERE period >= OLD.period),
    'SEAT-P07', 'the figures of ' || OLD.period || ' are closed and never change');
END;
CREATE TRIGGER statement_late_insert BEFORE INSERT ON statement_late BEGIN
  SELECT seat_require(NOT EXISTS (SELECT 1 FROM statement WHERE period >= NEW.period)
      AND NOT EXISTS (SELECT 1 FROM statement_late WHERE rowid = NEW.rowid),
    'SEAT-P07', 'the statement of ' || NEW.period || ' is closed and never changes');
END;
CREATE TRIGGER statement_late_update BEFORE UPDATE ON statement_late BEGIN
  SELECT seat_require(0, 'SEAT-P07', 'the figures of ' || OLD.period || ' are closed and never change');
END;
CREATE TRIGGER statement_late_delete BEFORE DELETE ON statement_late BEGIN
  SELECT seat_require(NOT EXISTS (SELECT 1 FROM statement WHERE period >= OLD.period),
    'SEAT-P07', 'the figures of ' || OLD.period || ' are closed and never change');
END;
CREATE TRIGGER statement_late_number AFTER INSERT ON statement_late WHEN NEW.rowid < 1 BEGIN
  SELECT seat_require(0, 'SEAT-P07', 'a row of a statement has a number above 0');
END;
-- SQLite gives a row without a number the number -1 until it is inserted.
CREATE TRIGGER statement_row_number AFTER INSERT ON statement_row WHEN NEW.rowid < 1 BEGIN
  SELECT seat_require(0, 'SEAT-P07', 'a row of a statement has a number above 0');
END;

-- The Ed25519 key that signs month bundles, made when the server first starts or a command needs it. It stays for
-- good: a receiver who has its fingerprint tells our bundles from others. Whoever reads this file can sign as we
-- do (docs/bundle.md).
CREATE TABLE installation_key (
  one         INTEGER PRIMARY KEY CHECK (one = 1),
  made_at     TEXT NOT NULL CHECK (made_at GLOB '????-??-??T??:??:??Z'),
  private_key BLOB NOT NULL,          -- PKCS#8
  public_key  BLOB NOT NULL CHECK (length(public_key) = 32),
  fingerprint TEXT NOT NULL CHECK (length(fingerprint) = 64) -- SHA-256 of the public key as SubjectPublicKeyInfo
) STRICT;
CREATE TRIGGER installation_key_insert BEFORE INSERT ON installation_key BEGIN
  SELECT seat_require(NOT EXISTS (SELECT 1 FROM installation_key),
    'SEAT-A10', 'the key of this installation stays');
  INSERT INTO audit_entry VALUES ('installation-key', NEW.fingerprint, NULL, 'made');
END;
CREATE TRIGGER installation_key_update BEFORE UPDATE ON installation_key BEGIN
  SELECT seat_require(0, 'SEAT-A10', 'the key of this installation stays');
END;
CREATE TRIGGER installation_key_delete BEFORE DELETE ON installation_key BEGIN
  SELECT seat_require(0, 'SEAT-A10', 'the key of this installation stays');
END;

------------------------------------------------------------------------------------------------
-- 7  The audit trail: append-only, each entry chained to the one before; and what left the house
------------------------------------------------------------------------------------------------

-- `hash` is seat_chain(hash of the entry before, canonical text of this one); the canonical text is
-- the seven other columns as SQL literals, joined by commas.
CREATE TABLE audit (
  id     INTEGER PRIMARY KEY,
  at     TEXT NOT NULL,
  actor  TEXT NOT NULL,               -- `sql`: past the program
  action TEXT NOT NULL,               -- what kind of thing changed
  object TEXT NOT NULL,
  before TEXT,
  after  TEXT,
  hash   TEXT NOT NULL
) STRICT;
CREATE VIEW audit_canonical AS
SELECT id, hash, coalesce(lag(hash) OVER (ORDER BY id), '') AS previous_hash,
  id || ',' || quote(at) || ',' || quote(actor) || ',' || quote(action) || ',' || quote(object)
    || ',' || quote(before) || ',' || quote(after) AS text
FROM audit;

-- The one way an entry comes about.
CREATE VIEW audit_entry AS SELECT action, object, before, after FROM audit;
-- VALUES, not SELECT: a SELECT would be kept in a temporary table first, once for each row of a batch.
CREATE TRIGGER audit_entry_insert INSTEAD OF INSERT ON audit_entry BEGIN
  INSERT INTO audit VALUES (
    (SELECT coalesce(max(id), 0) + 1 FROM audit), (SELECT at FROM commit_now), (SELECT actor FROM commit_now),
    NEW.action, NEW.object, NEW.before, NEW.after,
    seat_chain(coalesce((SELECT hash FROM audit ORDER BY id DESC LIMIT 1), ''),
      (SELECT coalesce(max(id), 0) + 1 FROM audit) || ',' || (SELECT quote(at) || ',' || quote(actor) FROM commit_now)
        || ',' || quote(NEW.action) || ',' || quote(NEW.object)
        || ',' || quote(NEW.before) || ',' || quote(NEW.after)));
END;
CREATE TRIGGER audit_insert BEFORE INSERT ON audit
WHEN NEW.id <> coalesce((SELECT max(id) FROM audit), 0) + 1 BEGIN
  SELECT seat_require(0, 'SEAT-A10', 'audit entries are added at the end');
END;
-- Where the trail ends, so that entries cut off at its end are missed.
CREATE TABLE audit_head (
  one     INTEGER PRIMARY KEY CHECK (one = 1),
  entries INTEGER NOT NULL,
  hash    TEXT NOT NULL
) STRICT;
INSERT INTO audit_head VALUES (1, 0, '');
CREATE TRIGGER audit_inserted AFTER INSERT ON audit BEGIN
  UPDATE audit_head SET entries = NEW.id, hash = NEW.hash;
END;
CREATE TRIGGER audit_head_insert BEFORE INSERT ON audit_head BEGIN
  SELECT RAISE(ABORT, 'SEAT-A10: audit_head keeps its one row');
END;
CREATE TRIGGER audit_head_update BEFORE UPDATE ON audit_head
WHEN NEW.entries <> OLD.entries + 1 OR NEW.hash IS NOT (SELECT hash FROM audit WHERE id = NEW.entries) BEGIN
  SELECT RAISE(ABORT, 'SEAT-A10: audit_head follows the trail');
END;
CREATE TRIGGER audit_head_delete BEFORE DELETE ON audit_head BEGIN
  SELECT RAISE(ABORT, 'SEAT-A10: audit_head keeps its one row');
END;
CREATE TRIGGER audit_update BEFORE UPDATE ON audit BEGIN
  SELECT seat_require(0, 'SEAT-A10', 'audit entries cannot be changed');
END;
CREATE TRIGGER audit_delete BEFORE DELETE ON audit BEGIN
  SELECT seat_require(0, 'SEAT-A10', 'audit entries cannot be removed');
END;

-- Files that were handed out to the end by the page of exports, each with its hash: whoever received one can show that
-- it left the house so.
CREATE TABLE export_made (
  id      INTEGER PRIMARY KEY CHECK (id > 0),
  made_at TEXT NOT NULL CHECK (made_at GLOB '????-??-??T??:??:??Z'),
  actor   TEXT NOT NULL,
  report  TEXT NOT NULL,
  form    TEXT NOT NULL,
  period  TEXT NOT NULL,               -- of a history the last month
  part    TEXT NOT NULL,               -- of it that was asked for, in words; empty: all
  file    TEXT NOT NULL,               -- its name
  bytes   INTEGER NOT NULL CHECK (bytes >= 0),
  sha256  TEXT NOT NULL CHECK (length(sha256) = 64 AND sha256 NOT GLOB '*[^0-9a-f]*')
) STRICT;
CREATE INDEX export_made_by_actor ON export_made (actor);
CREATE TRIGGER export_made_insert BEFORE INSERT ON export_made BEGIN
  SELECT seat_require(NOT EXISTS (SELECT 1 FROM export_made WHERE id = NEW.id), 'SEAT-A10', 'this export is on record');
  INSERT INTO audit_entry VALUES ('export', NEW.file, NULL, NEW.bytes || ' bytes, SHA-256 ' || NEW.sha256);
END;
CREATE TRIGGER export_made_update BEFORE UPDATE ON export_made BEGIN
  SELECT seat_require(0, 'SEAT-A10', 'an export on record stays as it is');
END;
CREATE TRIGGER export_made_delete BEFORE DELETE ON export_made BEGIN
  SELECT seat_require(0, 'SEAT-A10', 'an export on record stays as it is');
END;

------------------------------------------------------------------------------------------------
-- 8  Doors: who may enter
------------------------------------------------------------------------------------------------

-- Accounts sign in, API clients fetch tokens. Secrets stand here as digests alone, and never in the audit
-- trail: passwords as argon2id strings; session keys, tokens, clients' secrets and the first-run code,
-- which are random, as SHA-256 in hex. None of it touches what is counted.
CREATE TABLE account (
  id          INTEGER PRIMARY KEY CHECK (id > 0),
  public_id   TEXT NOT NULL UNIQUE,
  name        TEXT NOT NULL,
  name_key    TEXT NOT NULL UNIQUE,   -- seat_user_key(name)
  role        TEXT NOT NULL CHECK (role IN ('admin', 'operator', 'viewer', 'distributor')),
  password    TEXT NOT NULL CHECK (password GLOB '$argon2id$*'),
  theme       TEXT NOT NULL DEFAULT 'system' CHECK (theme IN ('system', 'light', 'dark')),
  created_at  TEXT NOT NULL,
  disabled_at TEXT,
  failures    INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0), -- sign-ins that failed since the last one
  next_try_at TEXT                    -- until then no sign-in is looked at
) STRICT;

CREATE TRIGGER account_insert BEFORE INSERT ON account BEGIN
  -- INSERT OR REPLACE would remove the account that has the name, past the delete trigger.
  SELECT seat_require(0, 'SEAT-K02', 'expected a new account, found that ' || quote(name) || ' exists')
    FROM account WHERE id = NEW.id OR public_id = NEW.public_id OR name_key = NEW.name_key LIMIT 1;
  SELECT seat_require(NEW.name_key = seat_user_key(NEW.name) AND NEW.name_key <> '',
    'SEAT-A09', 'expected a name with its key, found ' || quote(NEW.name));
  INSERT INTO audit_entry VALUES ('account', NEW.public_id, NULL,
    NEW.name || ' role=' || NEW.role || coalesce(' disabled ' || NEW.disabled_at, ''));
END;
-- The first account ends the first run, whoever made it.
CREATE TRIGGER account_inserted AFTER INSERT ON account BEGIN
  DELETE FROM first_run;
END;
CREATE TRIGGER account_kept BEFORE UPDATE OF id, public_id, name, name_key, created_at ON account BEGIN
  SELECT seat_require(0, 'SEAT-K13', 'the account ' || quote(OLD.name) || ' keeps its id and name');
END;
CREATE TRIGGER account_update BEFORE UPDATE OF role, password, disabled_at ON account BEGIN
  SELECT seat_require((NEW.role = 'admin' AND NEW.disabled_at IS NULL)
      OR OLD.role <> 'admin' OR OLD.disabled_at IS NOT NULL OR EXISTS (SELECT 1 FROM account
        WHERE id <> OLD.id AND role = 'admin' AND disabled_at IS NULL),
    'SEAT-K04', 'expected another administrator beside ' || quote(OLD.name) || ', found none that is enabled');
  INSERT INTO audit_entry VALUES ('account', OLD.public_id,
    OLD.name || ' role=' || OLD.role || coalesce(' disabled ' || OLD.disabled_at, ''),
    NEW.name || ' role=' || NEW.role || coalesce(' disabled ' || NEW.disabled_at, '')
      || iif(NEW.password = OLD.password, '', ' new password'));
END;
-- Whoever was signed in is out.
CREATE TRIGGER account_updated AFTER UPDATE OF password, disabled_at ON account
WHEN NEW.password <> OLD.password OR NEW.disabled_at IS NOT NULL BEGIN
  DELETE FROM session WHERE account = OLD.id;
END;
CREATE TRIGGER account_delete BEFORE DELETE ON account BEGIN
  SELECT seat_require(0, 'SEAT-K13', 'expected to disable the account ' || quote(OLD.name) || ', found its removal');
END;

-- A browser that is signed in.
CREATE TABLE session (
  token_sha256 TEXT PRIMARY KEY,
  account      INTEGER NOT NULL REFERENCES account (id),
  csrf         TEXT NOT NULL,         -- what every form of it must send back
  created_at   TEXT NOT NULL,
  seen_at      TEXT NOT NULL CHECK (seen_at GLOB '????-??-??T??:??:??Z'),
  expires_at   TEXT NOT NULL CHECK (expires_at GLOB '????-??-??T??:??:??Z'),
  flash        TEXT                   -- JSON of a message for the next page
) STRICT, WITHOUT ROWID;

CREATE TRIGGER session_insert BEFORE INSERT ON session BEGIN
  SELECT seat_require(EXISTS (SELECT 1 FROM account WHERE id = NEW.account AND disabled_at IS NULL),
    'SEAT-K03', 'expected an account that is enabled, found another');
  INSERT INTO audit_entry VALUES ('sign-in', (SELECT public_id FROM account WHERE id = NEW.account), NULL,
    (SELECT name FROM account WHERE id = NEW.account));
END;
CREATE TRIGGER session_update BEFORE UPDATE OF token_sha256, account, csrf, created_at, expires_at ON session BEGIN
  SELECT seat_require(0, 'SEAT-K13', 'a session keeps its account and its end');
END;

-- A program that calls the API.
CREATE TABLE client (
  id            INTEGER PRIMARY KEY CHECK (id > 0),
  public_id     TEXT NOT NULL UNIQUE, -- its client_id
  name          TEXT NOT NULL,
  secret_sha256 TEXT NOT NULL CHECK (secret_sha256 NOT GLOB '*[^0-9a-f]*' AND length(secret_sha256) = 64),
  scopes        TEXT NOT NULL CHECK (scopes <> '' AND scopes = ltrim(  -- separated by blanks, in this order
    iif(' ' || scopes || ' ' GLOB '* upload *', ' upload', '')
    || iif(' ' || scopes || ' ' GLOB '* read *', ' read', '')
    || iif(' ' || scopes || ' ' GLOB '* write *', ' write', '')
    || iif(' ' || scopes || ' ' GLOB '* admin *', ' admin', ''))),
  owner         INTEGER REFERENCES account (id), -- the distributor whose own it is
  created_at    TEXT NOT NULL,
  created_by    TEXT NOT NULL,
  last_used_at  TEXT,
  revoked_at    TEXT
) STRICT;

CREATE TRIGGER client_insert BEFORE INSERT ON client BEGIN
  SELECT seat_require(0, 'SEAT-K10', 'expected a new API client, found that ' || public_id || ' exists')
    FROM client WHERE id = NEW.id OR public_id = NEW.public_id LIMIT 1;
  SELECT seat_require(seat_user_key(NEW.name) <> '', 'SEAT-A09', 'expected a name, found ' || quote(NEW.name));
  SELECT seat_require(NEW.owner IS NULL OR (NEW.scopes = 'read' AND EXISTS (SELECT 1 FROM account
      WHERE id = NEW.owner AND role = 'distributor' AND disabled_at IS NULL)),
    'SEAT-K11', 'expected the scope read and a distributor for its owner, found ' || NEW.scopes || ' and ' || coalesce(
      (SELECT iif(disabled_at IS NULL, '', 'disabled ') || role FROM account WHERE id = NEW.owner), 'nobody'));
  INSERT INTO audit_entry VALUES ('client', NEW.public_id, NULL, NEW.name || ' scopes=' || replace(NEW.scopes, ' ', ',')
    || coalesce(' owner=' || (SELECT public_id FROM account WHERE id = NEW.owner), ''));
END;
CREATE TRIGGER client_kept BEFORE UPDATE OF id, public_id, name, secret_sha256, scopes, owner, created_at, created_by
ON client BEGIN
  SELECT seat_require(0, 'SEAT-K13', 'the API client ' || OLD.public_id || ' keeps its name, secret, scopes and owner');
END;
CREATE TRIGGER client_revoke BEFORE UPDATE OF revoked_at ON client WHEN NEW.revoked_at IS NOT OLD.revoked_at BEGIN
  SELECT seat_require(OLD.revoked_at IS NULL, 'SEAT-K13', 'the API client ' || OLD.public_id || ' stays revoked');
  INSERT INTO audit_entry VALUES ('client', OLD.public_id, OLD.name, OLD.name || ' revoked ' || NEW.revoked_at);
END;
CREATE TRIGGER client_revoked AFTER UPDATE OF revoked_at ON client WHEN NEW.revoked_at IS NOT NULL BEGIN
  DELETE FROM access_token WHERE client = OLD.id;
END;
CREATE TRIGGER client_delete BEFORE DELETE ON client BEGIN
  SELECT seat_require(0, 'SEAT-K13', 'expected to revoke the API client ' || OLD.public_id || ', found its removal');
END;

-- What a client shows with each call, for an hour.
CREATE TABLE access_token (
  token_sha256 TEXT PRIMARY KEY,
  client       INTEGER NOT NULL REFERENCES client (id),
  created_at   TEXT NOT NULL,
  expires_at   TEXT NOT NULL CHECK (expires_at GLOB '????-??-??T??:??:??Z')
) STRICT, WITHOUT ROWID;
CREATE INDEX access_token_by_expiry ON access_token (expires_at);

CREATE TRIGGER access_token_insert BEFORE INSERT ON access_token BEGIN
  SELECT seat_require(EXISTS (SELECT 1 FROM client WHERE id = NEW.client AND revoked_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM account WHERE id = owner AND disabled_at IS NOT NULL)),
    'SEAT-K11', 'expected an API client that is in use, found another');
END;
CREATE TRIGGER access_token_update BEFORE UPDATE ON access_token BEGIN
  SELECT seat_require(0, 'SEAT-K13', 'a token keeps its client and its end');
END;

-- The code that lets the first administrator in, until there is an account.
CREATE TABLE first_run (
  one         INTEGER PRIMARY KEY CHECK (one = 1),
  code_sha256 TEXT NOT NULL,
  expires_at  TEXT NOT NULL CHECK (expires_at GLOB '????-??-??T??:??:??Z')
) STRICT;
CREATE TRIGGER first_run_insert BEFORE INSERT ON first_run BEGIN
  SELECT seat_require(NOT EXISTS (SELECT 1 FROM account), 'SEAT-K12', 'expected no account, found one');
END;

------------------------------------------------------------------------------------------------
-- 9  Notifications: what somebody should look at
------------------------------------------------------------------------------------------------

-- Raised and cleared by rule, acknowledged by a person. One that is raised again before it is cleared moves
-- `last_seen_at`; afterwards it is another one. What is not about an object, a month or a customer leaves it NULL.
CREATE TABLE notification (
  id              INTEGER PRIMARY KEY CHECK (id > 0),
  kind            TEXT NOT NULL CHECK (kind <> ''),   -- late-usage
  severity        TEXT NOT NULL CHECK (severity IN ('information', 'warning', 'bad')),
  object_kind     TEXT,
  object_id       TEXT,
  period          TEXT,
  customer_id     TEXT,
  first_seen_at   TEXT NOT NULL CHECK (first_seen_at GLOB '[0-9][0-9][0-9][0-9]-*T*Z'),
  last_seen_at    TEXT NOT NULL CHECK (last_seen_at >= first_seen_at),
  cleared_at      TEXT,
  acknowledged_at TEXT,
  acknowledged_by TEXT,
  CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL))
) STRICT;
CREATE INDEX notification_uncleared ON notification (kind, period) WHERE cleared_at IS NULL;
CREATE TRIGGER notification_insert BEFORE INSERT ON notification BEGIN
  SELECT seat_require(NOT EXISTS (SELECT 1 FROM notification WHERE id = NEW.id),
    'SEAT-A10', 'a notification stays as it was raised');
  SELECT seat_require(NOT EXISTS (SELECT 1 FROM notification WHERE cleared_at IS NULL AND kind = NEW.kind
      AND period IS NEW.period AND object_kind IS NEW.object_kind AND object_id IS NEW.object_id
      AND customer_id IS NEW.customer_id),
    'SEAT-A10', 'a notification is raised once until it is cleared');
END;
CREATE TRIGGER notification_update
BEFORE UPDATE OF id, kind, severity, object_kind, object_id, period, customer_id, first_seen_at ON notification BEGIN
  SELECT seat_require(0, 'SEAT-A10', 'a notification stays as it was raised');
END;
CREATE TRIGGER notification_cleared BEFORE UPDATE ON notification
WHEN OLD.cleared_at IS NOT NULL AND (NEW.cleared_at IS NOT OLD.cleared_at OR NEW.last_seen_at <> OLD.last_seen_at)
  OR NEW.last_seen_at < OLD.last_seen_at BEGIN
  SELECT seat_require(0, 'SEAT-A10', 'a notification that is cleared is not raised again');
END;
CREATE TRIGGER notification_delete BEFORE DELETE ON notification BEGIN
  SELECT seat_require(0, 'SEAT-A10', 'notifications are cleared, not removed');
END;

------------------------------------------------------------------------------------------------
-- 10  Views
------------------------------------------------------------------------------------------------

-- What was last told of each object, field by field: a field that the newest payload leaves out
-- keeps what an older one said.
CREATE VIEW told AS
SELECT i.*, (SELECT max(rank) FROM payload WHERE description = i.description) AS rank FROM description_item i;
CREATE VIEW object_now AS
SELECT o.id, o.kind, o.public_id, o.parent, o.archived_at,
  coalesce((SELECT name FROM told t WHERE t.object = o.id AND t.name IS NOT NULL ORDER BY rank DESC LIMIT 1),
    (SELECT host_id FROM told t WHERE t.object = o.id AND t.host_id IS NOT NULL ORDER BY rank DESC LIMIT 1),
    (SELECT fqdn FROM told t WHERE t.object = o.id AND t.fqdn IS NOT NULL ORDER BY rank DESC LIMIT 1),
    o.public_id) AS name,
  (SELECT host_id FROM told t WHERE t.object = o.id AND t.host_id IS NOT NULL ORDER BY rank DESC LIMIT 1) AS host_id,
  (SELECT fqdn FROM told t WHERE t.object = o.id AND t.fqdn IS NOT NULL ORDER BY rank DESC LIMIT 1) AS fqdn,
  (SELECT version FROM told t WHERE t.object = o.id AND t.version IS NOT NULL ORDER BY rank DESC LIMIT 1) AS version,
  (SELECT license_server FROM told t WHERE t.object = o.id AND t.license_server IS NOT NULL
    ORDER BY rank DESC LIMIT 1) AS license_server,
  (SELECT substr(max(rank), 1, 20) FROM payload p WHERE p.partial = 0
    AND p.object = CASE o.kind WHEN 3 THEN o.parent WHEN 4 THEN o.parent ELSE o.id END) AS last_collected_at
FROM object o;

-- NetScaler VPX licenses as they are now: those that the newest payload of their host lists.
CREATE VIEW netscaler_now AS
SELECT o.id, o.public_id AS object_id, h.public_id AS host_id, i.fqdn, i.host_type, i.name AS product_name, i.feature,
  substr(o.public_id, length(h.public_id) + 2) AS entitlement_id, i.fulfillment_id, i.expires,
  i.deployment_type, i.vpx_mode, o.archived_at, p.collected_at AS last_collected_at
FROM object h
JOIN payload p ON p.id = (SELECT id FROM payload WHERE object = h.id ORDER BY rank DESC LIMIT 1)
JOIN description_item i ON i.description = p.description
JOIN object o ON o.id = i.object AND o.kind = 4
WHERE h.kind = 5;

CREATE VIEW v1_customer_usage AS
SELECT r.period, 'closed' AS status, r.customer_id, r.customer, r.feature, r.product, r.edition,
  r.users, r.paid_users, r.free_users
FROM statement_row r JOIN statement s ON s.period = r.period
WHERE r.kind IN ('customer', 'unlinked')
UNION ALL
SELECT p.period, 'open', r.customer_id, c.name, r.feature, r.product, r.edition,
  r.users, r.paid_users, r.free_users
FROM (SELECT DISTINCT printf('%04d-%02d', l.period / 100, l.period % 100) AS period FROM usage_list l) p
JOIN seat_rollup(p.period) r
LEFT JOIN customer c ON c.public_id = r.customer_id
WHERE p.period > coalesce((SELECT max(period) FROM statement), '');

CREATE VIEW v1_user_usage AS
SELECT printf('%04d-%02d', l.period / 100, l.period % 100) AS period, f.code AS feature, u.key AS user,
  k.name AS source_kind, o.public_id AS source, substr(p.rank, 1, 20) AS first_seen
FROM usage_list l
JOIN usage g ON g.list = l.id
JOIN user u ON u.id = g.user
JOIN payload p ON p.id = g.payload
JOIN feature f ON f.id = l.feature
JOIN object o ON o.id = l.source
JOIN object_kind k ON k.id = o.kind
WHERE seat_unit(f.code) = 'user';

CREATE VIEW v1_license_server AS
SELECT public_id AS id, name, host_id, fqdn, version, last_collected_at, archived_at IS NOT NULL AS archived
FROM object_now WHERE kind = 1;

CREATE VIEW v1_assignment AS
SELECT kind, object_id AS object, since, customer_id, changed_at, changed_by FROM assignment;

CREATE VIEW v1_statement AS
SELECT period, closed_at, closed_by, imported, seal FROM statement;

CREATE VIEW v1_upload AS
SELECT substr(u.sha256, 1, 16) AS id, u.received_at, u.status, u.file, u.sha256, u.bytes,
  iif(k.id = 5, 'netscaler', k.name) AS source_kind, o.public_id AS source, p.collected_at
FROM upload u
LEFT JOIN payload p ON p.upload = u.id AND p.ordinal = 0
LEFT JOIN object o ON o.id = p.object
LEFT JOIN object_kind k ON k.id = o.kind;
