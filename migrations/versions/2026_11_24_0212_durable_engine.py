"""durable engine."""

import sqlalchemy as sa
from alembic import op

revision = "3699b04cc7f3"
down_revision = "8dfb841c5439"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "batches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
    )
    op.create_table(
        "permits",
        sa.Column("resource", sa.Text(), nullable=False),
        sa.Column("holder", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("resource", "holder", name=op.f("pk_permits")),
    )
    op.create_index(op.f("ix_idempotency_keys_created_at"), "idempotency_keys", ["created_at"], unique=False)
    op.add_column("pipeline_runs", sa.Column("lane", sa.Text(), server_default="interactive", nullable=False))
    op.add_column("pipeline_runs", sa.Column("batch_id", sa.Uuid(), nullable=True))
    op.add_column("pipeline_runs", sa.Column("payload_version", sa.Integer(), server_default="1", nullable=False))
    op.add_column("pipeline_runs", sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("pipeline_runs", sa.Column("waiting_for", sa.Text(), nullable=True))
    op.add_column("pipeline_runs", sa.Column("sends", sa.Integer(), server_default="0", nullable=False))
    op.add_column("pipeline_runs", sa.Column("heal_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("pipeline_runs", sa.Column("heals", sa.Integer(), server_default="0", nullable=False))
    op.drop_index(op.f("ix_pipeline_runs_part_id4"), table_name="pipeline_runs")
    op.drop_index(op.f("ix_pipeline_runs_open"), table_name="pipeline_runs", postgresql_where="(finished_at IS NULL)")
    op.create_index(
        "ix_pipeline_runs_open",
        "pipeline_runs",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_index(
        op.f("ix_pipeline_runs_batch_id_created_at_id"), "pipeline_runs", ["batch_id", "created_at", "id"], unique=False
    )
    op.create_index(op.f("ix_pipeline_runs_finished_at"), "pipeline_runs", ["finished_at"], unique=False)
    op.create_index(
        "ix_pipeline_runs_heal_at",
        "pipeline_runs",
        ["heal_at"],
        unique=False,
        postgresql_where=sa.text("heal_at IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_pipeline_runs_part_id4_created_at_id"), "pipeline_runs", ["part_id4", "created_at", "id"], unique=False
    )
    op.create_index(
        op.f("ix_pipeline_runs_pipeline_created_at_id"), "pipeline_runs", ["pipeline", "created_at", "id"], unique=False
    )
    op.create_index(
        op.f("ix_pipeline_runs_state_created_at_id"), "pipeline_runs", ["state", "created_at", "id"], unique=False
    )
    op.create_foreign_key(
        op.f("fk_pipeline_runs_batch_id_batches"), "pipeline_runs", "batches", ["batch_id"], ["id"], ondelete="SET NULL"
    )
    op.add_column("pipeline_steps", sa.Column("postponed", sa.Integer(), server_default="0", nullable=False))
    op.add_column("pipeline_steps", sa.Column("transient", sa.Boolean(), server_default="false", nullable=False))
    op.drop_index(
        op.f("ix_pipeline_steps_leased"), table_name="pipeline_steps", postgresql_where="(state = 'running'::text)"
    )
    op.create_check_constraint(op.f("ck_pipeline_runs_lane_known"), "pipeline_runs", "lane IN ('interactive', 'bulk')")
    op.create_check_constraint(
        op.f("ck_pipeline_runs_waiting_for_known"), "pipeline_runs", "waiting_for IN ('broker', 'batch')"
    )
    op.execute("UPDATE pipeline_runs SET sent_at = progress_at WHERE epoch > 0")
    # Room for the next version of a row beside it: steps and their run change several times while they are carried out.
    op.execute("ALTER TABLE pipeline_runs SET (fillfactor = 70)")
    op.execute("ALTER TABLE pipeline_steps SET (fillfactor = 70)")


def downgrade() -> None:
    """Undo."""
    op.execute("ALTER TABLE pipeline_steps RESET (fillfactor)")
    op.execute("ALTER TABLE pipeline_runs RESET (fillfactor)")
    op.create_index(
        op.f("ix_pipeline_steps_leased"),
        "pipeline_steps",
        ["lease_until"],
        unique=False,
        postgresql_where="(state = 'running'::text)",
    )
    op.drop_column("pipeline_steps", "transient")
    op.drop_column("pipeline_steps", "postponed")
    op.drop_constraint(op.f("fk_pipeline_runs_batch_id_batches"), "pipeline_runs", type_="foreignkey")
    op.drop_index(op.f("ix_pipeline_runs_state_created_at_id"), table_name="pipeline_runs")
    op.drop_index(op.f("ix_pipeline_runs_pipeline_created_at_id"), table_name="pipeline_runs")
    op.drop_index(op.f("ix_pipeline_runs_part_id4_created_at_id"), table_name="pipeline_runs")
    op.drop_index(
        "ix_pipeline_runs_heal_at", table_name="pipeline_runs", postgresql_where=sa.text("heal_at IS NOT NULL")
    )
    op.drop_index(op.f("ix_pipeline_runs_finished_at"), table_name="pipeline_runs")
    op.drop_index(op.f("ix_pipeline_runs_batch_id_created_at_id"), table_name="pipeline_runs")
    op.drop_index("ix_pipeline_runs_open", table_name="pipeline_runs", postgresql_where=sa.text("finished_at IS NULL"))
    op.create_index(
        op.f("ix_pipeline_runs_open"),
        "pipeline_runs",
        ["progress_at"],
        unique=False,
        postgresql_where="(finished_at IS NULL)",
    )
    op.create_index(op.f("ix_pipeline_runs_part_id4"), "pipeline_runs", ["part_id4"], unique=False)
    op.drop_column("pipeline_runs", "heals")
    op.drop_column("pipeline_runs", "heal_at")
    op.drop_column("pipeline_runs", "sends")
    op.drop_column("pipeline_runs", "waiting_for")
    op.drop_column("pipeline_runs", "sent_at")
    op.drop_column("pipeline_runs", "payload_version")
    op.drop_column("pipeline_runs", "batch_id")
    op.drop_column("pipeline_runs", "lane")
    op.drop_index(op.f("ix_idempotency_keys_created_at"), table_name="idempotency_keys")
    op.drop_table("permits")
    op.drop_table("batches")
