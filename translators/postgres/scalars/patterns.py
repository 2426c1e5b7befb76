"""LIKE, and regular expressions that mean one thing to RE2 and to PostgreSQL: constants of a small common grammar.

Whether a text matches does not depend on which match is found, so that the two engines' different choices do not show.
"""

from __future__ import annotations

import re

from sqlglot import exp

from translators.postgres.compare import beside_constant, coerce, usable
from translators.postgres.expressions import Context, only, renders, truth
from translators.postgres.scalars.cases import cased
from translators.postgres.scalars.table import under_one_collation
from translators.postgres.types import literal_text
from translators.postgres.value import Refused, Value

FUNCTIONS = (
    *("~~", "!~~", "~~*", "!~~*", "like_escape", "not_like_escape", "ilike_escape", "not_ilike_escape"),
    *("regexp_matches", "regexp_full_match"),
)


def _text(context: Context, node: exp.Expr | None, owner: exp.Expr, beside: Value | None = None) -> Value:
    """A text argument. Raises Refused for any other."""
    value = context.value(node)
    value = usable(beside_constant(value, beside) if beside is not None else value, owner)
    if value.type != "VARCHAR":
        raise Refused(owner, f"{owner.key.upper()} of {value.type} is not pushed")
    return value if beside is not None else coerce(value, "VARCHAR", owner)


def _like_sql(value: Value, word: str, pattern: Value) -> str:
    texts = under_one_collation({"a": value, "b": pattern})[1]
    return f"{texts['a']} {word} {texts['b']}"


@renders(exp.Like)
def _like(context: Context, node: exp.Expr) -> Value:
    only(node, "this", "expression", "negate")
    pattern = usable(context.value(node.expression), node)
    value = coerce(_text(context, node.this, node, beside=pattern), "VARCHAR", node)
    word = "NOT LIKE" if node.args.get("negate") else "LIKE"
    return truth(f"{_like_sql(value, word, _text(context, node.expression, node))} ESCAPE ''")


@renders(exp.ILike)
def _like_in_any_case(context: Context, node: exp.Expr) -> Value:
    """DuckDB compares lower cases. Beside a pattern of ASCII only the letters that become ASCII matter."""
    only(node, "this", "expression", "negate")
    pattern = str(node.expression.this) if isinstance(node.expression, exp.Literal) and node.expression.is_string else None
    if pattern is None or not pattern.isascii():
        raise Refused(node, "ILIKE is pushed only with a constant pattern of ASCII letters")
    lower = cased(_text(context, node.this, node), "lower", node).partial
    assert lower is not None
    word = "NOT LIKE" if node.args.get("negate") else "LIKE"
    return truth(f"{lower.text} {word} {literal_text(pattern.lower())} ESCAPE ''")


@renders(exp.Escape)
def _escaped_like(context: Context, node: exp.Expr) -> Value:
    like, escape = node.this, node.expression
    if not (isinstance(like, exp.Like) and isinstance(escape, exp.Literal) and isinstance(like.expression, exp.Literal)):
        raise Refused(node, "LIKE with an escape is pushed only with constants")
    character, pattern = str(escape.this), str(like.expression.this)
    rest = pattern
    for pair in (character * 2, f"{character}%", f"{character}_"):
        rest = rest.replace(pair, "") if character else rest
    if len(character) > 1 or (character and character in rest):
        raise Refused(node, "the pattern escapes a character that needs none")
    value = _text(context, like.this, node)
    word = "NOT LIKE" if like.args.get("negate") else "LIKE"
    escaped = coerce(context.value(escape), "VARCHAR", node).text
    return truth(f"{_like_sql(value, word, _text(context, like.expression, node))} ESCAPE {escaped}")


_CLASSES = {"d": "0-9", "w": "A-Za-z0-9_", "s": r"\t\n\f\r "}
"""RE2's classes, which are of ASCII; PostgreSQL's go by the locale."""

_ATOM = re.compile(
    r"(?P<plain>[A-Za-z0-9 _\-,;:=@#%&<>/'\"!~`]|[^\x00-\x7f])"
    r"|\\(?P<escaped>[.*+?()\[\]{}|^$\\/\-])"
    r"|\\(?P<kind>[dws])"
    r"|(?P<any>\.)"
    r"|\[(?P<negated>\^?)(?P<set>(?:[A-Za-z0-9 _,;:=@#%&<>/'\"!~.*+?(){}|$]"
    r"|[A-Z]-[A-Z]|[a-z]-[a-z]|[0-9]-[0-9]|\\[dws.\-\]\[\\])+)\]"
)
_TIMES = re.compile(r"[*+?]|\{(?P<least>\d{1,2})(?:,(?P<most>\d{0,2}))?\}")


def common_pattern(pattern: str) -> str | None:
    """The pattern in PostgreSQL's spelling, where both systems take it alike; otherwise None."""
    translated, position, depth = [], 0, [False]
    while position < len(pattern):
        character = pattern[position]
        if character == "(":
            translated.append("(?:")
            position += 3 if pattern.startswith("(?:", position) else 1
            depth.append(False)
            continue
        if character == ")" and len(depth) > 1 and depth[-1]:
            depth.pop()
            depth[-1] = True
            translated.append(")")
            position += 1
        elif character == "|" and depth[-1]:
            depth[-1] = False
            translated.append("|")
            position += 1
            continue
        elif character in "^$" and _at_an_end(pattern, position):
            translated.append(character)
            position += 1
            depth[-1] = depth[-1] or character == "$"
            continue
        else:
            found = _ATOM.match(pattern, position)
            if found is None:
                return None
            translated.append(_atom(found))
            position = found.end()
            depth[-1] = True
        times = _TIMES.match(pattern, position)
        if times is not None:
            if times["least"] and times["most"] and int(times["least"]) > int(times["most"]):
                return None
            translated.append(times[0])
            position = times.end()
            if position < len(pattern) and pattern[position] in "*+?{":
                return None
    return "".join(translated) if len(depth) == 1 and depth[0] else None


def _at_an_end(pattern: str, position: int) -> bool:
    return position in (0, len(pattern) - 1) and pattern[position] == ("^" if position == 0 else "$") and "|" not in pattern


def _atom(found: re.Match[str]) -> str:
    if found["any"]:
        return r"[^\n]"
    if found["kind"]:
        return f"[{_CLASSES[found['kind']]}]"
    if found["set"]:
        inside = re.sub(r"\\([dws])", lambda kind: _CLASSES[kind[1]], found["set"])
        return f"[{found['negated']}{inside}]"
    return found[0]


def _matching(context: Context, node: exp.Expr, whole: bool) -> Value:
    only(node, "this", "expression")
    given = str(node.expression.this) if isinstance(node.expression, exp.Literal) and node.expression.is_string else None
    pattern = common_pattern(given) if given is not None else None
    if pattern is None:
        raise Refused(node, "a regular expression is pushed only as a constant of the grammar that RE2 and PostgreSQL share")
    value = _text(context, node.this, node)
    if not value.orderable:
        raise Refused(node, "the encoding of the database is not UTF8")
    pattern = f"^(?:{pattern})$" if whole else pattern
    return truth(f'{value.text} COLLATE "C" ~ {literal_text(pattern)}')


@renders(exp.RegexpLike)
def _matches(context: Context, node: exp.Expr) -> Value:
    return _matching(context, node, whole=False)


@renders(exp.RegexpFullMatch, exp.SimilarTo)
def _matches_whole(context: Context, node: exp.Expr) -> Value:
    return _matching(context, node, whole=True)
