"""What is wrong with a scenario file, in one line: file, place, value, what would be right.

Holds: the translation of pydantic's errors.
Not here: the form of the file (`crowd.scenario.schema`), mistakes across its parts (`crowd.scenario.checks`).
"""

from __future__ import annotations

from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from crowd.errors import BadInput, shown
from venues.errors import name_known
from venues.refusals import Told, message_of, told

_TYPES = {
    "string_type": told("text in quotes"),
    "int_type": told("a whole number"),
    "float_type": told("a number"),
    "bool_type": told("true or false"),
    "list_type": told("a list"),
    "tuple_type": told("a list"),
    "dict_type": told("a table"),
    "model_type": told("a table"),
    "model_attributes_type": told("a table"),
    "datetime_type": told("a date and time with its offset, like 2022-10-29T21:50:00+09:00"),
    "time_type": told("a clock time like '22:15', or a time from the start like '5 min'"),
    "finite_number": told("a finite number"),
}
_BOUNDS = {
    "greater_than": ("gt", "greater than {bound}"),
    "greater_than_equal": ("ge", "at least {bound}"),
    "less_than": ("lt", "less than {bound}"),
    "less_than_equal": ("le", "at most {bound}"),
}


def describe(error: ValidationError, *, model: type[BaseModel], data: Any, where: str) -> Told:
    """Return one line about the most telling of pydantic's errors.

    Args:
        error: what pydantic raised.
        model: the model it raised it for.
        data: the document it looked at.
        where: name of the file.
    """
    errors = error.errors(include_url=False)
    first = next((one for one in errors if one["type"] == "extra_forbidden"), errors[0])
    place = place_of(first["loc"], data=data)
    line = told("{where}: {what}", where=where, what=_words(first, place=place, model=model, data=data))
    others = {place_of(one["loc"], data=data) for one in errors} - {place}
    return told("{line} (and {count} more)", line=line, count=len(others)) if others else line


def place_of(path: tuple[int | str, ...], *, data: Any) -> str:
    """Return a place in a document with dots; entries of lists are counted from 1: 'demand#2.rate'.

    Parts of the path that are pydantic's own (names of union members) are left out.

    Args:
        path: keys and list indices from the top.
        data: the document.
    """
    place = ""
    for position, part in enumerate(path):
        if isinstance(part, int):
            inside = isinstance(data, list | tuple) and part < len(data)
            place += f"#{part + 1}"
            data = data[part] if inside else None
        elif isinstance(data, dict) and (part in data or position == len(path) - 1):
            place += f".{part}" if place else part
            data = data.get(part)
    return place or told("the file")


def _words(error: ErrorDetails, *, place: str, model: type[BaseModel], data: Any) -> Told:
    """Return what is wrong at a place and what would be right."""
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    if kind == "missing":
        return told("{place} is missing; it must be given", place=place)
    if kind == "extra_forbidden":
        known = name_known(_entries_at(model, error["loc"][:-1]), str(error["loc"][-1]))
        return told("{place} is unknown; {known}", place=place, known=known)
    if kind == "value_error":
        return _own_words(context["error"], place=place, value=value)
    if kind.startswith("union_tag"):
        tags = context.get("expected_tags") or ", ".join(repr(tag) for tag in _tags_at(model, error["loc"]))
        if "tag" not in context:
            return told("{place}.kind is missing; it must be one of {tags}", place=place, tags=tags)
        tag = shown(context["tag"])
        return told("{place}.kind is {tag}; it must be one of {tags}", place=place, tag=tag, tags=tags)
    right = _right(kind, context)
    if right is None:  # pydantic's own words, which are English only
        why = error["msg"][:1].lower() + error["msg"][1:]
        return told("{place} is {value}; it must be {why}", place=place, value=_short(value), why=why)
    return told("{place} is {value}; it must be {right}", place=place, value=_short(value), right=right)


def _own_words(error: Exception, *, place: str, value: object) -> Told:
    """Return the words of a check of ours: a sentence, or what the value must be, or what the table has."""
    words = message_of(error)
    if isinstance(error, BadInput):
        return told("{where}: {what}", where=place, what=words)
    if words.startswith("must"):
        return told("{place} is {value}; it {words}", place=place, value=_short(value), words=words)
    return told("{place} {words}", place=place, words=words)


def _right(kind: str, context: dict[str, Any]) -> Told | None:
    """Return what a value should have been, by kind of error; None of a kind that is not foreseen."""
    if kind in _TYPES:
        return _TYPES[kind]
    if kind in _BOUNDS:
        key, words = _BOUNDS[kind]
        bound = context[key]
        return told(words, bound=f"{bound:g}" if isinstance(bound, int | float) else bound)
    if kind == "literal_error":
        first, _, last = str(context["expected"]).rpartition(" or ")
        return told("{first} or {last}", first=first, last=last) if first else told("{value}", value=last)
    if kind == "too_short":
        return told("a list of at least {count}", count=context["min_length"])
    if kind == "too_long":
        return told("a list of at most {count}", count=context["max_length"])
    return None


def _short(value: object) -> str:
    return told("a table") if isinstance(value, dict) else shown(value)


def _entries_at(model: type[BaseModel], path: tuple[int | str, ...]) -> list[str]:
    """Return the names of the entries that a table of the document may have."""
    return [field.alias or name for name, field in _model_at(model, path).model_fields.items()]


def _tags_at(model: type[BaseModel], path: tuple[int | str, ...]) -> list[str]:
    """Return the kinds a table of the document may be of."""
    field = model.model_fields[str(path[0])]
    return [tag for one in _models_in(field.annotation) for tag in get_args(one.model_fields["kind"].annotation)]


def _model_at(model: type[BaseModel], path: tuple[int | str, ...]) -> type[BaseModel]:
    """Return the model of a table of the document."""
    choices = [model]
    for part in path:
        by_kind = [
            c for c in choices if "kind" in c.model_fields and part in get_args(c.model_fields["kind"].annotation)
        ]
        if by_kind:
            choices = by_kind
        elif part in choices[0].model_fields:
            choices = _models_in(choices[0].model_fields[str(part)].annotation) or choices
    return choices[0]


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    """Return the models that a type is made of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models_in(part)]
