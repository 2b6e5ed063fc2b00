"""Marks: the server's signature on who is on a case's team."""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

def upgrade() -> None:
    op.add_column('assignments', sa.Column('mark', sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column('assignments', 'mark')
