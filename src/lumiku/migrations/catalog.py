"""A database's schema as plain facts, read from PostgreSQL's catalogue; any role may read it.

PostgreSQL's own spelling is what is compared: it rewrites a CHECK when it stores it, so the text in our SQL
would never match.
"""

import re
from collections.abc import Mapping

from sqlalchemy import Connection, text

Facts = Mapping[str, object]
Schema = Mapping[str, Mapping[str, Facts]]  # kind -> name -> what is to be known of it

# Each gives (name, facts). A name that belongs to a table starts with the table's and a dot.
_QUERIES = {
    "table": """
        SELECT relname, jsonb_build_object('kind', relkind, 'persistence', relpersistence,
            'row security', relrowsecurity)
        FROM pg_class
        WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')
    """,
    "column": """
        SELECT c.relname || '.' || a.attname, jsonb_build_object(
            'type', format_type(a.atttypid, a.atttypmod), 'nullable', NOT a.attnotnull,
            'default', pg_get_expr(d.adbin, d.adrelid, true),
            'identity', a.attidentity, 'generated', a.attgenerated)
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
          AND a.attnum > 0 AND NOT a.attisdropped
    """,
    # NOT NULL (n) is a column's fact, and a constraint only since PostgreSQL 18.
    "constraint": """
        SELECT c.relname || '.' || k.conname, jsonb_build_object(
            'definition', pg_get_constraintdef(k.oid, true), 'validated', k.convalidated,
            'enforced', NOT EXISTS (
                SELECT 1 FROM pg_trigger t WHERE t.tgconstraint = k.oid AND t.tgenabled <> 'O'))
        FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
        WHERE c.relnamespace = current_schema()::regnamespace AND k.contype IN ('c', 'f', 'p', 'u', 'x')
    """,
    "index": """
        SELECT c.relname || '.' || i.relname, jsonb_build_object(
            'definition', pg_get_indexdef(x.indexrelid, 0, true), 'valid', x.indisvalid)
        FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
    """,
    "trigger": """
        SELECT c.relname || '.' || t.tgname, jsonb_build_object(
            'definition', pg_get_triggerdef(t.oid, true), 'enabled', t.tgenabled)
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE c.relnamespace = current_schema()::regnamespace AND NOT t.tgisinternal
    """,
    "rule": """
        SELECT tablename || '.' || rulename, jsonb_build_object('definition', definition)
        FROM pg_rules WHERE schemaname = current_schema()
    """,
    "function": """
        SELECT p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', jsonb_build_object(
            'result', pg_get_function_result(p.oid), 'language', l.lanname, 'body md5', md5(p.prosrc),
            'security definer', p.prosecdef, 'settings', p.proconfig)
        FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
        WHERE p.pronamespace = current_schema()::regnamespace
    """,
    "type": """
        SELECT t.typname, jsonb_build_object('kind', t.typtype, 'parts', COALESCE(
            (SELECT jsonb_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid),
            (SELECT jsonb_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod) ORDER BY a.attnum)
             FROM pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped)))
        FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid
        WHERE t.typnamespace = current_schema()::regnamespace AND (t.typtype = 'e' OR c.relkind = 'c')
    """,
}


# A dump and its restore move these casts about in a CHECK or a predicate, which stays the same to PostgreSQL.
_TEXT_CAST = re.compile(r"::(?:text|character varying)(?:\(\d+\))?(?:\[\])?")


def read_schema(connection: Connection) -> Schema:
    """Everything that `verify` compares, of the schema that the connection works in."""
    schema: dict[str, dict[str, Facts]] = {}
    for kind, query in _QUERIES.items():
        schema[kind] = {name: facts for name, facts in connection.execute(text(query))}  # noqa: C416 Rows, for mypy
    for kind in ("constraint", "index"):
        for name, facts in schema[kind].items():
            schema[kind][name] = {**facts, "definition": _TEXT_CAST.sub("", str(facts["definition"]))}
    return schema
