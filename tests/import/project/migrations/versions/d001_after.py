"""Revision ID: d001
Revises: m001

"""

from alembic import op

revision = "d001"
down_revision = "m001"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("COMMENT ON TABLE cats IS 'cats: 100%'")


def downgrade():
    op.execute("COMMENT ON TABLE cats IS NULL")
