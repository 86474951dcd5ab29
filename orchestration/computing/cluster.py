"""Batches on the workers of a Dask scheduler (`OGI_COMPUTE=dask://host:port`; needs the optional extra
`dask`).
"""

from __future__ import annotations

from functools import cache
from queue import Empty, Queue
from typing import TYPE_CHECKING, Any

from orchestration.code import code_of
from orchestration.computing.tasks import Function, Parts, Task, WorkerDied
from schemas.datasets import DATASETS

if TYPE_CHECKING:
    from distributed import Client, Future

_WAIT = 10  # seconds without an answer, after which it is looked whether any worker is left
_LOOKS = 12  # without any, one after the other, until the run is given up
_STARTED = 20  # seconds until the scheduler must answer


class ClusterError(RuntimeError):
    """The cluster cannot be used: it is not there, has no workers, or runs other code."""


@cache
def versions() -> dict[str, str]:
    """Return the digest of the code of each dataset here. Workers must have the same: else the datasets
    would be made by two programs.
    """
    return {dataset: code_of(dataset) for dataset in DATASETS}


def work(function: Function[Any], items: list[Any]) -> list[bytes]:
    """Return what the function makes of a batch, as bytes. Runs on a worker."""
    return [bytes(part) for part in function(items)]


class _Cluster:
    """The workers of a scheduler. Dask itself gives a batch whose worker is lost to another one, and gives up
    after some have been lost with it.
    """

    def __init__(self, client: Client, function: Function[Any]) -> None:
        self._client, self._function = client, function
        self._done: Queue[tuple[Task[Any], Any]] = Queue()
        self._running: dict[Any, Task[Any]] = {}
        workers = client.scheduler_info(n_workers=-1)["workers"]
        self.slots = 2 * sum(
            worker["nthreads"] for worker in workers.values()
        )  # so that none waits for its next batch

    def submit(self, task: Task[Any]) -> None:
        future = self._client.submit(work, self._function, task.items, pure=False)
        self._running[future.key] = task
        future.add_done_callback(lambda done: self._done.put((task, done)))  # type: ignore[no-untyped-call]

    def next(self) -> tuple[Task[Any], Parts | WorkerDied]:
        from distributed.scheduler import KilledWorker

        task, future = self._next()
        self._running.pop(future.key, None)
        try:
            return task, future.result()
        except KilledWorker as death:
            return task, WorkerDied(f"lost with {death.allowed_failures + 1} workers of the cluster", "stall")
        finally:
            future.release()  # type: ignore[no-untyped-call]

    def _next(self) -> tuple[Task[Any], Future[Any]]:
        alone = 0
        while True:
            try:
                return self._done.get(timeout=_WAIT)
            except Empty:
                # One that has died is started again by its nanny, which may take a while.
                there = (
                    self._client.status == "running" and self._client.scheduler_info(n_workers=-1)["workers"]
                )
                alone = 0 if there else alone + 1
                if alone >= _LOOKS:
                    raise ClusterError(
                        "the cluster has no workers any more: start some, then run again"
                    ) from None

    def close(self) -> None:
        if self._running:
            self._client.cancel(list(self._running), force=True)  # type: ignore[no-untyped-call]


@cache
def connected(address: str) -> Client:
    """Return a client of the scheduler; it is kept."""
    try:
        from distributed import Client
    except ImportError as error:
        raise ClusterError("dask is not installed: install this project with the extra `dask`") from error
    try:
        scheduler = f"tcp://{address}"
        return Client(scheduler, timeout=_STARTED, set_as_default=False)  # type: ignore[no-untyped-call]
    except OSError as error:
        raise ClusterError(
            f"no Dask scheduler answers at {address}: start one with `dask scheduler`, or unset OGI_COMPUTE"
        ) from error


_sound: set[str] = set()  # workers that are known to have this code


def cluster(address: str, function: Function[Any]) -> _Cluster:
    """Return the cluster of a scheduler, once every worker is seen to have this code. Raises ClusterError."""
    client = connected(address)
    there = set(client.scheduler_info(n_workers=-1)["workers"])
    if not there:
        raise ClusterError(
            f"the Dask scheduler at {address} has no workers: start some with `dask worker {address}`"
        )
    if new := sorted(there - _sound):
        found: dict[str, Any] = client.run(
            versions, workers=new, on_error="ignore"
        )  # one that has just died says nothing
        if others := [worker for worker, theirs in found.items() if theirs != versions()]:
            raise ClusterError(
                f"{len(others)} workers run other code than this process, first {others[0]}: install "
                "the same version on all"
            )
        _sound.update(found)
    return _Cluster(client, function)
