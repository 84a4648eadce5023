"""Alarms, events, excursions, commands and calls as documents in JSON."""

from __future__ import annotations

from msgspec.json import Decoder, Encoder

from telemetry.alarm.words import Alarm, AlarmEvent, Command, Excursion
from telemetry.ports import Call, CommandOutcome

ENCODER = Encoder()
ALARM = Decoder(Alarm)
EVENT = Decoder(AlarmEvent)
EXCURSION = Decoder(Excursion)
COMMAND = Decoder(Command)
OUTCOME = Decoder(CommandOutcome)
CALL = Decoder(Call)
