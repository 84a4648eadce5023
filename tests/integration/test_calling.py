"""Calls over real sockets: each message arrives, once per confirmation, whatever fails between."""

from __future__ import annotations

import hashlib
import hmac
import json
import shutil
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace as changed
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from msgspec.structs import replace

from telemetry.alarm.words import AlarmEvent, EventKind, Severity
from telemetry.calling.digest import caller_on, calls_for
from telemetry.calling.mail import MailServer, MailSink, Security
from telemetry.calling.outbox import Dispatcher
from telemetry.calling.roster import Receiver, Roster, Team, Webhook
from telemetry.calling.set_up import mail_server_at, sinks_for
from telemetry.calling.sinks import DeliveryFailed, Sink
from telemetry.calling.targets import networks_of
from telemetry.calling.trial import send_trial
from telemetry.calling.webhook import WebhookSink, signature
from telemetry.calling.words import Language
from telemetry.ports import Call, CallState, Store
from telemetry.storage.store import open_store
from tests.receivers import (
    LOCAL,
    Clock,
    Mailbox,
    MemoryOutbox,
    WebReceiver,
    a_certificate,
    deaf_receiver,
    free_port,
    mail_receiver,
    web_receiver,
)
from tests.telemetry_cases import an_alarm

SECRET = "shared"


def web(name: str, receiver: WebReceiver) -> Receiver:
    return Receiver(name=name, webhook=Webhook(url=receiver.url, secret=SECRET))


HERE = networks_of("127.0.0.0/8")


def roster_of(*receivers: Receiver) -> Roster:
    names = tuple(receiver.name for receiver in receivers)
    return Roster(
        receivers={receiver.name: receiver for receiver in receivers},
        teams=(Team(name="all", tell=names),),
        gather_s=0,
    )


def raised(**changes: Any) -> AlarmEvent:
    alarm = an_alarm(**changes)
    return AlarmEvent(kind=EventKind.RAISED, alarm=alarm, at_ms=alarm.raised_ms)


def calls_of(roster: Roster, clock: Clock, *events: AlarmEvent) -> tuple[Call, ...]:
    return calls_for(events, roster=roster, points={}, earlier={}, now_ms=clock())


@contextmanager
def dispatching(
    roster: Roster, clock: Clock, outbox: MemoryOutbox, timeout_s: float = 5.0
) -> Iterator[Dispatcher]:
    sinks: dict[str, Sink] = {
        "webhook": WebhookSink(
            receivers=roster.receivers, clock_ms=clock, timeout_s=timeout_s, allowed=HERE
        )
    }
    dispatcher = Dispatcher(outbox, sinks, clock)
    try:
        yield dispatcher
    finally:
        dispatcher.stop()


def test_a_server_that_was_down_gets_the_call_once_when_it_is_up() -> None:
    clock, port = Clock(), free_port()
    roster = roster_of(web("desk", WebReceiver(port=port)))
    (call,) = calls_of(roster, clock, raised())
    outbox = MemoryOutbox(call)
    with dispatching(roster, clock, outbox) as dispatcher:
        dispatcher.run_once()
        assert outbox[call.id].last_error == "the connection is refused"
        with web_receiver(port=port) as receiver:
            dispatcher.run_once()
            assert receiver.got == []  # not before its time
            for _ in range(3):
                clock.pass_s(30)
                dispatcher.run_once()
    assert receiver.keys() == [call.id]
    assert outbox[call.id].state is CallState.DELIVERED
    assert outbox[call.id].tries == 2


def test_a_refused_call_comes_again_under_the_same_id_until_it_is_confirmed() -> None:
    clock = Clock()
    with web_receiver(fails=[500, 503]) as receiver:
        roster = roster_of(web("desk", receiver))
        (call,) = calls_of(roster, clock, raised())
        outbox = MemoryOutbox(call)
        with dispatching(roster, clock, outbox) as dispatcher:
            errors = []
            for _ in range(5):
                dispatcher.run_once()
                errors.append(outbox[call.id].last_error)
                clock.pass_s(60)
    assert receiver.keys() == [call.id] * 3
    assert len({request.body for request in receiver.got}) == 1
    assert errors[:3] == ["it answers with status 500", "it answers with status 503", ""]


