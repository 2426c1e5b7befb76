"""SQL text to a statement: one query, read as DuckDB reads it, from which nothing can be reached but tables.

    text ─ tokens (size, depth, EXPLAIN) ─ parameters bound in place ─ AST ─ refusals ─ Statement

Only a query passes. Table functions are an allow-list, because in DuckDB they read files, the network and the engine's own
settings; scalar functions that do so are refused by name. The residual engine is locked in besides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import ParseError, SqlglotError, TokenError
from sqlglot.tokenizer_core import Token, TokenType

from planner.dialect import DUCKDB
from planner.errors import RequestInvalid, SqlSyntax, UnknownTable, Unsupported
from planner.parameters import spaced

MAX_CHARACTERS = 1 << 20
MAX_DEPTH = 200
MAX_TOKENS = 200_000
MAX_SET_OPERATIONS = 250
_CHAIN = 32

_OPENING = {TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE, TokenType.CASE}
_CLOSING = {TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE, TokenType.END}
_PREFIX = {TokenType.NOT, TokenType.DASH, TokenType.PLUS, TokenType.TILDE}
_SET_OPERATIONS = {TokenType.UNION, TokenType.INTERSECT, TokenType.EXCEPT}
_CHAIN_ENDS = {TokenType.COMMA, TokenType.AND, TokenType.OR, TokenType.SELECT, TokenType.FROM, TokenType.JOIN, TokenType.ON,
               TokenType.WHERE, TokenType.WHEN, TokenType.THEN, TokenType.ELSE}  # fmt: skip
_CHAINING = {TokenType.DCOLON, TokenType.DOT, TokenType.COLLATE, TokenType.ARROW, TokenType.DARROW, TokenType.L_BRACKET}

_TABLE_FUNCTIONS = (exp.GenerateSeries, exp.Unnest, exp.ExplodingGenerateSeries)
_TABLE_FUNCTION_NAMES = {
    "range",
    "generate_series",
    "unnest",
    "generate_subscripts",
    "json_each",
    "json_tree",
    "repeat",
    "repeat_row",
}

_EXPLAIN = re.compile(
    r"\s*EXPLAIN\b(?P<analyze>\s+ANALYZE\b)?(\s*\(\s*(?P<options>(ANALYZE|STORE|FORMAT)\b[\w\s,]*)\))?\s*", re.I
)

_REFUSED_FUNCTIONS = {
    "getenv": "reads the server's environment",
    "getvariable": "reads the engine's variables",
    "current_setting": "reads the engine's settings",
    "set_config": "changes the engine's settings",
    "nextval": "reads a sequence",
    "currval": "reads a sequence",
    "write_log": "writes the engine's log",
    "which_secret": "reads the engine's secrets",
    "query": "runs SQL from a text",
    "query_table": "names a table by a text",
    "txid_current": "reads the engine's transactions",
    "setval": "changes a sequence",
    "json_serialize_plan": "runs SQL from a text",
    "current_query": "reads the SQL that the engine runs",
    "current_query_id": "counts the engine's queries",
    "current_connection_id": "counts the engine's connections",
    "current_transaction_id": "reads the engine's transactions",
    "alias": "reads the engine's own name of an expression",
    "stats": "reads the engine's statistics, which are not the table's",
    "vector_type": "reads the engine's memory layout",
}

READS_CLOCK = "it reads the clock"
CLOCK_WORDS = frozenset({"current_date", "current_time", "current_timestamp", "localtime", "localtimestamp"})
"""What reads the clock without parentheses: a column of that name is meant before it."""

_VOLATILE = {"random", "uuid", "gen_random_uuid", "uuidv4", "uuidv7", "setseed", "rand"}
_CLOCK = {"now", "today", "current_date", "current_time", "current_timestamp", "localtime", "localtimestamp", "get_current_time",
          "get_current_timestamp", "transaction_timestamp"}  # fmt: skip
_CLOCK_NODES = (exp.CurrentDate, exp.CurrentTime, exp.CurrentTimestamp, exp.CurrentDatetime, exp.Localtime, exp.Localtimestamp)


@dataclass(frozen=True)
class Explain:
    """How a query is to be explained: `analyze` runs it, `store` asks each store for its own plan, `format` is text or json."""

    analyze: bool = False
    store: bool = False
    format: str = "text"


@dataclass(frozen=True, eq=False)
class Statement:
    """One query. `text` is DuckDB SQL with every parameter bound; the positions that `query`'s identifiers carry are in it.

    `volatile` says why the answer may change though no table does, or None; `clocked` that it reads the clock. `kinds` are the
    types of the query's nodes: what looks for one of them need not walk a tree that has none.
    """

    text: str
    query: exp.Query
    explain: Explain | None = None
    volatile: str | None = None
    clocked: bool = False
    kinds: frozenset[Any] = frozenset()

    def has(self, *kinds: Any) -> bool:
        """Whether the query has a node of exactly one of these types."""
        return not self.kinds.isdisjoint(kinds)


def parse(text: str, dialect: str = "duckdb", tokens: list[Token] | None = None) -> Statement:
    """The one query in `text`; `tokens` are those of a text of DuckDB's without parameters, where they are known.

    Raises SqlSyntax (line, column), Unsupported, RequestInvalid (too long, an unknown dialect).
    """
    explain, text = explained(text)
    if explain is not None:
        return _with_explain(parse(text, dialect), explain)
    if tokens is None:
        text = spaced(text)
        tokens = tokenized(text, dialect)
    query = _query(text, tokens, dialect)
    if dialect != "duckdb":
        text = query.sql(dialect=DUCKDB)
        query = _query(text, tokenized(text), "duckdb")
    elif tokens[0].token_type in (TokenType.VALUES, TokenType.PIVOT, TokenType.UNPIVOT):
        text = f"SELECT * FROM ({text})"
    volatile, clocked, kinds = _examined(query)
    return Statement(text, query, None, volatile, clocked, kinds)


def tokenized(text: str, dialect: str = "duckdb") -> list[Token]:
    """The tokens of a text that is neither too long nor too deep to be read. Raises SqlSyntax, Unsupported, RequestInvalid."""
    if len(text) > MAX_CHARACTERS:
        raise RequestInvalid(f"The SQL is {len(text)} characters long; at most {MAX_CHARACTERS} are read.", field="sql")
    if "\0" in text:
        raise SqlSyntax("The SQL holds a NUL character.", line=1, column=1)
    try:
        tokens = list(_dialect(dialect).tokenize(text))
    except TokenError as error:
        raise SqlSyntax("The SQL does not end where a quote or comment was opened.", line=1, column=1) from error
    except ValueError as error:
        raise RequestInvalid(f"There is no SQL dialect {dialect!r}.", field="dialect") from error
    while tokens and tokens[-1].token_type == TokenType.SEMICOLON:
        tokens.pop()
    if not tokens:
        raise SqlSyntax("There is no SQL in the request.", line=1, column=1)
    if len(tokens) > MAX_TOKENS:
        raise Unsupported(f"The SQL has {len(tokens)} tokens; at most {MAX_TOKENS} are read.")
    _check_depth(tokens)
    return tokens


def _dialect(name: str) -> Dialect:
    return DUCKDB if name == "duckdb" else Dialect.get_or_raise(name)


def _check_depth(tokens: Sequence[Token]) -> None:
    """Deep nesting ends in recursion; refusing it here keeps the process alive (20,000 parentheses end an interpreter)."""
    depth = run = chain = 0
    for token in tokens:
        kind = token.token_type
        if kind in _OPENING:
            depth += 1
        elif kind in _CLOSING:
            depth -= 1
        run = run + 1 if kind in _PREFIX else 0
        if kind in _CHAINING:
            chain += 1
        elif kind in _CHAIN_ENDS:
            chain = 0
        if max(depth, run, chain) > MAX_DEPTH:
            raise Unsupported(
                f"The SQL is nested more than {MAX_DEPTH} deep at line {token.line}.", line=token.line, column=token.col
            )
    if sum(token.token_type in _SET_OPERATIONS for token in tokens) > MAX_SET_OPERATIONS:
        raise Unsupported(
            f"The SQL has more than {MAX_SET_OPERATIONS} of UNION, INTERSECT and EXCEPT: each nests the one before."
        )


def explained(text: str) -> tuple[Explain | None, str]:
    """EXPLAIN [ANALYZE] [(option, …)] taken off the text; sqlglot would read it, and all that follows, as one command.

    The options are ANALYZE, STORE, FORMAT TEXT and FORMAT JSON. Raises SqlSyntax for others.
    """
    found = _EXPLAIN.match(text)
    if found is None:
        return None, text
    options = [" ".join(option.upper().split()) for option in (found["options"] or "").split(",") if found["options"]]
    if not {*options} <= {"ANALYZE", "STORE", "FORMAT TEXT", "FORMAT JSON"}:
        raise SqlSyntax("EXPLAIN takes the options ANALYZE, STORE, FORMAT TEXT and FORMAT JSON.", line=1, column=1)
    analyze = found["analyze"] is not None or "ANALYZE" in options
    return Explain(analyze, "STORE" in options, "json" if "FORMAT JSON" in options else "text"), text[found.end() :]


def _with_explain(statement: Statement, explain: Explain) -> Statement:
    if statement.explain is not None:
        raise SqlSyntax("EXPLAIN stands twice.", line=1, column=1)
    return replace(statement, explain=explain)


def _query(text: str, tokens: list[Token], dialect: str) -> exp.Query:
    try:
        found = _dialect(dialect).parser().parse(tokens, text)
    except ParseError as error:
        first = error.errors[0] if error.errors else {}
        line, column = first.get("line") or 1, first.get("col") or 1
        near = first.get("highlight") or ""
        place = f" near {near!r}" if near else ""
        raise SqlSyntax(f"The SQL cannot be read{place} at line {line}, column {column}.", line=line, column=column) from error
    except RecursionError as error:
        raise Unsupported("The SQL is nested too deep.") from error
    except SqlglotError as error:
        raise SqlSyntax("The SQL cannot be read.", line=1, column=1) from error
    statements = [statement for statement in found if not isinstance(statement, (type(None), exp.Semicolon))]
    if len(statements) != 1:
        raise Unsupported("A request is one statement; send several one after the other.")
    statement = statements[0]
    if isinstance(statement, (exp.Values, exp.Pivot)):
        wrapped = f"SELECT * FROM ({text})"
        return _query(wrapped, tokenized(wrapped, dialect), dialect)
    if not isinstance(statement, exp.Query):
        raise Unsupported(f"{_verb(text)} is not implemented: Foz answers SELECT and EXPLAIN.")
    return statement


def _examined(query: exp.Query) -> tuple[str | None, bool, frozenset[Any]]:
    """Why the query's answer may change though no table does, whether it reads the clock, and the types of its nodes: in one walk
    that refuses what is not available on its way.

    Long chains of AND and OR become balanced trees: what climbs from each of ten thousand terms climbs fourteen levels.
    """
    volatile: str | None = None
    clocked = False
    tops: list[exp.Connector] = []
    kinds: set[Any] = set()
    for node in query.walk():
        kind: Any = type(node)
        kinds.add(kind)
        if (refuse := _refusal(kind)) is not None:
            refuse(node)
        reason = volatile_reason(node)
        volatile = volatile or reason
        clocked = clocked or reason == READS_CLOCK
        if isinstance(node, exp.Connector) and kind in (exp.And, exp.Or) and type(node.parent) is not kind:
            tops.append(node)
    for top in tops:
        terms = list(top.flatten(unnest=False))
        if len(terms) > _CHAIN:
            for term in terms:
                term.pop()
            top.replace(_tree(type(top), terms))
    return volatile, clocked, frozenset(kinds)


def _tree(kind: type[exp.Connector], terms: Sequence[exp.Expr]) -> exp.Expr:
    if len(terms) == 1:
        return terms[0]
    middle = len(terms) // 2
    return kind(this=_tree(kind, terms[:middle]), expression=_tree(kind, terms[middle:]))


def _verb(text: str) -> str:
    found = re.match(r"\s*([A-Za-z]+)", text)
    return found[1].upper() if found else "This statement"


@cache
def _refusal(kind: type[exp.Expr]) -> Callable[[exp.Expr], None] | None:
    """What looks at nodes of a kind and raises Unsupported; None for those that are always available."""
    if issubclass(kind, exp.Table):
        return _refuse_table_function
    if issubclass(kind, exp.Func):
        return _refuse_function
    if issubclass(kind, exp.Into):
        return _refuse_into
    statements = (exp.Command, exp.DML, exp.DDL, exp.Describe, exp.Summarize)
    return _refuse_statement if issubclass(kind, statements) and not issubclass(kind, exp.Query) else None


def _refuse_function(node: exp.Expr) -> None:
    name = (node.name if isinstance(node, exp.Anonymous) else getattr(node, "sql_name", lambda: node.key)()).lower()
    if name in _REFUSED_FUNCTIONS:
        raise Unsupported(f"The function {name}() is not available: it {_REFUSED_FUNCTIONS[name]}.")


def _refuse_into(node: exp.Expr) -> None:
    raise Unsupported("SELECT INTO is not available: Foz answers SELECT and EXPLAIN.")


def _refuse_statement(node: exp.Expr) -> None:
    raise Unsupported(f"{node.key.upper()} is not available inside a query.")


def _refuse_table_function(table: exp.Expr) -> None:
    function = table.this
    if isinstance(function, (exp.Identifier, *_TABLE_FUNCTIONS)):
        return
    if function is None:
        raise Unsupported("ROWS FROM is not available: name a table, or one table function.")
    if isinstance(function, (exp.Placeholder, exp.Parameter)):
        raise Unsupported("A parameter stands for a value; it cannot name a table.")
    if isinstance(function, exp.Dot):
        raise UnknownTable("There is no table of so many parts: tables are written source.table or source.schema.table.")
    name = function.name if isinstance(function, exp.Anonymous) else getattr(function, "sql_name", lambda: function.key)()
    if name.lower() not in _TABLE_FUNCTION_NAMES:
        raise Unsupported(f"The table function {name.lower()}() is not available: name a table of the catalogue instead.")


def volatile_reason(node: exp.Expr) -> str | None:
    """Why this node's value may differ from one run to the next; None if it does not."""
    kind: Any = type(node)
    reason = _volatile_kind(kind)
    if reason is not None or kind is not exp.Anonymous:
        return reason
    name = node.name.lower()
    if name == "age":
        return READS_CLOCK if len(node.expressions) == 1 else None
    return "it is random" if name in _VOLATILE else READS_CLOCK if name in _CLOCK else None


def reads_clock(node: exp.Expr) -> bool:
    """Whether this node's value is the time at which it is computed."""
    return volatile_reason(node) == READS_CLOCK


@cache
def _volatile_kind(kind: type[exp.Expr]) -> str | None:
    if issubclass(kind, _CLOCK_NODES):
        return READS_CLOCK
    if issubclass(kind, (exp.Rand, exp.Uuid)):
        return "it is random"
    return "it samples" if issubclass(kind, exp.TableSample) else None
