"""The wire form of Sparkplug B payloads; the only file that knows protobuf.

Field numbers and types are those of the Sparkplug 3.0 specification, section 6.4. Fields that carry
no measurement (uuid, body, metadata, properties, data sets, templates) are left undeclared:
protobuf skips them.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
)
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError
from google.protobuf.message_factory import GetMessageClass
from msgspec import Struct


class DataType(IntEnum):
    """How a metric's value is to be understood."""

    UNKNOWN = 0
    INT8 = 1
    INT16 = 2
    INT32 = 3
    INT64 = 4
    UINT8 = 5
    UINT16 = 6
    UINT32 = 7
    UINT64 = 8
    FLOAT = 9
    DOUBLE = 10
    BOOLEAN = 11
    STRING = 12
    DATE_TIME = 13
    TEXT = 14


class Metric(Struct, frozen=True, kw_only=True):
    """One metric.

    Parameters
    ----------
    name, alias
        A birth gives both, data behind it may give the alias alone.
    timestamp
        Milliseconds.
    datatype
        A ``DataType``; 0 where it is left to the birth.
    value
        None where there is none, or one of a kind that is no single value.
    """

    name: str | None = None
    alias: int | None = None
    timestamp: int | None = None
    datatype: int = DataType.UNKNOWN
    is_historical: bool = False
    is_null: bool = False
    value: int | float | bool | str | None = None

    def value_as(self, datatype: int) -> int | float | bool | str | None:
        """Give the value as the birth's data type says, where the metric itself does not."""
        value = self.value
        if self.datatype or isinstance(value, bool) or not isinstance(value, int):
            return value
        return _signed(value, datatype, 64)


class Payload(Struct, frozen=True, kw_only=True):
    """One message.

    Parameters
    ----------
    timestamp
        Milliseconds; when it was sent.
    seq
        0 to 255, counted over all messages of a node; a death of a node has none.
    """

    timestamp: int | None = None
    seq: int | None = None
    metrics: tuple[Metric, ...] = ()


class BrokenPayload(ValueError):
    """Bytes that are no Sparkplug B payload."""


_FIELD = FieldDescriptorProto
_INT, _LONG, _FLOAT, _DOUBLE, _BOOLEAN, _STRING = (
    "int_value",
    "long_value",
    "float_value",
    "double_value",
    "boolean_value",
    "string_value",
)
_PAYLOAD_FIELDS = (("timestamp", 1, _FIELD.TYPE_UINT64), ("seq", 3, _FIELD.TYPE_UINT64))
_METRIC_FIELDS = (
    ("name", 1, _FIELD.TYPE_STRING),
    ("alias", 2, _FIELD.TYPE_UINT64),
    ("timestamp", 3, _FIELD.TYPE_UINT64),
    ("datatype", 4, _FIELD.TYPE_UINT32),
    ("is_historical", 5, _FIELD.TYPE_BOOL),
    ("is_null", 7, _FIELD.TYPE_BOOL),
)
_VALUE_FIELDS = (
    (_INT, 10, _FIELD.TYPE_UINT32),
    (_LONG, 11, _FIELD.TYPE_UINT64),
    (_FLOAT, 12, _FIELD.TYPE_FLOAT),
    (_DOUBLE, 13, _FIELD.TYPE_DOUBLE),
    (_BOOLEAN, 14, _FIELD.TYPE_BOOL),
    (_STRING, 15, _FIELD.TYPE_STRING),
)
_FIELD_OF_TYPE = {
    DataType.INT64: _LONG,
    DataType.UINT64: _LONG,
    DataType.DATE_TIME: _LONG,
    DataType.FLOAT: _FLOAT,
    DataType.DOUBLE: _DOUBLE,
    DataType.BOOLEAN: _BOOLEAN,
    DataType.STRING: _STRING,
    DataType.TEXT: _STRING,
}
_PACKAGE = "coldgrid.sparkplug"


