"""fill in data, and a function

Revision ID: b002
Revises: b001
Create Date: 2024-01-16 09:00:00

"""

import sqlalchemy as sa
from alembic import op

revision = "b002"
down_revision = "b001"
branch_labels = None
depends_on = None

cats = sa.table("cats", sa.column("id", sa.Integer), sa.column("name", sa.String),
                sa.column("motto", sa.Text))


def upgrade():
    op.bulk_insert(cats, [
        {"id": 1, "name": "Tom", "motto": "100%\tback\\slash"},
        {"id": 2, "name": "O'Malley", "motto": None},
    ])
    op.execute(cats.update().where(cats.c.motto.is_(None)).values(motto="none: 1%"))
    op.get_bind().execute(sa.text("UPDATE cats SET name = name || '!' WHERE id = 1 -- loud"))
    op.execute("CREATE FUNCTION purr() RETURNS text LANGUAGE plpgsql AS $$\nBEGIN\n\tRETURN 'a%;';\nEND $$")
    with op.batch_alter_table("cats") as batch:
        batch.add_column(sa.Column("lives", sa.SmallInteger, server_default="9", nullable=False))
        batch.alter_column("motto", type_=sa.String(200))


def downgrade():
    with op.batch_alter_table("cats") as batch:
        batch.alter_column("motto", type_=sa.Text)
        batch.drop_column("lives")
    op.execute("DROP FUNCTION purr()")
    op.execute("DELETE FROM cats")
