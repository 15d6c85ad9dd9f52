"""more kinds

Revision ID: c001
Revises: a001
Create Date: 2024-01-17 08:00:00+01:00

"""

from alembic import op

revision = "c001"
down_revision = "a001"
branch_labels = ("right",)
depends_on = None


def upgrade():
    with op.get_context().autocommit_block():
        op.execute("ALTER TYPE kind ADD VALUE IF NOT EXISTS 'tame'")
        op.create_index("cats_kind", "cats", ["kind"], postgresql_concurrently=True)


def downgrade():
    with op.get_context().autocommit_block():
        op.drop_index("cats_kind", postgresql_concurrently=True)
    # A label cannot be taken back, so the type is made again.
    op.execute("ALTER TYPE kind RENAME TO kind_before")
    op.execute("CREATE TYPE kind AS ENUM ('house', 'wild')")
    op.execute("ALTER TABLE cats ALTER COLUMN kind DROP DEFAULT")
    op.execute("ALTER TABLE cats ALTER COLUMN kind TYPE kind USING kind::text::kind")
    op.execute("ALTER TABLE cats ALTER COLUMN kind SET DEFAULT 'house'")
    op.execute("DROP TYPE kind_before")
