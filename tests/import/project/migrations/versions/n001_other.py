"""a second base, which needs toys

Revision ID: n001
Revises:
Create Date: 2024-01-19 08:00:00

"""

import sqlalchemy as sa
from alembic import op

revision = "n001"
down_revision = None
branch_labels = ("other",)
depends_on = ("left",)


def upgrade():
    op.create_table("shops", sa.Column("toy", sa.BigInteger, sa.ForeignKey("toys.id", name="shops_toy")))


def downgrade():
    op.drop_table("shops")
