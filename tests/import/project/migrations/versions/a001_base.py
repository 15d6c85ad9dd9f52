"""cats and their kinds

Revision ID: a001
Revises:
Create Date: 2024-01-15 10:30:00.123456

"""

import sqlalchemy as sa
from alembic import op

revision = "a001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "cats",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("kind", sa.Enum("house", "wild", name="kind"), server_default="house"),
        sa.Column("motto", sa.Text, server_default="50% cat, \\ 50%\t'purr'"),
        sa.Column("born", sa.DateTime(timezone=True), server_default=sa.func.now()),
    )
    op.create_index("cats_name", "cats", ["name"], unique=True)


def downgrade():
    op.drop_table("cats")
    sa.Enum(name="kind").drop(op.get_bind())