def test_a_message_can_be_checked_by_whoever_shares_the_secret() -> None:
    clock = Clock()
    with web_receiver() as receiver:
        roster = roster_of(web("desk", receiver))
        outbox = MemoryOutbox(*calls_of(roster, clock, raised()))
        with dispatching(roster, clock, outbox) as dispatcher:
            dispatcher.run_once()
    (request,) = receiver.got
    at_s = clock() // 1000
    expected = hmac.new(SECRET.encode(), f"{at_s}.".encode() + request.body, hashlib.sha256)
    assert request.headers["X-Coldgrid-Signature"] == f"t={at_s},v1={expected.hexdigest()}"
    assert signature("other", at_s, request.body) != request.headers["X-Coldgrid-Signature"]
    assert json.loads(request.body)["schema"] == "coldgrid/alert/1"


def test_a_receiver_that_never_answers_fails_by_its_timeout_and_holds_up_nobody() -> None:
    clock = Clock()
    with deaf_receiver() as deaf, web_receiver() as receiver:
        roster = roster_of(web("deaf", deaf), web("desk", receiver))
        outbox = MemoryOutbox(*calls_of(roster, clock, raised()))
        with dispatching(roster, clock, outbox, timeout_s=0.2) as dispatcher:
            dispatcher.run_once()
    states = {call.receiver: call for call in outbox.calls()}
    assert states["desk"].state is CallState.DELIVERED
    assert states["deaf"].state is CallState.WAITING
    assert states["deaf"].last_error == "no answer within 0.2 s"


def test_the_living_are_served_again_and_again_while_a_try_at_the_dead_still_runs() -> None:
    clock = Clock()
    with web_receiver() as slow, web_receiver() as receiver:
        slow.held.clear()
        roster = roster_of(web("slow", slow), web("desk", receiver))
        outbox = MemoryOutbox(*calls_of(roster, clock, raised()))
        delivered = {f"high-{number}": Event() for number in range(3)}
        with dispatching(roster, clock, outbox) as dispatcher:
            dispatcher.start(period_s=0.01)
            for name, arrived in delivered.items():
                outbox.add(*calls_of(roster, clock, raised(id=name, incident=name)))
                while not any(name in str(request.body) for request in receiver.got):
                    assert not arrived.wait(0.01)
            assert len(slow.got) == 1
            assert not any(call.delivered_ms for call in outbox.calls() if call.receiver == "slow")
            slow.held.set()


def test_a_redirect_is_not_followed() -> None:
    clock = Clock()
    with web_receiver() as other, web_receiver(fails=[307], location=other.url) as receiver:
        roster = roster_of(web("desk", receiver))
        (call,) = calls_of(roster, clock, raised())
        outbox = MemoryOutbox(call)
        with dispatching(roster, clock, outbox) as dispatcher:
            dispatcher.run_once()
    assert other.got == []
    assert outbox[call.id].last_error.startswith("it answers with status 307")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/hook/s3cret",
        "http://nowhere.invalid/hook/s3cret",
        "https://127.0.0.1:{port}/hook/s3cret",
        "http://127.0.0.1:{port}/hook/s3cret",
    ],
)
def test_no_error_shows_an_address(url: str) -> None:
    with web_receiver(fails=[500]) as receiver:
        hook = Webhook(url=url.format(port=receiver.port))
        known = {"desk": Receiver(name="desk", webhook=hook)}
        sink = WebhookSink(receivers=known, clock_ms=Clock(), timeout_s=2.0, allowed=HERE)
        with pytest.raises(DeliveryFailed) as failure:
            sink.send("desk", "id", b"{}")
    assert "s3cret" not in str(failure.value)
    assert failure.value.__cause__ is None
    assert failure.value.__suppress_context__
    assert "s3cret" not in repr(known)


# --- mail ---------------------------------------------------------------------------------------


