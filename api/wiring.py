"""The only composition root: settings in, every part of the service out."""

# Long because every part of the service is put together here, and nowhere else.

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from api.jobs.elsewhere import EndsElsewhere
from api.jobs.feeds import Feeds
from api.jobs.runner import Rules, Runner
from api.jobs.warm import WarmProcess
from api.observe.counts import JobCounts
from api.observe.figures import Figures
from api.observe.health import Health
from api.observe.reroute_figures import RerouteFigures
from api.observe.watch_figures import WatchFigures
from api.observe.watch_health import WatchHealth
from api.reroutes.policy import rules_of
from api.road.compensation import Terms
from api.road.score import ScoreRules
from api.road.tasks import TaskRules
from api.schemas.alarms import moment_text
from api.schemas.overview_reading import written_overview
from api.security.gate import Gate
from api.services.accounts import Accounts
from api.services.alarms import Alarms
from api.services.arming import Arming
from api.services.asking_the_monitor import AskingTheMonitor
from api.services.boards import Boards
from api.services.breaking import Breaking
from api.services.breaks import Breaks
from api.services.broken_compartments import BrokenCompartments
from api.services.log_ins import LogIns
from api.services.paper import PaperDesk
from api.services.plan_book import PlanBook
from api.services.plan_changing import PlanChanging
from api.services.plan_life import PlanLife
from api.services.plan_orders import PlanOrders
from api.services.plan_revision import PlanRevision
from api.services.plan_screens import PlanScreens
from api.services.plan_shelf import PlanShelf
from api.services.plan_wanted import Understanding
from api.services.planning import Planning
from api.services.plans_on_the_road import PlansOnTheRoad
from api.services.points import Points
from api.services.profiles import profiles_of
from api.services.questions import Caps, Questions
from api.services.reaching_the_broker import broker_of
from api.services.readings import Readings
from api.services.reroute_accepting import RerouteAccepting
from api.services.reroute_answers import RerouteAnswers
from api.services.reroute_cases import RerouteCases
from api.services.reroute_feed import RerouteFeed
from api.services.reroute_news import NO_BROKER, NO_RIGHTS, RerouteNews, Ways
from api.services.reroute_policy import AutomaticAcceptance
from api.services.reroute_readiness import RerouteReadiness
from api.services.reroute_taking_back import RerouteTakingBack
from api.services.reroutes import Reroutes
from api.services.road import Road
from api.services.road_days import RoadDays
from api.services.scenarios import Scenarios
from api.services.shipment_logs import ShipmentLogs
from api.services.stalls import Stalls
from api.services.tasks import Tasks
from api.services.tracing import Tracing
from api.services.vehicle_days import VehicleDays
from api.services.watching import AlarmFeed
from api.settings import Settings, revealed
from api.storage.database import Database
from api.storage.telemetry import TelemetryStore
from telemetry.alarm.rules import Profile
from telemetry.calling.targets import networks_of
from telemetry.mqtt.commands import DeviceCommands
from telemetry.ports import NumberedEvent
from telemetry.registry import Registry
from telemetry.registry_files import read_registry
from telemetry.storage.retention import Retention
from telemetry.storage.store import open_store

Clock = Callable[[], datetime]
"""Gives the current instant, with an offset."""


