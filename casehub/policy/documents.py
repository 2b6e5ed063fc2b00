"""Every version of a policy document that was ever in force.

Cases, assessments and releases point here, so an old one keeps its own version on every machine,
whatever the folder says today.
"""

from sqlalchemy import String, Text, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column

from casehub.errors import Tampered
from casehub.policy.decide import in_force
from casehub.policy.folder import PolicyFile
from casehub.store import Row, db
from casehub.texts import N_


class PolicyDocument(Row):
    """One version of one document; a changed text is a new version, counted from 1."""

    __tablename__ = "policy_documents"
    __table_args__ = (
        UniqueConstraint("kind", "name", "version"),
        UniqueConstraint("kind", "name", "sha256"),
    )

    kind: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(80))
    version: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)


def keep(files: list[PolicyFile]) -> list[PolicyDocument]:
    """Store what is not stored yet; return the new versions. Needs a writing transaction."""
    known = set(
        db.session.execute(select(PolicyDocument.kind, PolicyDocument.name, PolicyDocument.sha256))
    )
    latest = {
        (kind, name): version
        for kind, name, version in db.session.execute(
            select(
                PolicyDocument.kind, PolicyDocument.name, func.max(PolicyDocument.version)
            ).group_by(PolicyDocument.kind, PolicyDocument.name)
        )
    }
    fresh = [
        PolicyDocument(
            kind=item.kind,
            name=item.name,
            version=latest.get((item.kind, item.name), 0) + 1,
            sha256=item.digest,
            text=item.text,
        )
        for item in files
        if (item.kind, item.name, item.digest) not in known
    ]
    db.session.add_all(fresh)
    return fresh


def current_document(kind: str, name: str) -> PolicyDocument | None:
    """Return the version of a document that is in force, or None where the folder has none.

    Raises Tampered where the stored text is not the one whose hash it is kept under.
    """
    file = next((item for item in in_force().files if (item.kind, item.name) == (kind, name)), None)
    if file is None:
        return None
    document = db.session.scalar(
        select(PolicyDocument).where(
            PolicyDocument.kind == kind,
            PolicyDocument.name == name,
            PolicyDocument.sha256 == file.digest,
        )
    )
    if document is not None and document.text != file.text:
        raise Tampered(N_("A stored policy is not the one that was taken into force."))
    return document
