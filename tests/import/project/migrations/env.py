"""An env.py as Alembic's template makes it, but for the connection, which the test brings."""

from alembic import context

config = context.config


def run_migrations_offline():
    print("what env.py prints is not the answer")
    context.configure(
        url=config.get_main_option("sqlalchemy.url"),
        literal_binds=True,
        dialect_opts={"paramstyle": "named"},
    )
    with context.begin_transaction():
        context.run_migrations()


def run_migrations_online():
    # Blocks that commit on their own need a transaction for each revision.
    context.configure(connection=config.attributes["connection"], transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    run_migrations_offline()
else:
    run_migrations_online()
