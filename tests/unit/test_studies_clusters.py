"""Unit: parts on a Dask cluster of two workers: the same figures in the same order, workers that are lost, clusters
that cannot be used.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from distributed import Client, LocalCluster
from typer.testing import CliRunner

import cli
from scenarios.errors import UsageError
from studies.replay import clusters
from studies.replay.batches import Batch
from studies.replay.clusters import Cluster, connected
from studies.replay.replications import Asked, run_variants
from studies.replay.stores import Store
from studies.replay.workers import ONE_PROCESS, Work
from tests.unit.test_studies_replications import ALLOCATION, OPTIONS, PLAN, differing, run

NOTHING = run([])


@pytest.fixture(scope="module", name="local")
def _local() -> Iterator[LocalCluster]:
    with LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0", silence_logs=50
    ) as local:
        yield local


@pytest.fixture(scope="module", name="connection")
def _connection(local: LocalCluster) -> Iterator[Cluster]:
    with connected(local.scheduler_address) as cluster:
        yield cluster


@pytest.fixture(name="cluster")
def _cluster(connection: Cluster) -> Cluster:
    """Both workers, also after a test that stopped one."""
    connection.client.wait_for_workers(2, timeout=60)
    return connection


def test_a_cluster_does_not_change_a_bit(cluster: Cluster) -> None:
    assert differing(run(range(45), workers=cluster, keep_records=True), run(range(45), keep_records=True)) == []


class Who(Work[int, int, Batch]):
    """Takes a while, and says which process it was."""

    def __init__(self) -> None:
        self.processes: list[int] = []

    def find(self, part: int) -> None:
        return None

    def compute(self, part: int) -> int:
        time.sleep(0.2)
        return os.getpid()

    def keep(self, part: int, done: int) -> Batch:
        self.processes.append(done)
        return NOTHING


def test_both_workers_compute(cluster: Cluster) -> None:
    work = Who()
    assert len(list(cluster.run(work, range(20)))) == 20
    assert min(Counter(work.processes).values()) >= 5
    assert len(set(work.processes)) == 2


def test_a_lost_worker_loses_nothing(local: LocalCluster, cluster: Cluster) -> None:
    killed: list[int] = []

    def kill_one(*_: object) -> None:
        if not killed:
            killed.extend(cluster.client.run(os.getpid).values())
            os.kill(killed[0], signal.SIGKILL)

    batch = run(range(120), workers=cluster, progress=kill_one)
    assert len(killed) == 2
    assert differing(batch, run(range(120))) == []


def test_variants_and_kept_parts_are_those_of_one_process(cluster: Cluster, tmp_path: Path) -> None:
    tasks = [Asked(OPTIONS, [0, 1, 2]), Asked(OPTIONS, []), Asked(OPTIONS, [5])]
    there = run_variants(PLAN, ALLOCATION, tasks, seed=3, workers=cluster)
    here = run_variants(PLAN, ALLOCATION, tasks, seed=3)
    assert [differing(a, b) for a, b in zip(there, here, strict=True)] == [[], [], []]


def test_what_a_cluster_finished_is_kept_here_and_found_again(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path)
    there = run(range(30), workers=cluster, keep_records=True, store=store)
    monkeypatch.setattr("studies.replay.replications.run_quarter", lambda *_: pytest.fail("computed again"))
    monkeypatch.setattr("studies.replay.clusters._compute", lambda *_: pytest.fail("asked for again"))
    for workers in (cluster, ONE_PROCESS):
        again = run(range(30), workers=workers, keep_records=True, store=store)
        assert differing(again, there) == []
    assert len(there.tables) == 15
    assert all(path.is_relative_to(tmp_path) for part in there.tables for path in part.values())


# Clusters that cannot be used


def refusal(address: str) -> str:
    with pytest.raises(UsageError) as refused, connected(address):
        pass
    return str(refused.value)


@pytest.mark.parametrize("address", ["nonsense", "http://127.0.0.1:1", "tcp://host", "tcp://a b:1"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with (
        pytest.raises(UsageError, match="is no address of a Dask scheduler; write tcp://HOST:PORT"),
        connected(address),
    ):
        pass


def test_where_no_scheduler_answers_it_is_said_how_to_start_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "ANSWER_SECONDS", 0.2)
    said = refusal("tcp://127.0.0.1:9")
    assert "no Dask scheduler answers at tcp://127.0.0.1:9; start one with: dask scheduler" in said


def test_workers_that_might_give_other_figures_are_refused(
    local: LocalCluster, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = clusters.versions()
    monkeypatch.setattr(clusters, "versions", lambda: theirs | {"numpy": "1.0"})
    clusters.what_decides.cache_clear()
    try:
        assert f" has numpy {theirs['numpy']}, this computer 1.0; figures" in refusal(local.scheduler_address)
        with pytest.raises(UsageError, match="install the same on both"):  # one that came later
            run(range(4), workers=cluster)
    finally:
        clusters.what_decides.cache_clear()


def test_a_worker_without_quarterdeck_is_refused(local: LocalCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    def elsewhere() -> dict[str, str]:
        raise ModuleNotFoundError("No module named 'studies'")

    monkeypatch.setattr(clusters, "what_decides", elsewhere)
    said = refusal(local.scheduler_address)
    assert "cannot load Quarterdeck (ModuleNotFoundError: No module named 'studies'); install it there" in said


class Deadly(Work[int, None, Batch]):
    """Takes the worker with it."""

    def find(self, part: int) -> None:
        return None

    def compute(self, part: int) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def keep(self, part: int, done: None) -> Batch:
        raise NotImplementedError


def test_workers_lost_over_the_same_part_are_said_to_be(local: LocalCluster, cluster: Cluster) -> None:
    local.scheduler.allowed_failures = 0  # of Dask's three
    try:
        with pytest.raises(UsageError, match="lost over the same part again and again"):
            list(cluster.run(Deadly(), [1]))
    finally:
        local.scheduler.allowed_failures = 3


@pytest.fixture(name="empty")
def _empty() -> Iterator[LocalCluster]:
    with LocalCluster(n_workers=0, host="127.0.0.1", dashboard_address="127.0.0.1:0", silence_logs=50) as empty:
        yield empty


def test_a_cluster_without_workers_is_refused(empty: LocalCluster) -> None:
    assert "has no worker; start some with: dask worker tcp://" in refusal(empty.scheduler_address)


def test_a_cluster_that_has_lost_all_workers_is_waited_for_and_given_up(
    empty: LocalCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clusters, "LOOK_SECONDS", 0.1)
    monkeypatch.setattr(clusters, "PATIENCE_SECONDS", 0.25)
    with (
        Client(empty.scheduler_address, set_as_default=False) as client,
        pytest.raises(UsageError, match="has no worker left"),
    ):
        run(range(4), workers=Cluster(client, empty.scheduler_address))


def test_a_scheduler_that_goes_away_is_said_to(empty: LocalCluster) -> None:
    with Client(empty.scheduler_address, set_as_default=False, timeout=1) as client:
        closing = threading.Timer(0.5, empty.close)
        closing.start()
        with pytest.raises(UsageError, match="does not answer any more"):
            run(range(4), workers=Cluster(client, empty.scheduler_address))
        closing.join()


@pytest.mark.parametrize(
    ("language", "said"), [("en", "no Dask scheduler answers at tcp://127.0.0.1:9"), ("zh", "tcp://127.0.0.1:9 没有")]
)
def test_the_command_says_it_in_the_planner_s_language(
    language: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clusters, "ANSWER_SECONDS", 0.2)
    words = ["simulate", "quarter", "--cluster", "tcp://127.0.0.1:9", "--language", language, "--out", str(tmp_path)]
    done = CliRunner().invoke(cli.app, words)
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_processes_or_a_cluster() -> None:
    done = CliRunner().invoke(cli.app, ["simulate", "quarter", "--cluster", "tcp://127.0.0.1:9", "--jobs", "2"])
    assert done.exit_code == 2
    assert "give --jobs or --cluster, not both" in done.stderr


def test_an_allocation_alone_is_not_simulated() -> None:
    done = CliRunner().invoke(cli.app, ["allocate", "quarter", "--cluster", "tcp://127.0.0.1:9"])
    assert done.exit_code == 2
    assert "--cluster goes with --rounds" in done.stderr
