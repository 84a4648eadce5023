"""Reads streets from GraphML, as street map tools write it, without holding the tree in memory.

Nodes have ``y`` and ``x`` (or ``lat`` and ``lon``) in degrees, edges ``length`` in metres and, if
they like, ``travel_time`` in seconds, ``speed_kph`` or ``maxspeed``, and ``geometry`` as well-known
text. The edges of a directed graph go one way each; those of an undirected one go both ways
unless ``oneway`` says otherwise. The parser refuses document types, entities and references.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse

from optimizer.travel.road_network import NetworkDraft, RoadEdge

LATITUDE = ("y", "lat", "latitude")
LONGITUDE = ("x", "lon", "longitude")
SPEED = ("speed_kph", "maxspeed")
YES = frozenset({"true", "yes", "1"})
CHINESE = frozenset({"gbk", "gb2312", "gb18030", "cp936"})
_ENCODING = re.compile(rb"""(\s*<\?xml[^>]*?\sencoding\s*=\s*["'])([A-Za-z0-9._-]+)""")
NOT_GRAPHML = "Give the streets as GraphML or as CSV; docs/operator.md describes both"


def read_graphml(content: bytes, draft: NetworkDraft) -> None:
    """Read a GraphML file into a draft, with all faults of its nodes and edges."""
    try:
        _read(_elements(_in_utf8(content)), draft)
    except ParseError as error:
        draft.fault("CG-2010", "", f"not XML: {error}", NOT_GRAPHML)
    except DefusedXmlException as error:
        cause = f"the XML declares entities or a document type ({type(error).__name__})"
        draft.fault("CG-2010", "", cause, "Write the file without them")


def _in_utf8(content: bytes) -> bytes:
    """Write what says that it is in GBK, which the parser does not know, in UTF-8."""
    declared = _ENCODING.match(content)
    if declared is None or declared[2].decode("ascii").lower() not in CHINESE:
        return content
    try:
        text = content[declared.end(2) :].decode("gb18030")
    except UnicodeDecodeError as error:
        raise ParseError("it is not in the encoding that it names") from error
    return declared[1] + b"utf-8" + text.encode()


def _elements(content: bytes) -> Iterator[tuple[str, str, Any]]:
    """Give event, bare tag and element; what was read is forgotten."""
    graph = None
    for event, element in _parsed(content):
        tag = element.tag.rpartition("}")[2]
        if event == "start" and tag == "graph":
            graph = element
        yield event, tag, element
        if event == "end" and tag in {"node", "edge"} and graph is not None:
            graph.clear()


def _parsed(content: bytes) -> Iterator[tuple[str, Any]]:
    """Give the parser's events; an encoding that it cannot read is a fault of the file."""
    events = iterparse(BytesIO(content), events=("start", "end"), forbid_dtd=True)
    while True:
        try:
            event = next(events, None)
        except DefusedXmlException:
            raise
        except (LookupError, ValueError) as error:
            raise ParseError(f"its encoding is not read: {error}; save it as UTF-8") from error
        if event is None:
            return
        yield event


def _read(elements: Iterator[tuple[str, str, Any]], draft: NetworkDraft) -> None:
    names: dict[str, str] = {}
    directed, graphs, edges = True, 0, 0
    for event, tag, element in elements:
        if event == "start":
            if tag == "graph":
                graphs += 1
                directed = element.get("edgedefault", "directed") == "directed"
        elif tag == "key":
            names[element.get("id", "")] = element.get("attr.name", "")
        elif tag == "node":
            said = _said(element, names)
            name = element.get("id", "")
            draft.node(f"node {name}", name, _first(said, LATITUDE), _first(said, LONGITUDE))
        elif tag == "edge":
            edges += 1
            draft.edge(_edge(element, _said(element, names), edges, directed=directed))
    if graphs != 1:
        draft.fault("CG-2010", "", f"the file has {graphs} graphs instead of one", NOT_GRAPHML)


def _said(element: Any, names: Mapping[str, str]) -> dict[str, str]:  # noqa: ANN401 - an XML element
    """Give the data of a node or an edge by the names that the file's keys give them."""
    return {
        names.get(child.get("key", ""), ""): (child.text or "").strip()
        for child in element
        if child.tag.rpartition("}")[2] == "data"
    }


def _first(said: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((said[name] for name in names if said.get(name)), None)


def _edge(
    element: Any,  # noqa: ANN401 - an XML element
    said: Mapping[str, str],
    number: int,
    *,
    directed: bool,
) -> RoadEdge:
    own = element.get("directed")
    one_way = directed if own is None else own in YES
    return RoadEdge(
        place=f"edge {number}",
        tail=element.get("source", ""),
        head=element.get("target", ""),
        length_m=said.get("length"),
        seconds=said.get("travel_time"),
        kmh=_first(said, SPEED),
        both_ways=not one_way and said.get("oneway", "").lower() not in YES,
        shape=said.get("geometry"),
    )