def mail_sink(mailbox: Mailbox, clock: Clock, **changes: Any) -> MailSink:
    receivers = {
        "li": Receiver(name="li", mail="li@example.org", language=Language.ZH),
        "chief": Receiver(name="chief", mail="chief@example.org"),
    }
    server = MailServer(
        host=LOCAL, port=mailbox.port, security=Security.NONE, sender="coldgrid@example.org"
    )
    return MailSink(server=changed(server, **changes), receivers=receivers, clock_ms=clock)


def parsed(mail: bytes) -> EmailMessage:
    return message_from_bytes(mail, _class=EmailMessage, policy=policy.default)


def a_body(**changes: Any) -> bytes:
    receiver = Receiver(name="li", mail="li@example.org")
    (call,) = calls_of(roster_of(receiver), Clock(), raised(**changes))
    return call.body


def test_a_mail_is_plain_text_in_both_languages_the_receivers_own_first() -> None:
    with mail_receiver() as mailbox:
        sink = mail_sink(mailbox, Clock())
        sink.send("li", "abc", a_body())
        sink.send("chief", "def", a_body())
    first, second = map(parsed, mailbox.got)
    assert first["To"] == "li@example.org"
    assert first["Message-ID"] == "<abc@example.org>"
    assert first["Auto-Submitted"] == "auto-generated"
    assert first.get_content_type() == "text/plain"
    text = first.get_content()
    assert 0 < text.index("温度过高") < text.index("too warm")
    assert "温度过高" in first["Subject"]
    other = second.get_content()
    assert 0 < other.index("too warm") < other.index("温度过高")
    assert mailbox.envelopes[0] == ("coldgrid@example.org", ["li@example.org"])


def test_a_refused_mail_is_tried_again_and_delivered_once() -> None:
    clock = Clock()
    with mail_receiver(refuses=["550 no such mailbox"]) as mailbox:
        sink = mail_sink(mailbox, clock)
        roster = roster_of(sink.receivers["li"])
        (call,) = calls_of(roster, clock, raised())
        outbox = MemoryOutbox(call)
        dispatcher = Dispatcher(outbox, {"mail": sink}, clock)
        dispatcher.run_once()
        assert outbox[call.id].last_error == "the mail server refuses the receiver (550)"
        for _ in range(3):
            clock.pass_s(60)
            dispatcher.run_once()
        dispatcher.stop()
    assert len(mailbox.got) == 1
    assert outbox[call.id].state is CallState.DELIVERED


def test_a_mail_that_was_taken_is_not_sent_again_because_the_good_bye_failed() -> None:
    with mail_receiver(breaks_at_quit=True) as mailbox:
        mail_sink(mailbox, Clock()).send("li", "abc", a_body())
    assert len(mailbox.got) == 1


def test_a_name_with_line_breaks_begins_no_header() -> None:
    body = a_body(point="V1/a\r\nBcc: thief@example.org\r\n\r\nHello")
    with mail_receiver() as mailbox:
        mail_sink(mailbox, Clock()).send("li", "abc", body)
    (mail,) = map(parsed, mailbox.got)
    assert mail["Bcc"] is None
    assert mailbox.envelopes[0][1] == ["li@example.org"]
    assert "Bcc: thief@example.org" in mail["Subject"]


def test_a_sender_of_several_lines_is_refused() -> None:
    with pytest.raises(ValueError, match="no address"):
        MailServer(host=LOCAL, sender="a@example.org\r\nBcc: b@example.org")


def test_no_mail_server_at_all_is_a_failure_in_words() -> None:
    with pytest.raises(DeliveryFailed, match="the mail server refuses the connection"):
        mail_sink(Mailbox(port=free_port()), Clock()).send("li", "abc", a_body())


def test_a_password_is_not_sent_in_the_clear_to_another_machine() -> None:
    with mail_receiver(password="right") as mailbox:
        here = mail_sink(mailbox, Clock(), user="me", password="right")
        here.send("li", "abc", a_body())
        # Another name of this machine, of which the sink does not know that it is one.
        elsewhere = changed(here, server=changed(here.server, host="127.1"))
        with pytest.raises(DeliveryFailed, match="not sent over an unencrypted connection"):
            elsewhere.send("li", "def", a_body())
    assert len(mailbox.got) == 1


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("openssl") is None:
        pytest.skip("no openssl on this machine: certificates cannot be made")
    return a_certificate(tmp_path_factory.mktemp("tls"))


