"""The only composition root: settings in, every part of the service out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from api.jobs.feeds import Feeds
from api.jobs.runner import Rules, Runner
from api.observe.counts import JobCounts
from api.observe.figures import Figures
from api.observe.health import Health
from api.observe.watch_figures import WatchFigures
from api.observe.watch_health import WatchHealth
from api.road.compensation import Terms
from api.road.score import ScoreRules
from api.road.tasks import TaskRules
from api.schemas.alarms import moment_text
from api.security.gate import Gate
from api.services.accounts import Accounts
from api.services.alarms import Alarms
from api.services.arming import Arming
from api.services.asking_the_monitor import AskingTheMonitor
from api.services.boards import Boards
from api.services.breaks import Breaks
from api.services.log_ins import LogIns
from api.services.paper import PaperDesk
from api.services.plan_book import PlanBook
from api.services.plan_changing import PlanChanging
from api.services.plan_life import PlanLife
from api.services.plan_orders import PlanOrders
from api.services.plan_revision import PlanRevision
from api.services.plan_shelf import PlanShelf
from api.services.plan_wanted import Understanding
from api.services.planning import Planning
from api.services.points import Points
from api.services.questions import Caps, Questions
from api.services.readings import Readings
from api.services.road import Road
from api.services.shipment_logs import ShipmentLogs
from api.services.stalls import Stalls
from api.services.tasks import Tasks
from api.services.watching import AlarmFeed
from api.settings import Settings
from api.storage.database import Database
from api.storage.telemetry import TelemetryStore
from telemetry.ports import NumberedEvent
from telemetry.registry import Registry
from telemetry.registry_files import read_registry
from telemetry.storage.retention import Retention
from telemetry.storage.store import open_store

Clock = Callable[[], datetime]
"""Gives the current instant, with an offset."""


def utc_now() -> datetime:
    """Give the current instant."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """The parts that need the telemetry store and nothing of the service's own database.

    Parameters
    ----------
    store
        Opened by whoever asks first.
    """

    store: TelemetryStore
    registry: Registry
    asking: AskingTheMonitor
    alarms: Alarms
    alarm_feed: AlarmFeed
    points: Points
    readings: Readings
    health: WatchHealth

    def end_waiting(self) -> None:
        """Let go of all who wait for alarms or answers."""
        self.alarm_feed.close()
        self.asking.close()

    def close(self) -> None:
        """End in order."""
        self.end_waiting()
        self.alarm_feed.join()
        self.store.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """The parts of one running service.

    Parameters
    ----------
    clock
        Where every part takes the time from.
    """

    settings: Settings
    clock: Clock
    database: Database
    plan_book: PlanBook
    paper_desk: PaperDesk
    road: Road
    boards: Boards
    tasks: Tasks
    gate: Gate
    accounts: Accounts
    log_ins: LogIns
    figures: Figures
    health: Health
    feeds: Feeds
    runner: Runner
    questions: Questions
    planning: Planning
    plan_shelf: PlanShelf
    plan_life: PlanLife
    plan_revision: PlanRevision
    plan_orders: PlanOrders
    watching: Watching
    arming: Arming
    stalls: Stalls
    breaks: Breaks
    shipment_logs: ShipmentLogs

    def start(self) -> None:
        """Begin to work: called once, when the service starts."""
        self.runner.start()
        self.arming.start()
        self.stalls.start()

    def close_streams(self) -> None:
        """End the streams of events: called when a stop begins, while requests still run."""
        self.feeds.close()
        self.watching.end_waiting()

    def stop(self) -> None:
        """End in order: called once, when the service stops."""
        self.stalls.stop()
        self.arming.stop()
        self.runner.stop()
        self.watching.close()
        self.database.close()


def wire(settings: Settings, *, clock: Clock = utc_now) -> Wiring:
    """Build the service; the database is brought up to date.

    Raises
    ------
    DatabaseUnavailable
        The database cannot be opened.
    InputRefused
        The registry has faults.
    """
    # Before anything is opened, for it may be refused.
    registry = _registry(settings, clock)
    database = Database(settings.database)
    database.migrate()
    feeds = Feeds()
    runner = _runner(settings, database, feeds, clock)
    questions = _questions(settings, database, clock)
    plan_book = PlanBook(
        database, travel_folder=settings.travel_folder, travel_means=settings.travel_means()
    )
    planning = Planning(
        database,
        understanding=Understanding(questions, plan_book),
        runner=runner,
        feeds=feeds,
        most_open=settings.running_jobs + settings.waiting_jobs,
        clock=clock,
    )
    watching = _watching(settings, registry, clock)
    figures = Figures(JobCounts(database, clock))
    figures.registry.register(
        WatchFigures(watching.store, is_set_up=settings.registry is not None, clock=clock)
    )
    changing = PlanChanging(
        database, plan_book, clock=clock, frozen_minutes=settings.frozen_minutes
    )
    return Wiring(
        settings=settings,
        clock=clock,
        database=database,
        plan_book=plan_book,
        road=Road(database, plan_book, clock=clock, rules=_task_rules(settings)),
        boards=Boards(database, plan_book, clock=clock, score_rules=ScoreRules()),
        tasks=Tasks(
            database,
            plan_book,
            clock=clock,
            rules=_task_rules(settings),
            terms=Terms(late_share=settings.late_refund_share),
        ),
        paper_desk=PaperDesk(plan_book, font=settings.font),
        feeds=feeds,
        runner=runner,
        questions=questions,
        planning=planning,
        plan_shelf=PlanShelf(database, plan_book),
        plan_life=PlanLife(changing),
        plan_revision=PlanRevision(changing, planning, stability_cents=settings.stability_cents),
        plan_orders=PlanOrders(
            changing,
            planning,
            order_lines=settings.order_lines,
            stability_cents=settings.stability_cents,
        ),
        figures=figures,
        health=Health(database, lambda: runner.is_alive),
        gate=Gate(database, clock=clock),
        accounts=Accounts(database, clock=clock),
        log_ins=LogIns(database, session_hours=settings.session_hours, clock=clock),
        watching=watching,
        arming=Arming(database, plan_book, watching.store, watching.registry, clock=clock),
        stalls=Stalls(database, plan_book, clock=clock, rules=_task_rules(settings)),
        breaks=Breaks(database, watching.store, watching.registry, clock=clock),
        shipment_logs=ShipmentLogs(
            database, plan_book, watching.store, watching.registry, clock=clock
        ),
    )


def _watching(settings: Settings, registry: Registry, clock: Clock) -> Watching:
    retention = Retention(raw_days=settings.raw_days, kept_days=settings.kept_days)
    store = TelemetryStore(lambda: open_store(settings.telemetry, retention))
    asking = AskingTheMonitor(store, clock=clock)
    alarms = Alarms(store, registry, asking, clock=clock)

    def write(numbered: NumberedEvent) -> str:
        return moment_text(numbered, alarms.placed(numbered.event.alarm))

    return Watching(
        store=store,
        registry=registry,
        asking=asking,
        alarms=alarms,
        alarm_feed=AlarmFeed(store, write),
        points=Points(store, registry, asking, clock=clock),
        readings=Readings(store, registry, clock=clock),
        health=WatchHealth(store, is_set_up=settings.registry is not None, clock=clock),
    )


def _registry(settings: Settings, clock: Clock) -> Registry:
    if settings.registry is None:
        return Registry((), ())
    now_ms = round(clock().timestamp() * 1000)
    return read_registry(settings.registry, now_ms=now_ms).registry


def _runner(settings: Settings, database: Database, feeds: Feeds, clock: Clock) -> Runner:
    rules = Rules(
        running=settings.running_jobs,
        attempts=settings.job_attempts,
        workers=settings.job_workers,
        travel_folder=settings.travel_folder,
        travel_means=settings.travel_means(),
    )
    return Runner(database, feeds, rules, clock)


def _questions(settings: Settings, database: Database, clock: Clock) -> Questions:
    caps = Caps(
        order_lines=settings.order_lines,
        upload_bytes=settings.upload_bytes,
        travel_folder=settings.travel_folder,
    )
    return Questions(database, caps, clock)


def _task_rules(settings: Settings) -> TaskRules:
    return TaskRules(
        due_after=timedelta(hours=settings.task_due_hours),
        uncollected_after=timedelta(hours=settings.uncollected_hours),
        stalled_after=timedelta(hours=settings.stalled_hours),
    )