OTHERS_S = 1.0
"""How often one of several services looks for what another one has written."""


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
    profiles: Mapping[str, Profile]
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
    vehicle_days: VehicleDays
    boards: Boards
    tasks: Tasks
    gate: Gate
    accounts: Accounts
    log_ins: LogIns
    figures: Figures
    health: Health
    feeds: Feeds
    runner: Runner
    ends_elsewhere: EndsElsewhere
    questions: Questions
    planning: Planning
    plan_shelf: PlanShelf
    plan_screens: PlanScreens
    plan_life: PlanLife
    plan_revision: PlanRevision
    plan_orders: PlanOrders
    watching: Watching
    arming: Arming
    stalls: Stalls
    breaks: Breaks
    reroutes: Reroutes
    reroute_news: RerouteNews
    breaking: Breaking
    shipment_logs: ShipmentLogs
    tracing: Tracing
    scenarios: Scenarios

    def start(self) -> None:
        """Begin to work: called once, when the service starts."""
        if self.settings.beside:
            self.ends_elsewhere.start()
        else:
            self.lead()
        self.reroutes.start()
        self.plan_screens.start()

    def lead(self) -> None:
        """Begin what only one service on a database may do: called once, when this one leads."""
        self.runner.start()
        self.arming.start()
        self.stalls.start()
        self.reroute_news.start()
        self.breaking.start()

    def close_streams(self) -> None:
        """End the streams of events: called when a stop begins, while requests still run."""
        self.feeds.close()
        self.reroutes.feed.close()
        self.watching.end_waiting()

    def stop(self) -> None:
        """End in order: called once, when the service stops."""
        self.plan_screens.stop()
        self.breaking.stop()
        self.reroute_news.stop()
        self.stalls.stop()
        self.arming.stop()
        self.ends_elsewhere.stop()
        self.runner.stop()
        self.reroutes.close()
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
    registry = registry_of(settings, clock)
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
    arming = Arming(database, plan_book, watching.store, watching.registry, clock=clock)
    reroutes = _reroutes(settings, database, plan_book, clock)
    # Other goods are on board of other vans from now on.
    reroutes.on_accepted.append(lambda _: arming.hurry())
    reroute_news = RerouteNews(database, plan_book, _ways(settings), clock=clock)
    reroutes.on_accepted.append(lambda _: reroute_news.hurry())
    reroutes.on_taken_back += [lambda _: arming.hurry(), lambda _: reroute_news.hurry()]
    policy = AutomaticAcceptance(
        reroutes, database, plan_book, rules_of(settings.reroute_automatic), clock=clock
    )
    breaking = Breaking(
        reroutes,
        database,
        plan_book,
        BrokenCompartments(watching.store, watching.registry),
        policy=policy,
        clock=clock,
    )
    figures.registry.register(RerouteFigures(lambda: breaking.counts))
    road = Road(database, plan_book, clock=clock, rules=_task_rules(settings))
    return Wiring(
        settings=settings,
        clock=clock,
        database=database,
        plan_book=plan_book,
        road=road,
        vehicle_days=VehicleDays(database, road, reroutes),
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
        ends_elsewhere=EndsElsewhere(
            database, feeds, runs_here=runner.runs, tell_end=runner.tell_end
        ),
        questions=questions,
        planning=planning,
        plan_shelf=PlanShelf(database, plan_book),
        plan_screens=PlanScreens(changing, written_overview),
        plan_life=PlanLife(changing),
        plan_revision=PlanRevision(changing, planning, stability_cents=settings.stability_cents),
        plan_orders=PlanOrders(
            changing,
            planning,
            order_lines=settings.order_lines,
            stability_cents=settings.stability_cents,
        ),
        figures=figures,
        health=Health(database, lambda: runner.is_alive or not runner.has_begun),
        gate=Gate(database, clock=clock),
        accounts=Accounts(database, clock=clock),
        log_ins=LogIns(database, session_hours=settings.session_hours, clock=clock),
        watching=watching,
        arming=arming,
        reroutes=reroutes,
        reroute_news=reroute_news,
        breaking=breaking,
        stalls=Stalls(database, plan_book, clock=clock, rules=_task_rules(settings)),
        breaks=Breaks(database, watching.store, watching.registry, clock=clock),
        shipment_logs=ShipmentLogs(
            database, plan_book, watching.store, watching.registry, clock=clock
        ),
        tracing=Tracing(database, watching.store, watching.registry, clock=clock),
        scenarios=Scenarios(
            database,
            plan_book,
            planning,
            questions,
            order_lines=settings.order_lines,
            clock=clock,
        ),
    )


def _watching(settings: Settings, registry: Registry, clock: Clock) -> Watching:
    store = telemetry_of(settings)
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
        profiles=profiles_of(settings.registry),
        health=WatchHealth(store, is_set_up=settings.registry is not None, clock=clock),
    )


def _reroutes(settings: Settings, database: Database, book: PlanBook, clock: Clock) -> Reroutes:
    warm = WarmProcess(travel_folder=settings.travel_folder, travel_means=settings.travel_means())
    looks = PlansOnTheRoad(database, book, clock=clock)
    answers = RerouteAnswers(database, warm)
    feed = RerouteFeed(database, look_s=OTHERS_S) if settings.beside else RerouteFeed(database)
    cases = RerouteCases(database, looks, answers, feed)
    due = timedelta(hours=settings.task_due_hours)
    return Reroutes(
        database,
        book,
        RoadDays(database, book),
        looks=looks,
        answers=answers,
        cases=cases,
        accepting=RerouteAccepting(database, book, cases, looks, task_due=due),
        taking_back=RerouteTakingBack(database, book, cases, looks),
        readiness=RerouteReadiness(database, looks, answers),
        feed=feed,
    )


def _ways(settings: Settings) -> Ways:
    """Say how pickup points and devices are told of accepted reroutes."""
    broker, has_rights = broker_of(settings), bool(settings.device_rights)
    return Ways(
        webhook=revealed(settings.eta_webhook),
        secret=revealed(settings.webhook_secret),
        networks=networks_of(settings.webhook_networks),
        devices=DeviceCommands(settings=broker) if has_rights and broker is not None else None,
        no_devices=NO_BROKER if has_rights else NO_RIGHTS,
    )


def telemetry_of(settings: Settings) -> TelemetryStore:
    """Give the store of readings and alarms, not opened yet."""
    retention = Retention(raw_days=settings.raw_days, kept_days=settings.kept_days)
    return TelemetryStore(lambda: open_store(settings.telemetry, retention))


def registry_of(settings: Settings, clock: Clock) -> Registry:
    """Read the registry that the settings name; without one nothing is measured.

    Raises
    ------
    InputRefused
        The registry has faults.
    """
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
        scheduler=settings.scheduler,
        look_s=OTHERS_S if settings.beside else None,
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
