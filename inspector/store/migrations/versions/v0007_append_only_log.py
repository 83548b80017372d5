"""The log is only added to, whoever writes: the database refuses the rest.

Retention first says up to when entries are past their time, then deletes those and no others.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_IS_PAST = "SELECT 1 FROM retention WHERE kept = 'log' AND OLD.at < ended_at"

_SQLITE = (
    """
    CREATE TRIGGER access_never_changes BEFORE UPDATE ON access
    BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END
    """,
    f"""
    CREATE TRIGGER access_ends_by_retention BEFORE DELETE ON access
    WHEN NOT EXISTS ({_IS_PAST})
    BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END
    """,
)

_POSTGRESQL = (
    f"""
    CREATE FUNCTION access_is_only_added_to() RETURNS trigger AS $$
    BEGIN
        IF TG_OP = 'DELETE' THEN
            IF EXISTS ({_IS_PAST}) THEN
                RETURN OLD;
            END IF;
        END IF;
        RAISE EXCEPTION 'the log is only added to';
    END
    $$ LANGUAGE plpgsql
    """,
    """
    CREATE TRIGGER access_never_changes BEFORE UPDATE OR DELETE ON access
    FOR EACH ROW EXECUTE FUNCTION access_is_only_added_to()
    """,
    """
    CREATE TRIGGER access_is_never_emptied BEFORE TRUNCATE ON access
    FOR EACH STATEMENT EXECUTE FUNCTION access_is_only_added_to()
    """,
)


def upgrade() -> None:
    """Add the column, then the triggers."""
    op.add_column("retention", sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _SQLITE if is_sqlite else _POSTGRESQL:
        op.execute(statement)