def test_a_mail_goes_encrypted_with_user_and_password(certificate: Path) -> None:
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(certificate)
    ours = ssl.create_default_context(cafile=str(certificate))
    with mail_receiver(context=theirs, password="right") as mailbox:
        secure = {"security": Security.STARTTLS, "context": ours, "user": "me"}
        mail_sink(mailbox, Clock(), **secure, password="right").send("li", "abc", a_body())
        assert len(mailbox.got) == 1
        with pytest.raises(DeliveryFailed, match="does not take user and password") as failure:
            mail_sink(mailbox, Clock(), **secure, password="wr0ng").send("li", "abc", a_body())
        assert "wr0ng" not in str(failure.value)
        distrusting = {**secure, "context": ssl.create_default_context()}
        with pytest.raises(DeliveryFailed, match="certificate does not hold"):
            mail_sink(mailbox, Clock(), **distrusting).send("li", "abc", a_body())
    assert len(mailbox.got) == 1


def test_a_server_without_encryption_gets_neither_password_nor_mail() -> None:
    with mail_receiver() as mailbox:
        sink = mail_sink(mailbox, Clock(), security=Security.STARTTLS, user="me", password="x")
        with pytest.raises(DeliveryFailed, match="offers no encryption"):
            sink.send("li", "abc", a_body())
    assert mailbox.got == []


@pytest.mark.parametrize(
    ("address", "port", "security"),
    [
        ("smtp://mail.example.org", 587, Security.STARTTLS),
        ("smtps://mail.example.org", 465, Security.TLS),
        ("smtps://mail.example.org:4650", 4650, Security.TLS),
        ("smtp://127.0.0.1", 25, Security.NONE),
    ],
)
def test_an_address_says_how_a_mail_server_is_spoken_to(
    address: str, port: int, security: Security
) -> None:
    server = mail_server_at(address, user="me", password="s3cret", sender="a@example.org")
    assert (server.port, server.security, server.sender) == (port, security, "a@example.org")
    assert "s3cret" not in repr(server)
    for wrong in ({"address": "http://mail.example.org"}, {"sender": "a\r\nBcc: b@example.org"}):
        with pytest.raises(ValueError, match="this is no"):
            mail_server_at(**{"address": address, **wrong})


