"""What has to be remembered of Sparkplug nodes: the aliases of their births, and their count."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import msgspec

from telemetry.errors import MessageRejected
from telemetry.payloads.sparkplug_schema import Metric
from telemetry.readings import Reason

KEY_PREFIX = "sparkplug_b:"
MOST_NODES = 10_000
MOST_DEVICES = 1_000
"""Of one node. Both bounds keep a sender who makes up names from filling the memory."""
SEQUENCE_ROUND = 256

_Aliases = dict[int, tuple[str, int]]
"""Name and data type by alias."""


class Node:
    """One edge node with its devices.

    The device ``""`` is the node itself.
    """

    def __init__(self, aliases: dict[str, _Aliases] | None = None) -> None:
        self._aliases = {} if aliases is None else aliases
        self._expected: int | None = None
        self._born_ms: int | None = None
        self._sent_ms: int | None = None
        self._lost = 0

    def begin(self, seq: int | None, sent_ms: int | None) -> bool:
        """Count anew from the node's birth; says no to the same birth delivered again."""
        if sent_ms is not None and sent_ms == self._born_ms:
            return False
        self._born_ms = sent_ms
        self._expected = None if seq is None else (seq + 1) % SEQUENCE_ROUND
        self._sent_ms = sent_ms
        return True

    def follow(self, seq: int | None, sent_ms: int | None) -> None:
        """Count a message behind the birth.

        Parameters
        ----------
        seq, sent_ms
            The node's count, and its clock; a message of before the last is a redelivery. A clock
            set back does not matter as long as the count goes on.
        """
        if seq is None:
            return
        if self._expected is not None:
            missing = (seq - self._expected) % SEQUENCE_ROUND
            if missing and self._is_redelivery(missing, sent_ms):
                return
            self._lost += missing
        self._expected = (seq + 1) % SEQUENCE_ROUND
        self._sent_ms = sent_ms

    def take_lost(self) -> int:
        """Give how many messages were lost since the last asking."""
        lost, self._lost = self._lost, 0
        return lost

    def born(self, device: str, metrics: Iterable[Metric], is_known: Callable[[str], bool]) -> None:
        """Learn the aliases of a birth in the place of those before it.

        Parameters
        ----------
        device, metrics
            Who was born, and with what.
        is_known
            Says whether a name is that of a channel; other names are not kept, their aliases are.
        """
        if not device:
            self._aliases.clear()
        elif device not in self._aliases and len(self._aliases) >= MOST_DEVICES:
            self._aliases.pop(next(iter(self._aliases)))
        self._aliases[device] = {
            metric.alias: (metric.name if is_known(metric.name) else "", metric.datatype)
            for metric in metrics
            if metric.alias is not None and metric.name is not None
        }

    def declared(self, device: str, metric: Metric) -> tuple[str, int]:
        """Give a metric's name and data type, from itself or from the birth.

        Raises
        ------
        MessageRejected
            ``UNKNOWN_ALIAS``, or ``MISSING_FIELD`` without name and alias.
        """
        if metric.name is not None and (metric.datatype or metric.alias is None):
            return metric.name, metric.datatype
        if metric.alias is None:
            raise MessageRejected(Reason.MISSING_FIELD, "a metric with neither name nor alias")
        known = self._aliases.get(device, {}).get(metric.alias)
        if known is None and metric.name is None:
            raise MessageRejected(
                Reason.UNKNOWN_ALIAS, f"alias {metric.alias}: no birth declared it"
            )
        name, datatype = known or ("", 0)
        return metric.name or name, metric.datatype or datatype

    def memory(self) -> bytes:
        """Give the aliases as they are stored."""
        return msgspec.json.encode(self._aliases)

    def _is_redelivery(self, missing: int, sent_ms: int | None) -> bool:
        if sent_ms is None or self._sent_ms is None or sent_ms == self._sent_ms:
            # No clock to ask: a step back is nearer than a long way forwards.
            return missing >= SEQUENCE_ROUND // 2
        return sent_ms < self._sent_ms


class Nodes:
    """The nodes that were heard of; the longest known give way beyond a bound."""

    def __init__(self) -> None:
        self._nodes: dict[str, Node] = {}

    def node(self, name: str) -> Node:
        """Give a node, a new one where it was not heard of."""
        node = self._nodes.get(name)
        return self._put(name, Node()) if node is None else node

    def recall(self, memories: Mapping[str, bytes]) -> None:
        """Take up births; what cannot be read is left to the next birth."""
        for key, payload in memories.items():
            if not key.startswith(KEY_PREFIX):
                continue
            try:
                aliases = msgspec.json.decode(payload, type=dict[str, _Aliases])
            except msgspec.DecodeError:
                continue
            self._put(key.removeprefix(KEY_PREFIX), Node(aliases))

    def _put(self, name: str, node: Node) -> Node:
        if name not in self._nodes and len(self._nodes) >= MOST_NODES:
            self._nodes.pop(next(iter(self._nodes)))
        self._nodes[name] = node
        return node
