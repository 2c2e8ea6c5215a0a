"""Tags: the words on parts, how often each is used, and the words that stand for them."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models import Part, TagSynonym
from models.locks import Lock, hold, share
from schemas.errors import Conflict, InvalidInput, NotFound
from schemas.tag import normalised
from schemas.vocabulary import VOCABULARY


class Tag(NamedTuple):
    """A tag, how many parts have it, and its synonyms."""

    name: str
    parts: int
    synonyms: tuple[str, ...]


class TagService:
    """Every word that is put on a part goes through `canonical`, so that one thing has one tag."""

    @staticmethod
    def canonicalise(session: Session, words: Iterable[str]) -> list[str]:
        """Return the tags that words stand for, each once; what they stand for stays so until the transaction ends.

        Raises:
            InvalidInput: one of them is no word.
        """
        tags = [_normalised(word) for word in words]
        share(session, Lock.TAG_WORDS)
        known = TagService.find_synonyms(session, tags)
        return list(dict.fromkeys(known.get(tag, tag) for tag in tags))

    @staticmethod
    def find_synonyms(session: Session, words: Iterable[str]) -> dict[str, str]:
        """Return those of the normalised words that are synonyms, with their tags."""
        rows = session.execute(select(TagSynonym.synonym, TagSynonym.tag).where(TagSynonym.synonym.in_(words)))
        return dict(rows.all())

    @staticmethod
    def list(session: Session, *, prefix: str | None = None, limit: int) -> Sequence[Tag]:
        """Return the tags in use and those of the vocabulary, by name; with a prefix, those that it begins."""
        each = select(func.unnest(Part.tags).label("name")).subquery()
        used: dict[str, int] = dict(session.execute(select(each.c.name, func.count()).group_by(each.c.name)).all())
        written = select(TagSynonym.tag, func.array_agg(TagSynonym.synonym)).group_by(TagSynonym.tag)
        synonyms = {tag: tuple(sorted(words)) for tag, words in session.execute(written)}
        replaced = {word for words in synonyms.values() for word in words}
        names = sorted({*used, *synonyms, *VOCABULARY} - replaced)
        tags = (Tag(name, used.get(name, 0), synonyms.get(name, ())) for name in names)
        start = prefix or ""
        return [tag for tag in tags if any(word.startswith(start) for word in (tag.name, *tag.synonyms))][:limit]

    @staticmethod
    def get(session: Session, word: str) -> Tag:
        """Return a tag by its name or by a synonym.

        Raises:
            NotFound: no part has it, it is no word of the vocabulary, and it has no synonym.
        """
        name = TagService.resolve(session, word)
        parts = session.scalar(select(func.count()).select_from(Part).where(Part.tags.contains([name]))) or 0
        written = select(TagSynonym.synonym).where(TagSynonym.tag == name).order_by(TagSynonym.synonym)
        synonyms = tuple(session.scalars(written))
        if not parts and not synonyms and name not in VOCABULARY:
            raise NotFound("tag", word)
        return Tag(name, parts, synonyms)

    @staticmethod
    def resolve(session: Session, word: str) -> str:
        """Return the tag that a word stands for: itself, unless it is a synonym.

        Raises:
            InvalidInput: it is no word.
        """
        tag = _normalised(word)
        return TagService.find_synonyms(session, [tag]).get(tag, tag)

    @staticmethod
    def rename(session: Session, word: str, name: str) -> Tag:
        """Call a tag something else on every part; what it was called becomes a synonym.

        Raises:
            NotFound: there is no such tag.
            Conflict: there is a tag of that name, or it stands for another.
        """
        hold(session, Lock.TAG_CHANGES)
        tag = TagService.get(session, word)
        if tag.name == name:
            return tag
        other = TagService.resolve(session, name)
        if other not in (name, tag.name):
            raise Conflict(f"{name} stands for {other} already; take away that synonym first", tag=other)
        if session.scalar(select(Part.id4).where(Part.tags.contains([name])).limit(1)) is not None:
            raise Conflict(f"there is a tag {name} already; merge {tag.name} into it instead", tag=name)
        return _replace(session, tag.name, name)

    @staticmethod
    def merge(session: Session, word: str, into: str) -> Tag:
        """Put one tag in another's place on every part; it becomes a synonym of it. Again changes nothing.

        Raises:
            NotFound: there is no such tag.
        """
        hold(session, Lock.TAG_CHANGES)
        tag, target = TagService.get(session, word), TagService.resolve(session, into)
        return tag if tag.name == target else _replace(session, tag.name, target)

    @staticmethod
    def add_synonym(session: Session, word: str, synonym: str) -> Tag:
        """Let a word stand for a tag from now on, and on the parts that have it already.

        Raises:
            NotFound: there is no such tag.
            Conflict: the word stands for another tag.
            InvalidInput: it is the tag itself.
        """
        hold(session, Lock.TAG_CHANGES)
        tag, other = TagService.get(session, word), TagService.resolve(session, synonym)
        if synonym == tag.name:
            raise InvalidInput(f"{synonym} is the tag itself; name another word for it", field="synonym")
        if other not in (synonym, tag.name):
            raise Conflict(f"{synonym} stands for {other} already; take away that synonym first", tag=other)
        return tag if other == tag.name else _replace(session, synonym, tag.name)

    @staticmethod
    def remove_synonym(session: Session, word: str, synonym: str) -> None:
        """Let a word be a tag of its own again; parts stay as they are.

        Raises:
            NotFound: it is no synonym of that tag.
        """
        hold(session, Lock.TAG_CHANGES)
        tag, gone = TagService.resolve(session, word), _normalised(synonym)
        known = (TagSynonym.synonym == gone) & (TagSynonym.tag == tag)
        if session.scalar(delete(TagSynonym).where(known).returning(TagSynonym.synonym)) is None:
            raise NotFound("synonym", f"{gone} of {tag}")


def _replace(session: Session, old: str, new: str) -> Tag:
    """Put a tag in another's place wherever it is: on parts, and as what synonyms stand for."""
    # The parts first: who changes one of them may be waiting for the words, and would never let go of it otherwise.
    session.execute(select(Part.id4).where(Part.tags.contains([old])).order_by(Part.id4).with_for_update())
    hold(session, Lock.TAG_WORDS)
    session.execute(delete(TagSynonym).where(or_(TagSynonym.synonym == new, TagSynonym.synonym == old)))
    session.execute(update(TagSynonym).where(TagSynonym.tag == old).values(tag=new))
    session.execute(insert(TagSynonym).values(synonym=old, tag=new))
    replaced = func.array_replace(func.array_remove(Part.tags, new), old, new)
    session.execute(
        update(Part).where(Part.tags.contains([old])).values(tags=replaced).execution_options(synchronize_session=False)
    )
    return TagService.get(session, new)


def _normalised(word: str) -> str:
    try:
        return normalised(word)
    except ValueError as error:
        raise InvalidInput(f"{word!r} is no tag: {error}", field="tags") from error
