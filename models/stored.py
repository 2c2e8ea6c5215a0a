"""Column types that hold no control characters, whoever wrote them: a person, a model, a label, a file or a website."""

from typing import Any, override

from sqlalchemy import Dialect, Text, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeEngine

from schemas.storable import storable, storable_json


class StoredText(TypeDecorator[str]):
    """Text."""

    impl = Text
    cache_ok = True

    @override
    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        return None if value is None else storable(value)


class StoredJson(TypeDecorator[Any]):
    """JSON; None is SQL's NULL."""

    impl = JSONB(none_as_null=True)
    cache_ok = True

    @override
    def process_bind_param(self, value: Any, _dialect: Dialect) -> Any:
        return storable_json(value)

    @override
    def coerce_compared_value(self, op: OperatorType | None, value: Any) -> TypeEngine[Any]:
        return self.impl_instance.coerce_compared_value(op, value)
