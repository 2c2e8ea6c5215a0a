"""Tags: the words on parts, the number of parts with each, and their synonyms."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import ARRAY, Text, any_, delete, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models import Part, TagSynonym
from models.locks import Lock, hold, share
from schemas.errors import Conflict, InvalidInput, NotFound
from schemas.tag import normalised
from schemas.vocabulary import VOCABULARY


class Tag(NamedTuple):
    """A tag, the number of parts with it, and its synonyms."""

    name: str
    parts: int
    synonyms: tuple[str, ...]


class TagService:
    """Resolves every word that is put on a part by `canonicalise`, so that each meaning has one tag."""

    @staticmethod
    def canonicalise(session: Session, words: Iterable[str]) -> list[str]:
        """Return the tags of words, each once; synonyms do not change until the caller's transaction ends.

        Raises:
            InvalidInput: a word is not a valid tag.
        """
        tags = [_normalised(word) for word in words]
        share(session, Lock.TAG_WORDS)
        known = TagService.find_synonyms(session, tags)
        return list(dict.fromkeys(known.get(tag, tag) for tag in tags))

    @staticmethod
    def find_synonyms(session: Session, words: Iterable[str]) -> dict[str, str]:
        """Return the synonyms among normalised words, with their tags."""
        rows = session.execute(
            select(TagSynonym.synonym, TagSynonym.tag).where(
                TagSynonym.synonym == any_(literal(list(words), ARRAY(Text)))
            )
        )
        return dict(rows.all())

    @staticmethod
    def list(session: Session, *, prefix: str | None = None, limit: int) -> Sequence[Tag]:
        """Return the tags in use and in the vocabulary, by name; with a prefix, only those that begin with it."""
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
            NotFound: no part has the tag, the vocabulary does not list it, and it has no synonym.
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
        """Return the tag of a word: the word itself, unless it is a synonym.

        Raises:
            InvalidInput: the word is not a valid tag.
        """
        tag = _normalised(word)
        return TagService.find_synonyms(session, [tag]).get(tag, tag)

    @staticmethod
    def rename(session: Session, word: str, name: str) -> Tag:
        """Rename a tag on every part; the old name becomes a synonym.

        Raises:
            NotFound: the tag does not exist.
            Conflict: the new name is already a tag, or a synonym of another tag.
        """
        hold(session, Lock.TAG_CHANGES)
        tag = TagService.get(session, word)
        if tag.name == name:
            return tag
        other = TagService.resolve(session, name)
        if other not in (name, tag.name):
            raise Conflict(f"{name} is already a synonym of {other}; remove that synonym first", tag=other)
        if session.scalar(select(Part.id4).where(Part.tags.contains([name])).limit(1)) is not None:
            raise Conflict(f"tag {name} already exists; merge {tag.name} into it instead", tag=name)
        return _replace(session, tag.name, name)

    @staticmethod
    def merge(session: Session, word: str, into: str) -> Tag:
        """Replace a tag by another on every part, and make it a synonym of it; repeating it changes nothing.

        Raises:
            NotFound: the tag does not exist.
        """
        hold(session, Lock.TAG_CHANGES)
        tag, target = TagService.get(session, word), TagService.resolve(session, into)
        return tag if tag.name == target else _replace(session, tag.name, target)

    @staticmethod
    def add_synonym(session: Session, word: str, synonym: str) -> Tag:
        """Make a word a synonym of a tag, also on the parts that have the word.

        Raises:
            NotFound: the tag does not exist.
            Conflict: the word is a synonym of another tag.
            InvalidInput: the word is the tag itself.
        """
        hold(session, Lock.TAG_CHANGES)
        tag, other = TagService.get(session, word), TagService.resolve(session, synonym)
        if synonym == tag.name:
            raise InvalidInput(f"{synonym} is the tag itself; give another word", field="synonym")
        if other not in (synonym, tag.name):
            raise Conflict(f"{synonym} is already a synonym of {other}; remove that synonym first", tag=other)
        return tag if other == tag.name else _replace(session, synonym, tag.name)

    @staticmethod
    def remove_synonym(session: Session, word: str, synonym: str) -> None:
        """Make a synonym a tag of its own again; parts do not change.

        Raises:
            NotFound: the word is not a synonym of that tag.
        """
        hold(session, Lock.TAG_CHANGES)
        tag, gone = TagService.resolve(session, word), _normalised(synonym)
        known = (TagSynonym.synonym == gone) & (TagSynonym.tag == tag)
        if session.scalar(delete(TagSynonym).where(known).returning(TagSynonym.synonym)) is None:
            raise NotFound("synonym", f"{gone} of {tag}")


def _replace(session: Session, old: str, new: str) -> Tag:
    """Replace a tag by another on parts and in synonyms."""
    # Parts are locked before the words, because a transaction that holds a part may wait for the words.
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
        raise InvalidInput(f"{word!r} is not a tag: {error}", field="tags") from error
