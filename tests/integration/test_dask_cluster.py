"""A real Dask cluster plans as processes do: the same plan, errors, progress and halting."""

import json
import signal
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from threading import Event, Timer
from time import monotonic

import pytest

from api.jobs.run import Material, Run
from api.jobs.settling import Finished
from api.schemas.questions import EXAMPLE_PROBLEM
from optimizer.domain.errors import EngineFailed, ExecutorUnavailable
from tests.dask_clusters import (
    LocalCluster,
    break_down,
    local_cluster,
    slow_pid,
    until_called_off,
)
from tests.features.command_line import SMALL_CITY, coldgrid
from tests.job_rows import job_row

pytest.importorskip("distributed", reason="needs coldgrid[dask]")

from optimizer.executors.dask_cluster import dask_cluster


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCluster]:
    with local_cluster(tmp_path_factory.mktemp("dask"), workers=2) as started:
        yield started


class Asked:
    def __init__(self) -> None:
        self.event = Event()

    def asked(self) -> bool:
        return self.event.is_set()


def test_two_workers_find_the_plan_that_processes_find(
    cluster: LocalCluster, tmp_path: Path
) -> None:
    words = ("plan", SMALL_CITY, "--iterations", 20, "--seed", 3)
    there, here = tmp_path / "there.json", tmp_path / "here.json"
    done = coldgrid(*words, "--out", there, "--scheduler", cluster.address)
    assert done.code == 0, done.err
    assert done.err == ""
    assert coldgrid(*words, "--out", here, "--workers", 2).code == 0
    assert there.read_bytes() == here.read_bytes()


def test_both_workers_do_tasks_whose_errors_come_back(cluster: LocalCluster) -> None:
    with dask_cluster(cluster.address) as connected:
        assert connected.threads == 2
        futures = [connected.executor.submit(slow_pid) for _ in range(4)]
        pids = {future.result() for future in futures}
        assert pids == {worker.pid for worker in cluster.workers}
        with pytest.raises(EngineFailed, match="no place") as failed:
            connected.executor.submit(break_down, "no place").result()
        assert failed.value.code == "CG-3001"


def test_a_halt_reaches_tasks_that_run_and_tasks_that_wait(cluster: LocalCluster) -> None:
    asker = Asked()
    with dask_cluster(cluster.address, asker=asker) as connected:
        waits = [connected.executor.submit(until_called_off, connected.halt, 30.0) for _ in "1234"]
        Timer(0.3, asker.event.set).start()
        assert [future.result(timeout=20) for future in waits] == [True] * 4
    with dask_cluster(cluster.address) as connected:
        again = connected.executor.submit(until_called_off, connected.halt, 0.3)
        assert again.result() is False


def test_whoever_leaves_by_an_error_calls_the_plan_off(cluster: LocalCluster) -> None:
    with (
        pytest.raises(KeyboardInterrupt),
        dask_cluster(cluster.address) as connected,
    ):
        for _ in range(4):
            connected.executor.submit(until_called_off, connected.halt, 30.0)
        raise KeyboardInterrupt
    begun = monotonic()
    with dask_cluster(cluster.address) as connected:
        # Both workers are free again.
        for future in [connected.executor.submit(slow_pid) for _ in range(2)]:
            future.result(timeout=20)
    assert monotonic() - begun < 15


def test_a_job_of_the_service_is_planned_there(cluster: LocalCluster) -> None:
    request = {"limit": {"iterations": 5}, "seed": 1, "engine": "portfolio"}
    job = replace(job_row("job-dask"), request=request)
    material = Material(problem_name="street", problem=json.dumps(EXAMPLE_PROBLEM).encode())
    heard: list[str] = []
    with closing(Run(job, travel_folder=None, workers=1, scheduler=cluster.address)) as run:
        outcome = run.carry_out(material, lambda told: heard.append(told["stage"]))
    assert isinstance(outcome, Finished)
    assert "last mile" in heard


def test_a_worker_of_another_release_is_refused(
    cluster: LocalCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("optimizer.release.DECIDING", ("coldgrid", "pytest"))
    with (
        pytest.raises(ExecutorUnavailable, match="pytest unknown instead of") as refused,
        dask_cluster(cluster.address),
    ):
        pass
    assert refused.value.code == "CG-3004"


@pytest.mark.parametrize("address", ["nowhere", "tcp://127.0.0.1", "tcp://127.0.0.1:99999"])
def test_what_is_no_address_is_refused_at_once(address: str) -> None:
    with (
        pytest.raises(ExecutorUnavailable, match="no address like tcp://HOST:PORT") as refused,
        dask_cluster(address),
    ):
        pass
    assert refused.value.code == "CG-3003"


def test_a_scheduler_that_is_lost_is_an_error(tmp_path: Path) -> None:
    with local_cluster(tmp_path, workers=1) as mine:
        with dask_cluster(mine.address) as connected:
            futures = [
                connected.executor.submit(until_called_off, connected.halt, 30.0) for _ in "12"
            ]
            mine.scheduler.send_signal(signal.SIGKILL)
            for future in futures:
                with pytest.raises(ExecutorUnavailable, match="lost") as lost:
                    future.result(timeout=20)
                assert lost.value.code == "CG-3003"
            with pytest.raises(ExecutorUnavailable, match="lost"):
                connected.executor.submit(slow_pid)
        done = coldgrid("plan", SMALL_CITY, "--scheduler", mine.address, "--json")
    assert (done.code, done.out) == (2, "")
    (line,) = done.complaints()
    assert line.startswith(f"CG-3003 scheduler {mine.address}: it does not answer")


def test_a_cluster_that_is_deserted_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("optimizer.executors.dask_cluster.DESERTED_S", 0.5)
    with local_cluster(tmp_path, workers=1) as mine, dask_cluster(mine.address) as connected:
        waits = connected.executor.submit(until_called_off, connected.halt, 30.0)
        mine.workers[0].send_signal(signal.SIGKILL)
        with pytest.raises(ExecutorUnavailable, match="no worker for") as deserted:
            waits.result(timeout=20)
        assert deserted.value.code == "CG-3003"
