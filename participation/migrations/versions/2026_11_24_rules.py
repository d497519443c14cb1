"""Each proceeding keeps its rules for contributions as rows; decisions and notices name a row. Text blocks for reasons.

Proceedings that exist get the seven rules that were fixed until now. What their page said stays below the list.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from participation.database import Translated, UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

RULES = (
    ("off_topic", "Bleiben Sie beim Thema.", "Stay on the subject.",
     "Es geht um diesen Ort und um dieses Vorhaben.", "This is about this place and this plan.",
     "Er gehört nicht zu diesem Verfahren.", "It does not belong to this consultation."),
    ("insult", "Bleiben Sie freundlich.", "Stay friendly.",
     "Widersprechen Sie der Sache, nicht dem Menschen.", "Disagree with the point, not with the person.",
     "Er beleidigt oder bedroht Menschen.", "It insults or threatens people."),
    ("personal_data", "Nennen Sie keine Daten anderer Menschen.", "Leave out data about other people.",
     "Dazu gehören Namen, Telefonnummern, Adressen und Kennzeichen.",
     "That includes names, phone numbers, addresses and number plates.",
     "Er nennt persönliche Daten anderer Menschen.", "It names personal data of others."),
    ("advertising", "Machen Sie keine Werbung.", "Do not advertise.",
     "Das gilt für Waren, Wohnungen, Vereine und Parteien.", "This holds for goods, flats, clubs and parties.",
     "Er ist Werbung oder Spam.", "It is advertising or spam."),
    ("false_claim", "Behaupten Sie nichts Falsches.", "Do not claim what is not true.",
     "Schwere Vorwürfe gegen Menschen oder Firmen gehören nicht hierher.",
     "Serious accusations against people or companies do not belong here.",
     "Er erhebt einen schweren Vorwurf ohne Beleg.", "It makes a serious accusation without proof."),
    ("repetition", "Schreiben Sie einmal und in eigenen Worten.", "Write once and in your own words.",
     "Gleiche Texte in Serie nehmen wir zusammen oder blenden sie aus.",
     "We combine or hide the same text sent in series.",
     "Er wiederholt einen Text, der mehrfach gesendet wurde.", "It repeats a text that was sent several times."),
    ("illegal", "Schreiben Sie nichts Strafbares.", "Write nothing that is against the law.",
     "Solche Beiträge geben wir an die Polizei.", "We pass such contributions on to the police.",
     "Er ist vielleicht strafbar oder jugendgefährdend.",
     "It may be against the law, or harm young people."),
)  # fmt: skip
LIMITS = (
    "(state_after NOT IN ('rejected', 'hidden') AND NOT (state_before = 'published' AND state_after = 'submitted'))"
    " OR ({ground} IS NOT NULL AND length(trim(statement_of_reasons)) > 0)"
)
KEY_OF_RULE = (
    "(SELECT CASE WHEN key IN ('off_topic', 'insult', 'personal_data', 'advertising', 'false_claim', 'repetition')"
    " THEN key ELSE 'illegal' END FROM rule WHERE rule.id = rule_id)"
)
PROCEEDING_OF_DECISION = (
    "COALESCE((SELECT proceeding_id FROM contribution WHERE contribution.id = moderation_decision.contribution_id),"
    " (SELECT proceeding_id FROM comment WHERE comment.id = moderation_decision.comment_id))"
)


def upgrade() -> None:
    op.create_table(
        "rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proceeding_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", Translated(), nullable=False),
        sa.Column("explanation", Translated(), nullable=False),
        sa.Column("breach", Translated(), nullable=False),
        sa.Column("law", sa.String(length=200), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["proceeding_id"], ["proceeding.id"], name=op.f("fk_rule_proceeding_id_proceeding"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule")),
        sa.UniqueConstraint("proceeding_id", "key", "version", name=op.f("uq_rule_proceeding_id_key_version")),
    )
    op.create_table(
        "text_block",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proceeding_id", sa.Integer(), nullable=False),
        sa.Column("rule_key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("text", Translated(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proceeding_id"],
            ["proceeding.id"],
            name=op.f("fk_text_block_proceeding_id_proceeding"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_block")),
    )
    op.create_index(op.f("ix_text_block_proceeding_id"), "text_block", ["proceeding_id"])
    _add_rules()
    op.execute("ALTER TABLE proceeding RENAME COLUMN rules TO rules_note")
    with op.batch_alter_table("moderation_decision") as batch_op:
        batch_op.add_column(sa.Column("rule_id", sa.Integer(), nullable=True))
    rule_of_ground = f"rule.key = moderation_decision.ground AND rule.proceeding_id = {PROCEEDING_OF_DECISION}"
    op.execute(f"UPDATE moderation_decision SET rule_id = (SELECT rule.id FROM rule WHERE {rule_of_ground})")  # noqa: S608 – fixed words
    with op.batch_alter_table("moderation_decision") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_moderation_decision_limits_have_reasons"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_moderation_decision_limits_have_reasons"), sa.text(LIMITS.format(ground="rule_id"))
        )
        batch_op.create_foreign_key(batch_op.f("fk_moderation_decision_rule_id_rule"), "rule", ["rule_id"], ["id"])
        batch_op.create_index(batch_op.f("ix_moderation_decision_rule_id"), ["rule_id"])
        batch_op.drop_column("ground")
    with op.batch_alter_table("notice", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.add_column(sa.Column("rule_id", sa.Integer(), nullable=True))
    op.execute(
        "UPDATE notice SET rule_id = (SELECT rule.id FROM rule WHERE rule.key = notice.reason"
        " AND rule.proceeding_id = notice.proceeding_id)"
    )
    with op.batch_alter_table("notice", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.alter_column("rule_id", existing_type=sa.Integer(), nullable=False)
        batch_op.create_foreign_key(batch_op.f("fk_notice_rule_id_rule"), "rule", ["rule_id"], ["id"])
        batch_op.create_index(batch_op.f("ix_notice_rule_id"), ["rule_id"])
        batch_op.drop_column("reason")


def _add_rules() -> None:
    insert = sa.text(
        "INSERT INTO rule (proceeding_id, key, version, position, name, explanation, breach, law, created_at)"
        " SELECT id, :key, 1, :position, :name, :explanation, :breach, '', :now FROM proceeding"
    ).bindparams(
        sa.bindparam("name", type_=Translated()),
        sa.bindparam("explanation", type_=Translated()),
        sa.bindparam("breach", type_=Translated()),
        sa.bindparam("now", type_=UtcDateTime()),
    )
    for position, (key, *texts) in enumerate(RULES, start=1):
        name, explanation, breach = ({"de": texts[i], "en": texts[i + 1]} for i in (0, 2, 4))
        values = {"key": key, "position": position, "name": name, "explanation": explanation, "breach": breach}
        op.get_bind().execute(insert, values | {"now": datetime.now(UTC)})


def downgrade() -> None:
    """Give the fixed words back; rules of a proceeding's own become “illegal”, the most serious one."""
    with op.batch_alter_table("notice", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.add_column(sa.Column("reason", sa.String(length=40), nullable=True))
    op.execute(f"UPDATE notice SET reason = {KEY_OF_RULE}")  # noqa: S608 – fixed words
    with op.batch_alter_table("notice", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.alter_column("reason", existing_type=sa.String(length=40), nullable=False)
        batch_op.drop_index(batch_op.f("ix_notice_rule_id"))
        batch_op.drop_constraint(batch_op.f("fk_notice_rule_id_rule"), type_="foreignkey")
        batch_op.drop_column("rule_id")
    with op.batch_alter_table("moderation_decision") as batch_op:
        batch_op.add_column(sa.Column("ground", sa.String(length=40), nullable=True))
    op.execute(f"UPDATE moderation_decision SET ground = {KEY_OF_RULE}")  # noqa: S608 – fixed words
    with op.batch_alter_table("moderation_decision") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_moderation_decision_limits_have_reasons"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_moderation_decision_limits_have_reasons"), sa.text(LIMITS.format(ground="ground"))
        )
        batch_op.drop_index(batch_op.f("ix_moderation_decision_rule_id"))
        batch_op.drop_constraint(batch_op.f("fk_moderation_decision_rule_id_rule"), type_="foreignkey")
        batch_op.drop_column("rule_id")
    op.execute("ALTER TABLE proceeding RENAME COLUMN rules_note TO rules")
    op.drop_table("text_block")
    op.drop_table("rule")