def _payload_class() -> Any:  # noqa: ANN401 - protobuf makes the class while running
    file = FileDescriptorProto(name="coldgrid/sparkplug.proto", package=_PACKAGE, syntax="proto2")
    payload = file.message_type.add(name="Payload")
    metric = payload.nested_type.add(name="Metric")
    _add_fields(payload, _PAYLOAD_FIELDS)
    payload.field.add(
        name="metrics",
        number=2,
        type=_FIELD.TYPE_MESSAGE,
        type_name=f".{_PACKAGE}.Payload.Metric",
        label=_FIELD.LABEL_REPEATED,
    )
    _add_fields(metric, _METRIC_FIELDS)
    metric.oneof_decl.add(name="value")
    for name, number, kind in _VALUE_FIELDS:
        metric.field.add(
            name=name, number=number, type=kind, label=_FIELD.LABEL_OPTIONAL, oneof_index=0
        )
    pool = DescriptorPool()
    pool.Add(file)
    return GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.Payload"))


def _add_fields(
    message: DescriptorProto,
    fields: tuple[tuple[str, int, FieldDescriptorProto.Type.ValueType], ...],
) -> None:
    for name, number, kind in fields:
        message.field.add(name=name, number=number, type=kind, label=_FIELD.LABEL_OPTIONAL)


_Payload = _payload_class()


def payload_of(raw: bytes) -> Payload:
    """Read a payload.

    Raises
    ------
    BrokenPayload
        For bytes that are none.
    """
    try:
        parsed = _Payload.FromString(raw)
        return Payload(
            timestamp=parsed.timestamp if parsed.HasField("timestamp") else None,
            seq=parsed.seq if parsed.HasField("seq") else None,
            metrics=tuple([_metric(each) for each in parsed.metrics]),
        )
    except (DecodeError, UnicodeDecodeError) as error:
        raise BrokenPayload(str(error)) from error


def bytes_of(payload: Payload) -> bytes:
    """Write a payload; the value's field follows the data type, or the value where that is 0."""
    built = _Payload()
    if payload.timestamp is not None:
        built.timestamp = payload.timestamp
    if payload.seq is not None:
        built.seq = payload.seq
    for metric in payload.metrics:
        _write(metric, built.metrics.add())
    return bytes(built.SerializeToString())


def _metric(parsed: Any) -> Metric:  # noqa: ANN401
    has = parsed.HasField
    # protobuf gives a text that is no UTF-8 as bytes.
    if isinstance(parsed.name, bytes):
        raise BrokenPayload("the name of a metric is no UTF-8")
    return Metric(
        name=parsed.name if has("name") else None,
        alias=parsed.alias if has("alias") else None,
        timestamp=parsed.timestamp if has("timestamp") else None,
        datatype=parsed.datatype,
        is_historical=parsed.is_historical,
        is_null=parsed.is_null,
        value=_value(parsed),
    )


def _value(parsed: Any) -> int | float | bool | str | None:  # noqa: ANN401
    field = parsed.WhichOneof("value")
    if field is None:
        return None
    value: int | float | bool | str | bytes = getattr(parsed, field)
    if isinstance(value, bytes):
        return None
    if field in (_INT, _LONG):
        return _signed(int(value), parsed.datatype, 32 if field == _INT else 64)
    # Seven digits are what a Float holds: -20.1 is not to become -20.100000381469727.
    return float(f"{value:.7g}") if field == _FLOAT else value


def _signed(value: int, datatype: int, bits: int) -> int:
    """Undo the two's complement; no channel has values that large unsigned."""
    if datatype in (DataType.INT8, DataType.INT16):
        bits = 8 if datatype == DataType.INT8 else 16
        value &= (1 << bits) - 1
    return value - (1 << bits) if value >= 1 << (bits - 1) else value


def _write(metric: Metric, built: Any) -> None:  # noqa: ANN401
    for name in ("name", "alias", "timestamp"):
        given = getattr(metric, name)
        if given is not None:
            setattr(built, name, given)
    if metric.datatype:
        built.datatype = metric.datatype
    if metric.is_historical:
        built.is_historical = True
    if metric.is_null:
        built.is_null = True
    if metric.value is not None:
        field = _field_for(metric)
        value = metric.value
        if field == _INT:
            value = int(value) & 0xFFFF_FFFF
        elif field == _LONG:
            value = int(value) & 0xFFFF_FFFF_FFFF_FFFF
        setattr(built, field, value)


def _field_for(metric: Metric) -> str:
    if metric.datatype:
        return _FIELD_OF_TYPE.get(DataType(metric.datatype), _INT)
    if isinstance(metric.value, bool):
        return _BOOLEAN
    if isinstance(metric.value, str):
        return _STRING
    return _LONG if isinstance(metric.value, int) else _DOUBLE
