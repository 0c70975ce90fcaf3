"""Runs SQL statements with the extension loaded; JSON in, JSON out. See host.rs."""
import json
import sqlite3
import sys

work = json.load(sys.stdin)
connection = sqlite3.connect(work["database"], isolation_level=None)
connection.enable_load_extension(True)
connection.load_extension(work["extension"])


def run(statement):
    try:
        rows = connection.execute(statement).fetchall()
    except (sqlite3.Error, sqlite3.Warning) as error:
        return {"error": str(error)}
    shown = ("|".join("NULL" if cell is None else str(cell) for cell in row) for row in rows)
    return {"rows": "\n".join(shown)}


json.dump([run(statement) for statement in work["statements"]], sys.stdout)
