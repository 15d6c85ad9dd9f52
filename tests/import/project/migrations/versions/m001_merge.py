"""join left and right

Revision ID: m001
Revises: b002, c001
Create Date: 2024-01-18 08:00:00

"""

revision = "m001"
down_revision = ("b002", "c001")
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
