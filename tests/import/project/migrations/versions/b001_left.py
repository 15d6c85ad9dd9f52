"""toys

Revision ID: b001
Revises: a001
Create Date: 2024-01-16 08:00:00

"""

import sqlalchemy as sa
from alembic import op

revision = "b001"
down_revision = "a001"
branch_labels = ("left",)
depends_on = None


def upgrade():
    op.create_table(
        "toys",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("cat", sa.Integer, sa.ForeignKey("cats.id", name="toys_cat", ondelete="CASCADE")),
        sa.Column("price", sa.Numeric(8, 2), nullable=False),
        sa.CheckConstraint("price > 0", name="toys_price"),
    )


def downgrade():
    op.drop_table("toys")
