"""The real Alembic, answering commands: one JSON object a line on stdin, one a line on stdout.

A request names a folder of revisions, a database, and a command of `alembic.command`, or one of
the few questions below. The answer holds what the command printed, its error if it failed, and
the rows of `alembic_version` afterwards.
"""

import io
import json
import sys
import warnings

import psycopg
import sqlalchemy
from alembic import autogenerate, command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext


def removals(connection, **options):
    """What autogenerate would take away from the database if the models were empty."""
    context = MigrationContext.configure(connection, opts=options)
    found = autogenerate.compare_metadata(context, sqlalchemy.MetaData())
    return sorted(f"{difference[0]} {difference[1].fullname}" for difference in found
                  if difference[0] == "remove_table")


def rows(connection):
    """The rows of the table that the search path leads to; nothing if there is none."""
    if connection.scalar(sqlalchemy.text("SELECT to_regclass('alembic_version')")) is None:
        return []
    found = connection.scalars(sqlalchemy.text("SELECT version_num FROM alembic_version"))
    return sorted(found)


def answer(request, engine):
    printed = io.StringIO()
    config = Config(stdout=printed, output_buffer=printed)
    config.set_main_option("script_location", request["scripts"])
    config.set_main_option("path_separator", "os")
    error, lines = None, None
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        try:
            if request["command"] == "removals":
                lines = removals(connection, **request["options"])
            else:
                run = getattr(command, request["command"])
                run(config, *request["arguments"], **request["options"])
            connection.commit()
        except Exception as failure:  # whatever it is, the other side must not do otherwise
            connection.rollback()
            error = f"{type(failure).__name__}: {failure}"
    with engine.connect() as connection:
        after = rows(connection)
    lines = printed.getvalue().splitlines() if lines is None else lines
    return {"error": error, "lines": lines, "rows": after}


def main():
    warnings.simplefilter("ignore")
    engines = {}
    for line in sys.stdin:
        request = json.loads(line)
        url = request["url"]
        if url not in engines:
            engines[url] = sqlalchemy.create_engine(
                "postgresql+psycopg://", creator=lambda url=url: psycopg.connect(url)
            )
        print(json.dumps(answer(request, engines[url])), flush=True)


main()