def test_a_webhook_without_a_secret_is_signed_with_that_of_the_house() -> None:
    clock = Clock()
    with web_receiver() as receiver:
        roster = roster_of(Receiver(name="desk", webhook=Webhook(url=receiver.url)))
        sinks_for(roster, clock, webhook_networks=HERE)["webhook"].send("desk", "a", b"{}")
        sinks_for(roster, clock, webhook_secret="house", webhook_networks=HERE)["webhook"].send(
            "desk", "b", b"{}"
        )
    unsigned, signed = receiver.got
    assert "X-Coldgrid-Signature" not in unsigned.headers
    expected = signature("house", clock() // 1000, b"{}")
    assert signed.headers["X-Coldgrid-Signature"] == expected


# --- trial --------------------------------------------------------------------------------------


def test_a_trial_proves_each_receiver_and_says_that_it_is_a_test() -> None:
    clock = Clock()
    with web_receiver() as receiver, mail_receiver() as mailbox:
        mail = mail_sink(mailbox, clock)
        roster = roster_of(
            web("desk", receiver), web("gone", WebReceiver(port=free_port())), mail.receivers["li"]
        )
        sinks: dict[str, Sink] = {
            "webhook": WebhookSink(receivers=roster.receivers, clock_ms=clock, allowed=HERE),
            "mail": mail,
        }
        results = send_trial(roster, sinks, clock)
        only = send_trial(roster, sinks, clock, "desk")
    assert [(result.receiver, result.reached) for result in results] == [
        ("desk", True), ("gone", False), ("li", True),
    ]  # fmt: skip
    assert results[1].error == "the connection is refused"
    assert [result.receiver for result in only] == ["desk"]
    assert json.loads(receiver.got[0].body)["test"] is True
    assert "This is a test" in parsed(mailbox.got[0]).get_content()
    assert "测试" in parsed(mailbox.got[0])["Subject"]


def test_many_calls_for_a_dead_receiver_do_not_hide_those_for_the_living() -> None:
    clock = Clock()
    with web_receiver() as receiver:
        dead = web("dead", WebReceiver(port=free_port()))
        roster = roster_of(dead, web("desk", receiver))
        (template, _) = calls_of(roster, clock, raised())
        piled = [
            replace(template, id=f"old-{n}", incident=f"i-{n}", created_ms=template.created_ms - 1)
            for n in range(500)
        ]
        outbox = MemoryOutbox(*piled, *calls_of(roster, clock, raised()))
        with dispatching(roster, clock, outbox) as dispatcher:
            dispatcher.run_once()
    assert len(receiver.got) == 1
    tried = [call for call in outbox.calls(limit=1000) if call.receiver == "dead" and call.tries]
    assert len(tried) == 1


# --- with a store -------------------------------------------------------------------------------


class Shop:
    """A store that is opened anew for everything that is done with it."""

    def __init__(self, url: str, roster: Roster, clock: Clock) -> None:
        self._url, self._roster, self._clock = url, roster, clock

    @contextmanager
    def opened(self) -> Iterator[Store]:
        store = open_store(self._url)
        try:
            yield store
        finally:
            store.close()

    def settle(self, *events: AlarmEvent) -> None:
        with self.opened() as store, store.write() as ledger:
            ledger.add_events(events)
            ledger.add_calls(caller_on(store, self._roster, {}, self._clock)(events))

    def deliver(self) -> None:
        with self.opened() as store:
            dispatcher = Dispatcher(
                store, sinks_for(self._roster, self._clock, webhook_networks=HERE), self._clock
            )
            dispatcher.run_once()
            dispatcher.stop()


def test_events_calls_and_deliveries_share_one_store_and_survive_a_restart(tmp_path: Path) -> None:
    clock, port = Clock(), free_port()
    roster = roster_of(web("desk", WebReceiver(port=port)))
    shop = Shop(f"sqlite:///{tmp_path / 'telemetry.db'}", roster, clock)
    worse = replace(raised(severity=Severity.CRITICAL), kind=EventKind.WORSENED)
    over = AlarmEvent(kind=EventKind.CLEARED, alarm=an_alarm(cleared_ms=clock()), at_ms=clock())
    shop.settle(raised(), worse)
    shop.deliver()  # nobody is there
    shop.settle(over)
    with web_receiver(port=port) as receiver:
        for _ in range(4):
            clock.pass_s(60)
            shop.deliver()
    said = [[one["event"] for one in json.loads(got.body)["news"]] for got in receiver.got]
    assert said == [["raised", "worsened"], ["cleared"]]
    with shop.opened() as store:
        assert [call.state for call in store.calls()] == [CallState.DELIVERED] * 2
        assert sorted(call.tries for call in store.calls()) == [1, 2]


def test_many_threads_of_deliveries_and_a_monitor_write_one_store(tmp_path: Path) -> None:
    clock = Clock()
    with ExitStack() as stack:
        receivers = [stack.enter_context(web_receiver()) for _ in range(4)]
        named = [web(f"desk-{n}", receiver) for n, receiver in enumerate(receivers)]
        roster = roster_of(*named)
        store = open_store(f"sqlite:///{tmp_path / 'telemetry.db'}")
        stack.callback(store.close)
        dispatcher = Dispatcher(store, sinks_for(roster, clock, webhook_networks=HERE), clock)
        dispatcher.start(period_s=0.01)
        stack.callback(dispatcher.stop)
        for number in range(6):
            event = raised(id=f"a-{number}", incident=f"i-{number}")
            with store.write() as ledger:
                ledger.add_events([event])
                ledger.add_calls(caller_on(store, roster, {}, clock)([event]))
        waited = Event()
        for _ in range(1000):
            if all(len(receiver.got) == 6 for receiver in receivers):
                break
            waited.wait(0.01)
        for receiver in receivers:
            assert sorted(receiver.keys()) == sorted(set(receiver.keys()))
            assert len(receiver.got) == 6
