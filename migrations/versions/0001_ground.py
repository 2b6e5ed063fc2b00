"""The ground: the log, the policies in force, hubs, agencies, accounts and the kernel of a case."""

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


APPEND_ONLY = ("audit_logs", "audit_entries", "audit_nodes", "audit_checkpoints")


def guard(table: str) -> None:
    # The log is added to and read. Whoever changes it has to remove these first, and is found out.
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    else:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION casehub_append_only()"
        )


def upgrade() -> None:
    op.create_table('audit_logs',
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('origin', sa.String(length=120), nullable=False),
    sa.Column('public_key', sa.LargeBinary(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind IN ('deployment', 'hub')", name=op.f('ck_audit_logs_kind_is_known')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_logs')),
    sa.UniqueConstraint('origin', name=op.f('uq_audit_logs_origin'))
    )
    op.create_table('hubs',
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('time_zone', sa.String(length=60), nullable=False),
    sa.Column('languages', sa.String(length=60), nullable=False),
    sa.Column('protocol', sa.String(length=80), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hubs')),
    sa.UniqueConstraint('name', name=op.f('uq_hubs_name'))
    )
    op.create_table('policy_documents',
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_policy_documents')),
    sa.UniqueConstraint('kind', 'name', 'sha256', name=op.f('uq_policy_documents_kind_name_sha256')),
    sa.UniqueConstraint('kind', 'name', 'version', name=op.f('uq_policy_documents_kind_name_version'))
    )
    op.create_table('agencies',
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('organisation', sa.String(length=120), nullable=False),
    sa.Column('sector', sa.String(length=40), nullable=False),
    sa.Column('regime', sa.String(length=40), nullable=False),
    sa.Column('coordinates', sa.Boolean(), nullable=False),
    sa.Column('core', sa.Boolean(), nullable=False),
    sa.Column('duty_telephone', sa.String(length=40), nullable=True),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('hub_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("state IN ('named', 'active', 'ended')", name=op.f('ck_agencies_state_is_known')),
    sa.ForeignKeyConstraint(['hub_id'], ['hubs.id'], name=op.f('fk_agencies_hub_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agencies')),
    sa.UniqueConstraint('hub_id', 'name', name=op.f('uq_agencies_hub_id_name'))
    )
    op.create_table('audit_checkpoints',
    sa.Column('log_id', sa.Uuid(), nullable=False),
    sa.Column('size', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['log_id'], ['audit_logs.id'], name=op.f('fk_audit_checkpoints_log_id')),
    sa.PrimaryKeyConstraint('log_id', 'size', name=op.f('pk_audit_checkpoints'))
    )
    op.create_table('audit_entries',
    sa.Column('log_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('leaf', sa.LargeBinary(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('act', sa.String(length=80), nullable=False),
    sa.Column('outcome', sa.String(length=20), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=True),
    sa.Column('agency_id', sa.Uuid(), nullable=True),
    sa.Column('case_id', sa.Uuid(), nullable=True),
    sa.Column('frontier', sa.LargeBinary(), nullable=True),
    sa.Column('signature', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['log_id'], ['audit_logs.id'], name=op.f('fk_audit_entries_log_id')),
    sa.PrimaryKeyConstraint('log_id', 'number', name=op.f('pk_audit_entries'))
    )
    with op.batch_alter_table('audit_entries', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_audit_entries_log_id_account_id_number'), ['log_id', 'account_id', 'number'], unique=False)
        batch_op.create_index(batch_op.f('ix_audit_entries_log_id_agency_id_number'), ['log_id', 'agency_id', 'number'], unique=False)
        batch_op.create_index('ix_audit_entries_alarms', ['log_id', 'number'], unique=False, sqlite_where=sa.text("outcome = 'alarm'"), postgresql_where=sa.text("outcome = 'alarm'"))
        batch_op.create_index(batch_op.f('ix_audit_entries_log_id_case_id_number'), ['log_id', 'case_id', 'number'], unique=False)

    op.create_table('audit_nodes',
    sa.Column('log_id', sa.Uuid(), nullable=False),
    sa.Column('level', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('hash', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['log_id'], ['audit_logs.id'], name=op.f('fk_audit_nodes_log_id')),
    sa.PrimaryKeyConstraint('log_id', 'level', 'number', name=op.f('pk_audit_nodes'))
    )
    op.create_table('cases',
    sa.Column('reference', sa.String(length=20), nullable=False),
    sa.Column('protocol_id', sa.Uuid(), nullable=False),
    sa.Column('originating_sector', sa.String(length=40), nullable=False),
    sa.Column('stage', sa.String(length=40), nullable=False),
    sa.Column('urgency', sa.String(length=40), nullable=True),
    sa.Column('agreed_level', sa.String(length=40), nullable=True),
    sa.Column('level_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_level', sa.String(length=40), nullable=True),
    sa.Column('review_on', sa.Date(), nullable=True),
    sa.Column('attention_on', sa.Date(), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('moved_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_on', sa.Date(), nullable=True),
    sa.Column('closing_code', sa.String(length=40), nullable=True),
    sa.Column('continues_id', sa.Uuid(), nullable=True),
    sa.Column('joined_to_id', sa.Uuid(), nullable=True),
    sa.Column('restricted', sa.Boolean(), nullable=False),
    sa.Column('legal_hold_until', sa.Date(), nullable=True),
    sa.Column('hub_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['continues_id'], ['cases.id'], name=op.f('fk_cases_continues_id')),
    sa.ForeignKeyConstraint(['hub_id'], ['hubs.id'], name=op.f('fk_cases_hub_id')),
    sa.ForeignKeyConstraint(['joined_to_id'], ['cases.id'], name=op.f('fk_cases_joined_to_id')),
    sa.ForeignKeyConstraint(['protocol_id'], ['policy_documents.id'], name=op.f('fk_cases_protocol_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cases')),
    sa.UniqueConstraint('reference', name=op.f('uq_cases_reference'))
    )
    op.create_table('accounts',
    sa.Column('agency_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('work_phone', sa.String(length=40), nullable=True),
    sa.Column('language', sa.String(length=10), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('proposed_by', sa.Uuid(), nullable=True),
    sa.Column('seconded_by', sa.Uuid(), nullable=True),
    sa.Column('admitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('hub_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind IN ('person', 'machine')", name=op.f('ck_accounts_kind_is_known')),
    sa.CheckConstraint("state IN ('invited', 'waiting', 'admitted', 'ended')", name=op.f('ck_accounts_state_is_known')),
    sa.ForeignKeyConstraint(['agency_id'], ['agencies.id'], name=op.f('fk_accounts_agency_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['hub_id'], ['hubs.id'], name=op.f('fk_accounts_hub_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_accounts'))
    )
    with op.batch_alter_table('accounts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_accounts_agency_id'), ['agency_id'], unique=False)

    op.create_table('agency_keys',
    sa.Column('agency_id', sa.Uuid(), nullable=False),
    sa.Column('epoch', sa.Integer(), nullable=False),
    sa.Column('seal_public', sa.LargeBinary(), nullable=False),
    sa.Column('sign_public', sa.LargeBinary(), nullable=False),
    sa.Column('countersignature', sa.LargeBinary(), nullable=False),
    sa.Column('succession', sa.LargeBinary(), nullable=True),
    sa.Column('succession_signature', sa.LargeBinary(), nullable=True),
    sa.Column('succession_sealed_digest', sa.LargeBinary(), nullable=True),
    sa.Column('sealed_predecessor', sa.LargeBinary(), nullable=True),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('last_drill_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('hub_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("state IN ('current', 'past', 'gone')", name=op.f('ck_agency_keys_state_is_known')),
    sa.ForeignKeyConstraint(['agency_id'], ['agencies.id'], name=op.f('fk_agency_keys_agency_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['hub_id'], ['hubs.id'], name=op.f('fk_agency_keys_hub_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agency_keys')),
    sa.UniqueConstraint('agency_id', 'epoch', name=op.f('uq_agency_keys_agency_id_epoch'))
    )
    with op.batch_alter_table('agency_keys', schema=None) as batch_op:
        batch_op.create_index('uq_agency_keys_current', ['agency_id'], unique=True, sqlite_where=sa.text("state = 'current'"), postgresql_where=sa.text("state = 'current'"))

    op.create_table('case_agencies',
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('agency_id', sa.Uuid(), nullable=False),
    sa.Column('place', sa.String(length=40), nullable=False),
    sa.Column('involvement', sa.String(length=40), nullable=True),
    sa.Column('speaks_for_survivor', sa.Boolean(), nullable=False),
    sa.Column('synopsis_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('identifiers_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('contact_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('joint_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('part_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('moved_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('hub_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("involvement IN ('known', 'not-known', 'checking')", name=op.f('ck_case_agencies_involvement_is_known')),
    sa.CheckConstraint("place IN ('originating', 'table', 'lead', 'assisting', 'none')", name=op.f('ck_case_agencies_place_is_known')),
    sa.ForeignKeyConstraint(['agency_id'], ['agencies.id'], name=op.f('fk_case_agencies_agency_id')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_case_agencies_case_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['hub_id'], ['hubs.id'], name=op.f('fk_case_agencies_hub_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_agencies')),
    sa.UniqueConstraint('case_id', 'agency_id', name=op.f('uq_case_agencies_case_id_agency_id'))
    )
    with op.batch_alter_table('case_agencies', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_case_agencies_agency_id_moved_at_id'), ['agency_id', 'moved_at', 'id'], unique=False)

    op.create_table('case_keys',
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('owner_agency_id', sa.Uuid(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('commitment', sa.String(length=64), nullable=False),
    sa.Column('countersignature', sa.LargeBinary(), nullable=False),
    sa.Column('destroyed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('hub_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(kind IN ('part', 'own')) = (owner_agency_id IS NOT NULL)", name=op.f('ck_case_keys_owner_where_due')),
    sa.CheckConstraint("kind IN ('synopsis', 'identifiers', 'contact', 'joint', 'part', 'own')", name=op.f('ck_case_keys_kind_is_known')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_case_keys_case_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['hub_id'], ['hubs.id'], name=op.f('fk_case_keys_hub_id')),
    sa.ForeignKeyConstraint(['owner_agency_id'], ['agencies.id'], name=op.f('fk_case_keys_owner_agency_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_keys')),
    sa.UniqueConstraint('case_id', 'kind', 'owner_agency_id', 'version', name=op.f('uq_case_keys_case_id_kind_owner_agency_id_version'))
    )
    with op.batch_alter_table('case_keys', schema=None) as batch_op:
        batch_op.create_index('uq_case_keys_unowned', ['case_id', 'kind', 'version'], unique=True, sqlite_where=sa.text('owner_agency_id IS NULL'), postgresql_where=sa.text('owner_agency_id IS NULL'))

    op.create_table('account_keys',
    sa.Column('agency_id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=True),
    sa.Column('holder', sa.String(length=40), nullable=False),
    sa.Column('public_key', sa.LargeBinary(), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('hub_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("holder IN ('person', 'stand-in', 'recovery-sheet')", name=op.f('ck_account_keys_holder_is_known')),
    sa.CheckConstraint("state IN ('current', 'past')", name=op.f('ck_account_keys_state_is_known')),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_account_keys_account_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['agency_id'], ['agencies.id'], name=op.f('fk_account_keys_agency_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['hub_id'], ['hubs.id'], name=op.f('fk_account_keys_hub_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account_keys'))
    )
    with op.batch_alter_table('account_keys', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_account_keys_account_id'), ['account_id'], unique=False)
        batch_op.create_index('uq_account_keys_current', ['account_id'], unique=True, sqlite_where=sa.text("state = 'current' AND holder = 'person'"), postgresql_where=sa.text("state = 'current' AND holder = 'person'"))

    op.create_table('account_roles',
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('role', sa.String(length=40), nullable=False),
    sa.Column('given_by', sa.Uuid(), nullable=True),
    sa.Column('seconded_by', sa.Uuid(), nullable=True),
    sa.Column('from_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('hub_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("role IN ('hub-member', 'caseworker', 'coordinator', 'supervisor', 'custodian', 'privacy-officer', 'analyst')", name=op.f('ck_account_roles_role_is_known')),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_account_roles_account_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['hub_id'], ['hubs.id'], name=op.f('fk_account_roles_hub_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account_roles'))
    )
    with op.batch_alter_table('account_roles', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_account_roles_account_id'), ['account_id'], unique=False)

    op.create_table('assignments',
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('reason', sa.String(length=40), nullable=False),
    sa.Column('from_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_account', sa.Uuid(), nullable=False),
    sa.Column('hub_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("reason IN ('caseworker', 'at-the-table', 'supervisor', 'cover', 'broken-glass')", name=op.f('ck_assignments_reason_is_known')),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_assignments_account_id')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_assignments_case_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['hub_id'], ['hubs.id'], name=op.f('fk_assignments_hub_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assignments'))
    )
    with op.batch_alter_table('assignments', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_assignments_account_id_until_case_id'), ['account_id', 'until', 'case_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_assignments_case_id_account_id'), ['case_id', 'account_id'], unique=False)

    op.create_table('records',
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('contract', sa.String(length=80), nullable=False),
    sa.Column('case_key_id', sa.Uuid(), nullable=False),
    sa.Column('own_key_id', sa.Uuid(), nullable=True),
    sa.Column('author_agency_id', sa.Uuid(), nullable=False),
    sa.Column('author_epoch', sa.Integer(), nullable=False),
    sa.Column('signature', sa.LargeBinary(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('supersedes_id', sa.Uuid(), nullable=True),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.Column('wrap', sa.LargeBinary(), nullable=False),
    sa.Column('own_wrap', sa.LargeBinary(), nullable=True),
    sa.Column('hub_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['author_agency_id'], ['agencies.id'], name=op.f('fk_records_author_agency_id')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_records_case_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['case_key_id'], ['case_keys.id'], name=op.f('fk_records_case_key_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['hub_id'], ['hubs.id'], name=op.f('fk_records_hub_id')),
    sa.ForeignKeyConstraint(['own_key_id'], ['case_keys.id'], name=op.f('fk_records_own_key_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['supersedes_id'], ['records.id'], name=op.f('fk_records_supersedes_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_records')),
    sa.UniqueConstraint('supersedes_id', name=op.f('uq_records_supersedes_id'))
    )
    with op.batch_alter_table('records', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_records_case_id_contract'), ['case_id', 'contract'], unique=False)
        batch_op.create_index(batch_op.f('ix_records_case_key_id'), ['case_key_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_records_own_key_id'), ['own_key_id'], unique=False)

    op.create_table('releases',
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('case_key_id', sa.Uuid(), nullable=False),
    sa.Column('giver_agency_id', sa.Uuid(), nullable=False),
    sa.Column('giver_epoch', sa.Integer(), nullable=True),
    sa.Column('receiver_agency_id', sa.Uuid(), nullable=False),
    sa.Column('receiver_account_id', sa.Uuid(), nullable=True),
    sa.Column('ground', sa.String(length=80), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('statement', sa.LargeBinary(), nullable=True),
    sa.Column('sealed_digest', sa.LargeBinary(), nullable=True),
    sa.Column('signature', sa.LargeBinary(), nullable=True),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_account', sa.Uuid(), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_by', sa.Uuid(), nullable=True),
    sa.Column('end_code', sa.String(length=40), nullable=True),
    sa.Column('hub_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("end_code IN ('withdrawn', 'consent-withdrawn', 'expired', 'stage-left', 'rejected', 'wall', 'left', 'mistake')", name=op.f('ck_releases_end_code_is_known')),
    sa.CheckConstraint("state IN ('called-for', 'waiting', 'live', 'ended')", name=op.f('ck_releases_state_is_known')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_releases_case_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['case_key_id'], ['case_keys.id'], name=op.f('fk_releases_case_key_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['giver_agency_id'], ['agencies.id'], name=op.f('fk_releases_giver_agency_id')),
    sa.ForeignKeyConstraint(['hub_id'], ['hubs.id'], name=op.f('fk_releases_hub_id')),
    sa.ForeignKeyConstraint(['receiver_account_id'], ['accounts.id'], name=op.f('fk_releases_receiver_account_id')),
    sa.ForeignKeyConstraint(['receiver_agency_id'], ['agencies.id'], name=op.f('fk_releases_receiver_agency_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_releases'))
    )
    with op.batch_alter_table('releases', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_releases_case_id_receiver_agency_id'), ['case_id', 'receiver_agency_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_releases_case_key_id'), ['case_key_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_releases_receiver_agency_id_state'), ['receiver_agency_id', 'state'], unique=False)

    op.create_table('vouchings',
    sa.Column('by_agency_id', sa.Uuid(), nullable=False),
    sa.Column('agency_key_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('statement', sa.LargeBinary(), nullable=False),
    sa.Column('signature', sa.LargeBinary(), nullable=False),
    sa.Column('by_account', sa.Uuid(), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('hub_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind IN ('compared', 'introduced')", name=op.f('ck_vouchings_kind_is_known')),
    sa.ForeignKeyConstraint(['agency_key_id'], ['agency_keys.id'], name=op.f('fk_vouchings_agency_key_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['by_agency_id'], ['agencies.id'], name=op.f('fk_vouchings_by_agency_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['hub_id'], ['hubs.id'], name=op.f('fk_vouchings_hub_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_vouchings'))
    )
    with op.batch_alter_table('vouchings', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_vouchings_by_agency_id_agency_key_id'), ['by_agency_id', 'agency_key_id'], unique=False)

    op.create_table('grants',
    sa.Column('release_id', sa.Uuid(), nullable=False),
    sa.Column('agency_key_id', sa.Uuid(), nullable=True),
    sa.Column('account_key_id', sa.Uuid(), nullable=True),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('reseal', sa.LargeBinary(), nullable=True),
    sa.Column('reseal_signature', sa.LargeBinary(), nullable=True),
    sa.Column('hub_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('(agency_key_id IS NULL) <> (account_key_id IS NULL)', name=op.f('ck_grants_one_receiver')),
    sa.ForeignKeyConstraint(['account_key_id'], ['account_keys.id'], name=op.f('fk_grants_account_key_id')),
    sa.ForeignKeyConstraint(['agency_key_id'], ['agency_keys.id'], name=op.f('fk_grants_agency_key_id')),
    sa.ForeignKeyConstraint(['hub_id'], ['hubs.id'], name=op.f('fk_grants_hub_id')),
    sa.ForeignKeyConstraint(['release_id'], ['releases.id'], name=op.f('fk_grants_release_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_grants')),
    sa.UniqueConstraint('release_id', name=op.f('uq_grants_release_id'))
    )
    with op.batch_alter_table('grants', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_grants_account_key_id'), ['account_key_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_grants_agency_key_id'), ['agency_key_id'], unique=False)

    op.create_table('memberships',
    sa.Column('account_key_id', sa.Uuid(), nullable=False),
    sa.Column('agency_key_id', sa.Uuid(), nullable=False),
    sa.Column('statement', sa.LargeBinary(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('signature', sa.LargeBinary(), nullable=False),
    sa.Column('hub_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_key_id'], ['account_keys.id'], name=op.f('fk_memberships_account_key_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['agency_key_id'], ['agency_keys.id'], name=op.f('fk_memberships_agency_key_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['hub_id'], ['hubs.id'], name=op.f('fk_memberships_hub_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_memberships')),
    sa.UniqueConstraint('account_key_id', 'agency_key_id', name=op.f('uq_memberships_account_key_id_agency_key_id'))
    )
    with op.batch_alter_table('memberships', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_memberships_agency_key_id'), ['agency_key_id'], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION casehub_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
            "BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
        )
    for table in APPEND_ONLY:
        guard(table)


def downgrade() -> None:
    with op.batch_alter_table('memberships', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_memberships_agency_key_id'))

    op.drop_table('memberships')
    with op.batch_alter_table('grants', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_grants_agency_key_id'))
        batch_op.drop_index(batch_op.f('ix_grants_account_key_id'))

    op.drop_table('grants')
    with op.batch_alter_table('vouchings', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_vouchings_by_agency_id_agency_key_id'))

    op.drop_table('vouchings')
    with op.batch_alter_table('releases', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_releases_receiver_agency_id_state'))
        batch_op.drop_index(batch_op.f('ix_releases_case_key_id'))
        batch_op.drop_index(batch_op.f('ix_releases_case_id_receiver_agency_id'))

    op.drop_table('releases')
    with op.batch_alter_table('records', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_records_own_key_id'))
        batch_op.drop_index(batch_op.f('ix_records_case_key_id'))
        batch_op.drop_index(batch_op.f('ix_records_case_id_contract'))

    op.drop_table('records')
    with op.batch_alter_table('assignments', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_assignments_case_id_account_id'))
        batch_op.drop_index(batch_op.f('ix_assignments_account_id_until_case_id'))

    op.drop_table('assignments')
    with op.batch_alter_table('account_roles', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_account_roles_account_id'))

    op.drop_table('account_roles')
    with op.batch_alter_table('account_keys', schema=None) as batch_op:
        batch_op.drop_index('uq_account_keys_current', sqlite_where=sa.text("state = 'current' AND holder = 'person'"), postgresql_where=sa.text("state = 'current' AND holder = 'person'"))
        batch_op.drop_index(batch_op.f('ix_account_keys_account_id'))

    op.drop_table('account_keys')
    with op.batch_alter_table('case_keys', schema=None) as batch_op:
        batch_op.drop_index('uq_case_keys_unowned', sqlite_where=sa.text('owner_agency_id IS NULL'), postgresql_where=sa.text('owner_agency_id IS NULL'))

    op.drop_table('case_keys')
    with op.batch_alter_table('case_agencies', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_case_agencies_agency_id_moved_at_id'))

    op.drop_table('case_agencies')
    with op.batch_alter_table('agency_keys', schema=None) as batch_op:
        batch_op.drop_index('uq_agency_keys_current', sqlite_where=sa.text("state = 'current'"), postgresql_where=sa.text("state = 'current'"))

    op.drop_table('agency_keys')
    with op.batch_alter_table('accounts', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_accounts_agency_id'))

    op.drop_table('accounts')
    op.drop_table('cases')
    op.drop_table('audit_nodes')
    with op.batch_alter_table('audit_entries', schema=None) as batch_op:
        batch_op.drop_index('ix_audit_entries_alarms')
        batch_op.drop_index(batch_op.f('ix_audit_entries_log_id_case_id_number'))
        batch_op.drop_index(batch_op.f('ix_audit_entries_log_id_agency_id_number'))
        batch_op.drop_index(batch_op.f('ix_audit_entries_log_id_account_id_number'))

    op.drop_table('audit_entries')
    op.drop_table('audit_checkpoints')
    op.drop_table('agencies')
    op.drop_table('policy_documents')
    op.drop_table('hubs')
    op.drop_table('audit_logs')
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION casehub_append_only()")
