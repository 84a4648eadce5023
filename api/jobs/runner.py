"""Who runs when: one thread begins waiting jobs, one thread per running job listens to it.

The database alone knows the jobs, so nothing is lost with the service: what it finds running
when it starts was running when the last one went, and is begun anew, a few times.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Condition, Thread, Timer

import structlog

from api.jobs.feeds import Feeds
from api.jobs.folders import sweep
from api.jobs.run import Material, Run
from api.jobs.settling import Broken, Finished, end_without_plan, settle
from api.problem_details import detail_of
from api.storage import job_materials, jobs, problems
from api.storage.database import Database, DatabaseUnavailable
from api.storage.jobs import FAILED, QUEUED, RUNNING, STOPPED, JobRow
from optimizer.travel.means import NO_MEANS, TravelMeans

log = structlog.get_logger(__name__)

RETRY_S = 1.0
"""How long a thread waits for a database that does not answer."""

OVERDUE_S = 300.0
"""So much longer than its limit a job under a time limit may take, to read and to check.

Any job has as long to finish once it was told to.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How jobs are run.

    Parameters
    ----------
    running
        Jobs at a time.
    attempts
        How often a job is begun before it fails.
    workers
        Processes per job.
    travel_folder
        Where travel files lie; None where the operator named none.
    travel_means
        Servers and cache of this machine.
    scheduler
        Of the Dask cluster that plans grids; empty for processes of this machine.
    look_s
        How often to look for what other services on the same database have taken on or stopped;
        None where there is no other one, and who takes on a job wakes what runs it.
    """

    running: int
    attempts: int
    workers: int
    travel_folder: Path | None
    travel_means: TravelMeans = NO_MEANS
    scheduler: str = ""
    look_s: float | None = None


class Runner:
    """Runs the jobs of a database; ``start`` and ``stop`` it once."""

    def __init__(
        self, database: Database, feeds: Feeds, rules: Rules, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._feeds = feeds
        self._rules = rules
        self._clock = clock
        self._changed = Condition()
        self._news = True
        self._stopping = False
        self._runs: dict[str, Run] = {}
        self._threads: dict[str, Thread] = {}
        self._dispatcher = Thread(target=self._dispatch, name="jobs", daemon=True)

    def start(self) -> None:
        """Find the jobs that a service left running, then begin to work."""
        sweep()
        with self._database.write() as tx:
            for job in jobs.in_state(tx, RUNNING):
                if job.attempt >= self._rules.attempts:
                    end_without_plan(tx, job, FAILED, self._clock(), cause=_worn_out(job))
                else:
                    jobs.requeue(tx, job.id)
        self._dispatcher.start()

    def stop(self) -> None:
        """End all processes; their jobs wait for the next start."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        self._feeds.close()
        # First the one who begins runs: after it no run is added.
        if self._dispatcher.is_alive():
            self._dispatcher.join()
        with self._changed:
            runs, threads = list(self._runs.values()), list(self._threads.values())
        for run in runs:
            run.kill("the service stops")
        for thread in threads:
            thread.join()

    @property
    def is_alive(self) -> bool:
        """Say whether jobs are begun."""
        return self._dispatcher.is_alive()

    @property
    def has_begun(self) -> bool:
        """Say whether this service has ever run jobs: one of several waits for its turn."""
        return self._dispatcher.ident is not None

    def runs(self, job: str) -> bool:
        """Say whether a job runs here."""
        with self._changed:
            return job in self._runs

    def wake(self) -> None:
        """Say that a job was added."""
        with self._changed:
            self._news = True
            self._changed.notify_all()

    def finish(self, job: str) -> None:
        """Tell a running job to finish and keep its best; for any other job nothing happens."""
        with self._changed:
            run = self._runs.get(job)
        if run is not None:
            run.finish(OVERDUE_S)

    def _dispatch(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(
                    lambda: self._stopping or self._can_begin(), self._rules.look_s
                )
                if self._stopping:
                    return
                self._news = False
            try:
                while self._has_room() and self._begin_next():
                    pass
                if self._rules.look_s is not None:
                    self._finish_stopped()
            except DatabaseUnavailable as error:
                log.error("jobs wait for the database", code=error.code, detail=str(error))
                self._pause()
                self.wake()
            except Exception:
                # A full disk or no thread to be had: without this one thread no job ever begins.
                log.exception("jobs wait: the next one cannot be begun")
                self._pause()
                self.wake()

    def _can_begin(self) -> bool:
        return self._news and len(self._runs) < self._rules.running

    def _has_room(self) -> bool:
        with self._changed:
            return len(self._runs) < self._rules.running

    def _finish_stopped(self) -> None:
        """Tell jobs to finish that somebody has stopped at another service."""
        with self._changed:
            if not self._runs:
                return
        with self._database.read() as tx:
            stopped = [job.id for job in jobs.in_state(tx, RUNNING) if job.stop_asked]
        for job in stopped:
            self.finish(job)

    def _pause(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._stopping, timeout=RETRY_S)

    def _begin_next(self) -> bool:
        """Begin the job that has waited longest; False where none waits or none may begin."""
        with self._database.read() as tx:
            queued = jobs.in_state(tx, QUEUED)
        with self._changed:
            # Where an answer of the database was lost, a job that runs may stand there as queued.
            waiting = [job for job in queued if job.id not in self._runs]
        if not waiting:
            return False
        job = waiting[0]
        if job.stop_asked:
            self._end_unbegun(job)
            return True
        run = Run(
            job,
            travel_folder=self._rules.travel_folder,
            travel_means=self._rules.travel_means,
            workers=self._rules.workers,
            scheduler=self._rules.scheduler,
        )
        thread = Thread(target=self._work, args=(run,), name=job.id, daemon=True)
        with self._changed:
            if self._stopping or len(self._runs) >= self._rules.running:
                run.close()
                return False
            # Before the job is marked as running: who stops it then must find the run.
            self._runs[job.id], self._threads[job.id] = run, thread
        begun = False
        try:
            with self._database.write() as tx:
                begun = jobs.begin(tx, job.id, self._clock())
        finally:
            if begun:
                self._start(run, thread)
            else:
                self._forget(run)
        return True

    def _start(self, run: Run, thread: Thread) -> None:
        """Let a job's thread begin; where the machine has none to give the job waits again."""
        try:
            thread.start()
        except RuntimeError:
            self._forget(run)
            with self._database.write() as tx:
                jobs.requeue(tx, run.job.id)
            raise

    def _end_unbegun(self, job: JobRow) -> None:
        """End a job that somebody stopped while the service was down."""
        with self._database.write() as tx:
            end_without_plan(tx, job, STOPPED, self._clock())
            ended = jobs.find(tx, job.id)
        assert ended is not None
        self.tell_end(ended)

    def _work(self, run: Run) -> None:
        """Run one job to its end; its own thread, whose lines in the log all name the job."""
        with structlog.contextvars.bound_contextvars(job=run.job.id):
            try:
                self._work_out(run)
            finally:
                self._forget(run)

    def _work_out(self, run: Run) -> None:
        name = run.job.id
        try:
            outcome = self._outcome(run)
            while outcome is not None and not self._settled(name, outcome):
                self._pause()
        except Exception as error:
            log.exception("job failed unforeseen")
            cause = detail_of("CG-7101", f"{type(error).__name__}: {error}", f"/v1/jobs/{name}")
            while not self._settled(name, Broken(cause=cause)):
                self._pause()

    def _outcome(self, run: Run) -> Finished | Broken | None:
        found = self._material(run.job.id)
        if found is None:
            return None
        job, material = found
        seconds = job.request["limit"].get("seconds")
        why = f"it took {OVERDUE_S:g} s longer than its limit"
        overdue = Timer(OVERDUE_S + (seconds or 0.0), run.kill, [why])
        if seconds is not None:
            overdue.start()
        log.info("job begins", attempt=job.attempt)
        try:
            return run.carry_out(
                material, lambda data: self._feeds.progress(job.id, job.attempt, data)
            )
        finally:
            overdue.cancel()

    def _material(self, name: str) -> tuple[JobRow, Material] | None:
        """Read what a job works on; None where the service stops before the database answers."""
        while not self._stopping:
            try:
                with self._database.read() as tx:
                    job = jobs.find(tx, name)
                    assert job is not None
                    problem = problems.find(tx, job.problem)
                    base = job_materials.find(tx, name)
            except DatabaseUnavailable as error:
                log.error("a job waits for the database", detail=str(error))
                self._pause()
            else:
                assert problem is not None
                return job, Material(
                    problem_name=problem.name, problem=problem.document, base=base or b""
                )
        return None

    def _settled(self, name: str, outcome: Finished | Broken) -> bool:
        """Store what came of a job; False where the database does not answer."""
        try:
            with self._database.write() as tx:
                if self._stopping and isinstance(outcome, Broken):
                    # It ended because the service ends.
                    jobs.requeue(tx, name)
                    return True
                ended = settle(tx, name, outcome, self._clock())
                job = ended or jobs.find(tx, name)
        except DatabaseUnavailable as error:
            log.error("a result waits for the database", detail=str(error))
            # The job stays marked as running, and the next start begins it anew.
            return self._stopping
        if ended is not None:
            log.info("job ended", state=ended.state)
        assert job is not None
        self.tell_end(job)
        return True

    def tell_end(self, job: JobRow) -> None:
        """Tell those who follow a job that has ended what became of it."""
        self._feeds.done(job.id, job.attempt, end_of(job))

    def _forget(self, run: Run) -> None:
        run.close()
        with self._changed:
            del self._runs[run.job.id], self._threads[run.job.id]
            self._news = True
            self._changed.notify_all()


def end_of(job: JobRow) -> dict[str, object]:
    """Say of a job that has ended what became of it."""
    return {
        "state": job.state,
        "plan": job.plan,
        "version": job.result_version,
        "cause": job.cause,
    }


def _worn_out(job: JobRow) -> dict[str, object]:
    message = f"the service went down under job {job.id} in attempt {job.attempt}, its last"
    return detail_of("CG-7103", message, f"/v1/jobs/{job.id}")
