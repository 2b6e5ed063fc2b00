"""Setting up: codes that people hand to each other, where recovery sheets lie, agreements."""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('agreements',
    sa.Column('agency_id', sa.Uuid(), nullable=False),
    sa.Column('signed_by', sa.String(length=120), nullable=False),
    sa.Column('signed_on', sa.Date(), nullable=False),
    sa.Column('review_on', sa.Date(), nullable=False),
    sa.Column('filed_by', sa.Uuid(), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('hub_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('review_on > signed_on', name=op.f('ck_agreements_review_after_signing')),
    sa.ForeignKeyConstraint(['agency_id'], ['agencies.id'], name=op.f('fk_agreements_agency_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['hub_id'], ['hubs.id'], name=op.f('fk_agreements_hub_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agreements'))
    )
    op.create_index('uq_agreements_live', 'agreements', ['agency_id'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    op.create_table('codes',
    sa.Column('agency_id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=True),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('account_key_id', sa.Uuid(), nullable=True),
    sa.Column('digest', sa.String(length=64), nullable=True),
    sa.Column('wrapped', sa.LargeBinary(), nullable=True),
    sa.Column('proposed_by', sa.Uuid(), nullable=True),
    sa.Column('seconded_by', sa.Uuid(), nullable=True),
    sa.Column('issued_by', sa.Uuid(), nullable=True),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('open_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('hub_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(account_id IS NOT NULL) = (kind IN ('invitation', 'reset'))", name=op.f('ck_codes_account_fits_kind')),
    sa.CheckConstraint("kind IN ('start', 'invitation', 'reset', 'recovery-sheet')", name=op.f('ck_codes_kind_is_known')),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_codes_account_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['account_key_id'], ['account_keys.id'], name=op.f('fk_codes_account_key_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['agency_id'], ['agencies.id'], name=op.f('fk_codes_agency_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['hub_id'], ['hubs.id'], name=op.f('fk_codes_hub_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_codes'))
    )
    op.create_index(op.f('ix_codes_account_id'), 'codes', ['account_id'], unique=False)
    op.create_index(op.f('ix_codes_agency_id'), 'codes', ['agency_id'], unique=False)
    op.create_index('uq_codes_live_sheet', 'codes', ['agency_id'], unique=True, sqlite_where=sa.text("kind = 'recovery-sheet' AND ended_at IS NULL"), postgresql_where=sa.text("kind = 'recovery-sheet' AND ended_at IS NULL"))

    op.create_table('sheet_deposits',
    sa.Column('agency_id', sa.Uuid(), nullable=False),
    sa.Column('code_id', sa.Uuid(), nullable=False),
    sa.Column('kept_by_agency_id', sa.Uuid(), nullable=False),
    sa.Column('given_by', sa.Uuid(), nullable=False),
    sa.Column('confirmed_by', sa.Uuid(), nullable=True),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('hub_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('agency_id <> kept_by_agency_id', name=op.f('ck_sheet_deposits_kept_by_another')),
    sa.ForeignKeyConstraint(['agency_id'], ['agencies.id'], name=op.f('fk_sheet_deposits_agency_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['code_id'], ['codes.id'], name=op.f('fk_sheet_deposits_code_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['hub_id'], ['hubs.id'], name=op.f('fk_sheet_deposits_hub_id')),
    sa.ForeignKeyConstraint(['kept_by_agency_id'], ['agencies.id'], name=op.f('fk_sheet_deposits_kept_by_agency_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sheet_deposits'))
    )
    op.create_index(op.f('ix_sheet_deposits_agency_id'), 'sheet_deposits', ['agency_id'], unique=False)
    op.create_index(op.f('ix_sheet_deposits_kept_by_agency_id'), 'sheet_deposits', ['kept_by_agency_id'], unique=False)
    op.create_index('uq_sheet_deposits_live', 'sheet_deposits', ['code_id'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))


def downgrade() -> None:
    op.drop_table('sheet_deposits')
    op.drop_table('codes')
    op.drop_table('agreements')
