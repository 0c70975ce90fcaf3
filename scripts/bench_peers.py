"""The baselines of `cargo bench`: what one would write in Python, and DuckDB on the same tables.

Each step prints one JSON object: seconds, and what else it tells."""

import csv
import json
import resource
import sqlite3
import sys
import tempfile
import time
import unicodedata
import zipfile


def tell(**told):
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({**told, "peak_kib": peak}))


def import_upload(database, path):
    """A native upload into interned users and facts, one commit."""
    db = sqlite3.connect(database, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("CREATE TABLE IF NOT EXISTS user (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL)")
    db.execute("CREATE TABLE IF NOT EXISTS usage (period TEXT, feature TEXT, source TEXT, user INTEGER,"
               " PRIMARY KEY (period, feature, source, user)) WITHOUT ROWID")
    begun = time.perf_counter()
    with zipfile.ZipFile(path) as archive:
        payload = json.loads(archive.read("payload.json"))
    read = time.perf_counter() - begun
    db.execute("BEGIN IMMEDIATE")
    source = payload["licenseServer"]["guid"]
    for usage in payload["usage"]:
        keyed = [(unicodedata.normalize("NFC", name).strip().casefold(), name) for name in usage["users"]]
        db.executemany("INSERT OR IGNORE INTO user (key, name) VALUES (?, ?)", keyed)
        what = (usage["period"], usage["feature"], source)
        db.executemany(
            "INSERT OR IGNORE INTO usage SELECT ?, ?, ?, id FROM user WHERE key = ?",
            ((*what, key) for key, _ in keyed))
    db.execute("COMMIT")
    seconds = time.perf_counter() - begun
    db.close()
    tell(seconds=seconds, read_seconds=read)


TABLES = {
    "usage_list": "id, period, feature, source",
    "usage": "list, user",
    "object": "id, kind, parent",
    "feature": "id, code",
    "assignment_row": "kind, object, since, customer",
    "free_flag_row": "kind, object, since, reason IS NOT NULL",
    "customer": "id, public_id",
}
TEXT = {"code", "public_id"}


def duckdb_load(database, duck):
    """The tables that a rollup reads, by way of CSV: the SQLite extension would have to be downloaded."""
    import duckdb
    source = sqlite3.connect(database)
    target = duckdb.connect(duck)
    for table, columns in TABLES.items():
        names = [name.split()[0] for name in columns.split(", ")]
        typed = ", ".join(f'"{name}" {"VARCHAR" if name in TEXT else "INTEGER"}' for name in names)
        target.execute(f"CREATE TABLE {table} ({typed})")
        with tempfile.NamedTemporaryFile("w", newline="", suffix=".csv") as file:
            csv.writer(file).writerows(source.execute(f"SELECT {columns} FROM {table}"))
            file.flush()
            target.execute(f"COPY {table} FROM '{file.name}' (HEADER false)")
    target.close()
    tell(seconds=0)


# As a person writes it for a column store: joins instead of look-ups. A cleared tag is a NULL that counts.
ROLLUP = """
WITH tag AS (
  SELECT kind, object, arg_max_null(customer, since) AS customer FROM assignment_row WHERE since <= $period GROUP BY kind, object),
free AS (
  SELECT kind, object FROM free_flag_row WHERE since <= $period GROUP BY kind, object HAVING arg_max_null(reason, since) = 1),
place AS (
  SELECT l.id AS list, l.feature, coalesce(own.customer, site.customer) AS customer, (free.object IS NOT NULL)::INTEGER AS free
  FROM usage_list l JOIN object o ON o.id = l.source
  LEFT JOIN tag own ON own.kind = o.kind AND own.object = o.id
  LEFT JOIN tag site ON site.kind = 2 AND site.object = o.parent
  LEFT JOIN free ON free.kind = 1 AND o.kind = 1 AND free.object = o.id
  WHERE l.period = $period),
there AS (
  SELECT p.feature, g."user", coalesce(t.customer, p.customer, 0) AS customer, min(p.free) AS free
  FROM place p JOIN usage g ON g.list = p.list
  LEFT JOIN (SELECT * FROM tag WHERE kind = 0) t ON t.object = g."user"
  GROUP BY ALL),
linked AS (
  SELECT DISTINCT feature, "user" FROM there
  WHERE customer > 0 AND "user" IN (SELECT "user" FROM there WHERE customer = 0)),
figures AS (
  SELECT t.feature, t.customer, count(*) AS users, count(*) FILTER (t.free = 1 OR f.object IS NOT NULL) AS free
  FROM there t
  LEFT JOIN linked k ON k.feature = t.feature AND k."user" = t."user"
  LEFT JOIN (SELECT * FROM free WHERE kind = 0) f ON f.object = t."user"
  WHERE t.customer > 0 OR k."user" IS NULL
  GROUP BY t.feature, t.customer)
SELECT f.code, coalesce(c.public_id, ''), g.users, g.free
FROM figures g JOIN feature f ON f.id = g.feature LEFT JOIN customer c ON c.id = g.customer
"""


def duckdb_rollup(duck, period):
    import duckdb
    db = duckdb.connect(duck, read_only=True, config={"threads": 2})
    times = []
    # The first is what a fresh connection takes; warm, DuckDB gets the benefit of every doubt.
    for _ in range(3):
        begun = time.perf_counter()
        rows = db.execute(ROLLUP, {"period": int(period)}).fetchall()
        times.append(time.perf_counter() - begun)
    tell(seconds=min(times), first_seconds=times[0], rows=sorted(",".join(map(str, row)) for row in rows))


def export_load(database, path):
    db = sqlite3.connect(database)
    with open(path, newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        columns = next(rows)
        db.execute(f"CREATE TABLE row ({', '.join(columns)})")
        db.executemany(f"INSERT INTO row VALUES ({', '.join('?' * len(columns))})", rows)
    db.commit()
    tell(seconds=0)


def export(database, path):
    db = sqlite3.connect(database)
    begun = time.perf_counter()
    rows = db.execute("SELECT * FROM row")
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(column[0] for column in rows.description)
        writer.writerows(rows)
    tell(seconds=time.perf_counter() - begun)


STEPS = {
    "import": import_upload,
    "duckdb-load": duckdb_load,
    "duckdb-rollup": duckdb_rollup,
    "export-load": export_load,
    "export": export,
}

if __name__ == "__main__":
    STEPS[sys.argv[1]](*sys.argv[2:])
