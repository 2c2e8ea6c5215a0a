"""The tables that photo intake touches."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "8dfb841c5439"
down_revision = None
branch_labels = None
depends_on = None

EXTENSIONS = ("pg_trgm", "unaccent", "btree_gin")


def upgrade() -> None:
    """Apply."""
    for extension in EXTENSIONS:
        op.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
    op.create_table(
        "blobs",
        sa.Column("sha256", sa.CHAR(length=64), nullable=False),
        sa.Column("bucket", sa.Text(), nullable=False),
        sa.Column("s3_key", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("page_count", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("size >= 0", name=op.f("ck_blobs_size_not_negative")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_blobs")),
    )
    op.create_table(
        "boxes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("box_no", sa.Integer(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("capacity > 0", name=op.f("ck_boxes_capacity_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_boxes")),
        sa.UniqueConstraint("box_no", name=op.f("uq_boxes_box_no")),
    )
    op.create_table(
        "catalogue_parts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("manufacturer_code", sa.Text(), nullable=False),
        sa.Column(
            "code_key",
            sa.Text(),
            sa.Computed("upper(regexp_replace(manufacturer_code, '[^A-Za-z0-9]', '', 'g'))", persisted=True),
            nullable=False,
        ),
        sa.Column("manufacturer", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("keywords", sa.Text(), nullable=True),
        sa.Column("type_name", sa.Text(), nullable=True),
        sa.Column("datasheet_url", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_parts")),
        sa.UniqueConstraint("source", "manufacturer_code", name=op.f("uq_catalogue_parts_source_manufacturer_code")),
    )
    op.create_index(op.f("ix_catalogue_parts_code_key"), "catalogue_parts", ["code_key"], unique=False)
    op.create_table(
        "idempotency_keys",
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("response", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("route", "key", name=op.f("pk_idempotency_keys")),
    )
    op.create_table(
        "types",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_types")),
    )
    op.create_index("uq_types_name", "types", [sa.literal_column("lower(name)")], unique=True)
    op.create_table(
        "box_types",
        sa.Column("box_id", sa.BigInteger(), nullable=False),
        sa.Column("type_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["box_id"], ["boxes.id"], name=op.f("fk_box_types_box_id_boxes"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["type_id"], ["types.id"], name=op.f("fk_box_types_type_id_types"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("box_id", "type_id", name=op.f("pk_box_types")),
    )
    op.create_index(op.f("ix_box_types_type_id"), "box_types", ["type_id"], unique=False)
    op.create_table(
        "document_pages",
        sa.Column("blob_sha256", sa.CHAR(length=64), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "words",
            postgresql.TSVECTOR(),
            sa.Computed("to_tsvector('english', left(text, 200000))", persisted=True),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["blob_sha256"], ["blobs.sha256"], name=op.f("fk_document_pages_blob_sha256_blobs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("blob_sha256", "page", name=op.f("pk_document_pages")),
    )
    op.create_index(op.f("ix_document_pages_words"), "document_pages", ["words"], unique=False, postgresql_using="gin")
    op.create_table(
        "locations",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("box_id", sa.BigInteger(), nullable=False),
        sa.Column("box_no", sa.Integer(), nullable=False),
        sa.Column("loc_no", sa.Integer(), nullable=False),
        sa.CheckConstraint("loc_no > 0", name=op.f("ck_locations_loc_no_positive")),
        sa.ForeignKeyConstraint(["box_id"], ["boxes.id"], name=op.f("fk_locations_box_id_boxes"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_locations")),
        sa.UniqueConstraint("box_no", "loc_no", name=op.f("uq_locations_box_no_loc_no")),
    )
    op.create_index(op.f("ix_locations_box_id"), "locations", ["box_id"], unique=False)
    op.create_table(
        "parts",
        sa.Column("id4", sa.CHAR(length=4), nullable=False),
        sa.Column("manufacturer_code", sa.Text(), nullable=True),
        sa.Column(
            "code_key",
            sa.Text(),
            sa.Computed("upper(regexp_replace(manufacturer_code, '[^A-Za-z0-9]', '', 'g'))", persisted=True),
            nullable=True,
        ),
        sa.Column("manufacturer", sa.Text(), nullable=True),
        sa.Column("type_id", sa.BigInteger(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("image_id", sa.BigInteger(), nullable=True),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("seller", sa.Text(), nullable=True),
        sa.Column("seller_link", sa.Text(), nullable=True),
        sa.Column(
            "set_by", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("id4 ~ '^[A-Z]{4}$'", name=op.f("ck_parts_id4_letters")),
        sa.ForeignKeyConstraint(
            ["image_id"],
            ["documents.id"],
            name=op.f("fk_parts_image_id_documents"),
            ondelete="SET NULL",
            use_alter=True,
        ),
        sa.ForeignKeyConstraint(["type_id"], ["types.id"], name=op.f("fk_parts_type_id_types")),
        sa.PrimaryKeyConstraint("id4", name=op.f("pk_parts")),
    )
    op.create_index(op.f("ix_parts_code_key"), "parts", ["code_key"], unique=False)
    op.create_index(op.f("ix_parts_tags"), "parts", ["tags"], unique=False, postgresql_using="gin")
    op.create_index(op.f("ix_parts_type_id"), "parts", ["type_id"], unique=False)
    op.create_table(
        "documents",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("part_id4", sa.CHAR(length=4), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("is_datasheet", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("blob_sha256", sa.CHAR(length=64), nullable=True),
        sa.Column("public_url", sa.Text(), nullable=True),
        sa.Column("original_filename", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(kind = 'link') = (blob_sha256 IS NULL)", name=op.f("ck_documents_link_has_no_blob")),
        sa.CheckConstraint("kind IN ('pdf', 'image', 'link')", name=op.f("ck_documents_kind_known")),
        sa.ForeignKeyConstraint(["blob_sha256"], ["blobs.sha256"], name=op.f("fk_documents_blob_sha256_blobs")),
        sa.ForeignKeyConstraint(["part_id4"], ["parts.id4"], name=op.f("fk_documents_part_id4_parts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
    )
    op.create_index(op.f("ix_documents_blob_sha256"), "documents", ["blob_sha256"], unique=False)
    op.create_index("uq_documents_part_id4_blob_sha256", "documents", ["part_id4", "blob_sha256"], unique=True)
    op.create_table(
        "history",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("command_id", sa.Uuid(), nullable=False),
        sa.Column("part_id4", sa.CHAR(length=4), nullable=False),
        sa.Column("delta_qty", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("box_no", sa.Integer(), nullable=False),
        sa.Column("loc_no", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("delta_qty <> 0", name=op.f("ck_history_delta_qty_not_zero")),
        sa.ForeignKeyConstraint(["part_id4"], ["parts.id4"], name=op.f("fk_history_part_id4_parts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history")),
        sa.UniqueConstraint(
            "command_id", "part_id4", "box_no", "loc_no", name=op.f("uq_history_command_id_part_id4_box_no_loc_no")
        ),
    )
    op.create_index(op.f("ix_history_part_id4_at"), "history", ["part_id4", "at"], unique=False)
    op.create_table(
        "part_locations",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("part_id4", sa.CHAR(length=4), nullable=False),
        sa.Column("box_no", sa.Integer(), nullable=False),
        sa.Column("loc_no", sa.Integer(), nullable=False),
        sa.Column("qty", sa.Integer(), nullable=False),
        sa.CheckConstraint("qty > 0", name=op.f("ck_part_locations_qty_positive")),
        sa.ForeignKeyConstraint(
            ["box_no", "loc_no"],
            ["locations.box_no", "locations.loc_no"],
            name=op.f("fk_part_locations_box_no_loc_no_locations"),
        ),
        sa.ForeignKeyConstraint(["part_id4"], ["parts.id4"], name=op.f("fk_part_locations_part_id4_parts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_part_locations")),
        sa.UniqueConstraint("part_id4", "box_no", "loc_no", name=op.f("uq_part_locations_part_id4_box_no_loc_no")),
    )
    op.create_index(op.f("ix_part_locations_box_no_loc_no"), "part_locations", ["box_no", "loc_no"], unique=False)
    op.create_table(
        "pipeline_runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pipeline", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="pending", nullable=False),
        sa.Column("epoch", sa.Integer(), server_default="0", nullable=False),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("input", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("part_id4", sa.CHAR(length=4), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("progress_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("time_limit", sa.Interval(), nullable=False),
        sa.Column("working_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_requested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("pipeline IN ('photo_intake', 'part_intake')", name=op.f("ck_pipeline_runs_pipeline_known")),
        sa.CheckConstraint(
            "state IN ('pending', 'running', 'succeeded', 'partial', 'failed', 'cancelled')",
            name=op.f("ck_pipeline_runs_state_known"),
        ),
        sa.ForeignKeyConstraint(["part_id4"], ["parts.id4"], name=op.f("fk_pipeline_runs_part_id4_parts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pipeline_runs")),
    )
    op.create_index(op.f("ix_pipeline_runs_created_at_id"), "pipeline_runs", ["created_at", "id"], unique=False)
    op.create_index(
        "ix_pipeline_runs_open",
        "pipeline_runs",
        ["progress_at"],
        unique=False,
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_index(op.f("ix_pipeline_runs_part_id4"), "pipeline_runs", ["part_id4"], unique=False)
    op.create_table(
        "ai_calls",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("prompt_version", sa.Text(), nullable=False),
        sa.Column("cache_key", sa.Text(), nullable=False),
        sa.Column("answer", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("input_tokens", sa.Integer(), nullable=False),
        sa.Column("output_tokens", sa.Integer(), nullable=False),
        sa.Column("cost_usd", sa.Numeric(precision=12, scale=6), nullable=False),
        sa.Column("cached", sa.Boolean(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["pipeline_runs.id"], name=op.f("fk_ai_calls_run_id_pipeline_runs"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ai_calls")),
    )
    op.create_index(op.f("ix_ai_calls_at"), "ai_calls", ["at"], unique=False)
    op.create_index(
        op.f("ix_ai_calls_cache_key"), "ai_calls", ["cache_key"], unique=False, postgresql_where="answer IS NOT NULL"
    )
    op.create_index(op.f("ix_ai_calls_run_id"), "ai_calls", ["run_id"], unique=False)
    op.create_table(
        "datasheet_candidates",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("final_url", sa.Text(), nullable=True),
        sa.Column("blob_sha256", sa.CHAR(length=64), nullable=True),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.Column("chosen", sa.Boolean(), server_default="false", nullable=False),
        sa.CheckConstraint(
            "verdict IN ('ok', 'unreachable', 'blocked', 'not_pdf', 'html_shell', 'too_large', 'truncated', 'encrypted', 'wrong_part', 'wrong_kind', 'duplicate', 'forbidden_address', 'timeout')",
            name=op.f("ck_datasheet_candidates_verdict_known"),
        ),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["pipeline_runs.id"],
            name=op.f("fk_datasheet_candidates_run_id_pipeline_runs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_datasheet_candidates")),
        sa.UniqueConstraint("run_id", "slot", name=op.f("uq_datasheet_candidates_run_id_slot")),
    )
    op.create_table(
        "pipeline_steps",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slot", sa.Integer(), server_default="0", nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), server_default="pending", nullable=False),
        sa.Column("attempt", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("worker", sa.Text(), nullable=True),
        sa.Column("output", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('pending', 'running', 'waiting', 'succeeded', 'gap', 'failed', 'skipped')",
            name=op.f("ck_pipeline_steps_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["pipeline_runs.id"], name=op.f("fk_pipeline_steps_run_id_pipeline_runs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "name", "slot", name=op.f("pk_pipeline_steps")),
    )
    op.create_index(
        "ix_pipeline_steps_leased",
        "pipeline_steps",
        ["lease_until"],
        unique=False,
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_table(
        "suggestions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("part_id4", sa.CHAR(length=4), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("value", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("evidence", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), server_default="proposed", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "field IN ('part_number', 'tags', 'type', 'stock')", name=op.f("ck_suggestions_field_known")
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'accepted', 'rejected', 'superseded')", name=op.f("ck_suggestions_state_known")
        ),
        sa.CheckConstraint("confidence BETWEEN 0 AND 1", name=op.f("ck_suggestions_confidence_range")),
        sa.ForeignKeyConstraint(["part_id4"], ["parts.id4"], name=op.f("fk_suggestions_part_id4_parts")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["pipeline_runs.id"], name=op.f("fk_suggestions_run_id_pipeline_runs"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestions")),
    )
    op.create_index(op.f("ix_suggestions_part_id4_state"), "suggestions", ["part_id4", "state"], unique=False)
    op.create_index(
        "ix_suggestions_promised_slots",
        "suggestions",
        [sa.literal_column("(value ->> 'slot')")],
        unique=False,
        postgresql_where=sa.text("field = 'stock' AND state = 'proposed'"),
    )
    op.create_index(op.f("ix_suggestions_run_id"), "suggestions", ["run_id"], unique=False)
    # Parts and documents point at each other, so one of the two keys comes after both tables.
    op.create_foreign_key(
        "fk_parts_image_id_documents", "parts", "documents", ["image_id"], ["id"], ondelete="SET NULL"
    )


def downgrade() -> None:
    """Undo."""
    op.drop_constraint("fk_parts_image_id_documents", "parts", type_="foreignkey")
    op.drop_index(op.f("ix_suggestions_run_id"), table_name="suggestions")
    op.drop_index(
        "ix_suggestions_promised_slots",
        table_name="suggestions",
        postgresql_where=sa.text("field = 'stock' AND state = 'proposed'"),
    )
    op.drop_index(op.f("ix_suggestions_part_id4_state"), table_name="suggestions")
    op.drop_table("suggestions")
    op.drop_index(
        "ix_pipeline_steps_leased", table_name="pipeline_steps", postgresql_where=sa.text("state = 'running'")
    )
    op.drop_table("pipeline_steps")
    op.drop_table("datasheet_candidates")
    op.drop_index(op.f("ix_ai_calls_run_id"), table_name="ai_calls")
    op.drop_index(op.f("ix_ai_calls_cache_key"), table_name="ai_calls", postgresql_where="answer IS NOT NULL")
    op.drop_index(op.f("ix_ai_calls_at"), table_name="ai_calls")
    op.drop_table("ai_calls")
    op.drop_index(op.f("ix_pipeline_runs_part_id4"), table_name="pipeline_runs")
    op.drop_index("ix_pipeline_runs_open", table_name="pipeline_runs", postgresql_where=sa.text("finished_at IS NULL"))
    op.drop_index(op.f("ix_pipeline_runs_created_at_id"), table_name="pipeline_runs")
    op.drop_table("pipeline_runs")
    op.drop_index(op.f("ix_part_locations_box_no_loc_no"), table_name="part_locations")
    op.drop_table("part_locations")
    op.drop_index(op.f("ix_history_part_id4_at"), table_name="history")
    op.drop_table("history")
    op.drop_index("uq_documents_part_id4_blob_sha256", table_name="documents")
    op.drop_index(op.f("ix_documents_blob_sha256"), table_name="documents")
    op.drop_table("documents")
    op.drop_index(op.f("ix_parts_type_id"), table_name="parts")
    op.drop_index(op.f("ix_parts_tags"), table_name="parts", postgresql_using="gin")
    op.drop_index(op.f("ix_parts_code_key"), table_name="parts")
    op.drop_table("parts")
    op.drop_index(op.f("ix_locations_box_id"), table_name="locations")
    op.drop_table("locations")
    op.drop_index(op.f("ix_document_pages_words"), table_name="document_pages", postgresql_using="gin")
    op.drop_table("document_pages")
    op.drop_index(op.f("ix_box_types_type_id"), table_name="box_types")
    op.drop_table("box_types")
    op.drop_index("uq_types_name", table_name="types")
    op.drop_table("types")
    op.drop_table("idempotency_keys")
    op.drop_index(op.f("ix_catalogue_parts_code_key"), table_name="catalogue_parts")
    op.drop_table("catalogue_parts")
    op.drop_table("boxes")
    op.drop_table("blobs")
    for extension in EXTENSIONS:
        op.execute(f"DROP EXTENSION IF EXISTS {extension}")
