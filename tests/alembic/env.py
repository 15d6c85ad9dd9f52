"""Alembic's own set-up of a run, on the connection that the oracle opened."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
