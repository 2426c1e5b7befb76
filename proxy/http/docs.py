"""`/docs`: the OpenAPI document as one page for people, complete in itself: no scripts, nothing from the network."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape
from typing import Any

CONTENT_SECURITY_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1c2733 }
h1 small { font-weight: normal; color: #5a6b7b } h2 { border-bottom: 1px solid #d5dde5; margin-top: 2.5rem }
code, pre { font-family: ui-monospace, monospace; font-size: .9em } pre { background: #f3f6f9; padding: .8rem; overflow-x: auto }
summary { cursor: pointer; padding: .3rem 0 } .method { display: inline-block; min-width: 4.5rem; font-weight: bold }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; vertical-align: top; padding: .25rem .8rem .25rem 0 }
"""


def page(document: dict[str, Any]) -> str:
    """The HTML page of an OpenAPI document."""
    return "".join(_page(document))


def _page(document: dict[str, Any]) -> Iterator[str]:
    info = document["info"]
    title = escape(info["title"])
    yield f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style></head><body>'
    yield f"<h1>{title} <small>{escape(info['version'])}</small></h1><p>{escape(info.get('description', ''))}</p>"
    yield '<p>For programs: <a href="openapi.json">openapi.json</a>.</p>'
    by_tag: dict[str, list[str]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            by_tag.setdefault(operation.get("tags", [""])[0], []).append("".join(_operation(method, path, operation)))
    for tag, made in by_tag.items():
        yield f"<h2>{escape(tag.capitalize())}</h2>{''.join(made)}"
    yield "<h2>Schemas</h2>"
    for name, schema in document["components"]["schemas"].items():
        text = json.dumps(schema, indent=2, ensure_ascii=False)
        yield f'<details id="{escape(name)}"><summary><code>{escape(name)}</code></summary><pre>{escape(text)}</pre></details>'
    yield "</body></html>"


def _operation(method: str, path: str, operation: dict[str, Any]) -> Iterator[str]:
    yield f'<details><summary><code><span class="method">{method.upper()}</span> {escape(path)}</code> '
    yield f"{escape(operation.get('summary', ''))}</summary><p>{escape(operation.get('description', ''))}</p><table>"
    for parameter in operation.get("parameters", []):
        yield f"<tr><th>{escape(parameter['name'])}</th><td>in the {escape(parameter['in'])}</td></tr>"
    if "requestBody" in operation:
        yield f"<tr><th>body</th><td>{_contents(operation['requestBody'])}</td></tr>"
    for status, response in operation["responses"].items():
        about = escape(response["description"]).replace("`", "")
        yield f"<tr><th>{escape(status)}</th><td>{about} {_contents(response)}</td></tr>"
    yield "</table></details>"


def _contents(described: dict[str, Any]) -> str:
    made = []
    for media, content in described.get("content", {}).items():
        name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
        link = f' <a href="#{escape(name)}">{escape(name)}</a>' if name else ""
        made.append(f"<code>{escape(media)}</code>{link}")
    return ", ".join(made)
