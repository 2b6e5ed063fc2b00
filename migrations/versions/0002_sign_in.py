"""Signing in: names to sign in with, credentials, browser sessions, counters."""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Nullable and without a default: rows that the log vouches for keep their hashes.
    op.add_column('accounts', sa.Column('sign_in_name', sa.String(length=80), nullable=True))
    op.create_index('uq_accounts_sign_in_name', 'accounts', ['sign_in_name'], unique=True)

    op.create_table('credentials',
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('account_key_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('salt', sa.LargeBinary(), nullable=True),
    sa.Column('memory_kib', sa.Integer(), nullable=True),
    sa.Column('passes', sa.Integer(), nullable=True),
    sa.Column('lanes', sa.Integer(), nullable=True),
    sa.Column('pepper', sa.String(length=16), nullable=True),
    sa.Column('sealed', sa.LargeBinary(), nullable=True),
    sa.Column('digests', sa.LargeBinary(), nullable=True),
    sa.Column('hub_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind IN ('passphrase', 'phone', 'card', 'recovery', 'pin')", name=op.f('ck_credentials_kind_is_known')),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_credentials_account_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['account_key_id'], ['account_keys.id'], name=op.f('fk_credentials_account_key_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['hub_id'], ['hubs.id'], name=op.f('fk_credentials_hub_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credentials')),
    sa.UniqueConstraint('account_key_id', 'kind', name=op.f('uq_credentials_account_key_id_kind'))
    )
    op.create_index(op.f('ix_credentials_account_id'), 'credentials', ['account_id'], unique=False)

    op.create_table('factor_uses',
    sa.Column('credential_id', sa.Uuid(), nullable=False),
    sa.Column('mark', sa.String(length=64), nullable=False),
    sa.Column('step', sa.Integer(), nullable=True),
    sa.Column('hub_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['credential_id'], ['credentials.id'], name=op.f('fk_factor_uses_credential_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['hub_id'], ['hubs.id'], name=op.f('fk_factor_uses_hub_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_factor_uses')),
    sa.UniqueConstraint('credential_id', 'mark', name=op.f('uq_factor_uses_credential_id_mark'))
    )

    op.create_table('browser_sessions',
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('account_key_id', sa.Uuid(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('previous_digest', sa.String(length=64), nullable=True),
    sa.Column('previous_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('previous_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('factor_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('browser', sa.String(length=80), nullable=False),
    sa.Column('member', sa.Boolean(), nullable=False),
    sa.Column('pin_fits', sa.Boolean(), nullable=False),
    sa.Column('binding', sa.String(length=32), nullable=False),
    sa.Column('hub_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_browser_sessions_account_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['account_key_id'], ['account_keys.id'], name=op.f('fk_browser_sessions_account_key_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['hub_id'], ['hubs.id'], name=op.f('fk_browser_sessions_hub_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_browser_sessions')),
    sa.UniqueConstraint('digest', name=op.f('uq_browser_sessions_digest'))
    )
    op.create_index(op.f('ix_browser_sessions_account_id'), 'browser_sessions', ['account_id'], unique=False)
    op.create_index(op.f('ix_browser_sessions_previous_digest'), 'browser_sessions', ['previous_digest'], unique=False)

    op.create_table('throttles',
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_throttles')),
    sa.UniqueConstraint('key', name=op.f('uq_throttles_key'))
    )
    op.create_index(op.f('ix_throttles_since'), 'throttles', ['since'], unique=False)


def downgrade() -> None:
    op.drop_table('throttles')
    op.drop_table('browser_sessions')
    op.drop_table('factor_uses')
    op.drop_table('credentials')
    op.drop_index('uq_accounts_sign_in_name', table_name='accounts')
    with op.batch_alter_table('accounts', schema=None) as batch_op:
        batch_op.drop_column('sign_in_name')
