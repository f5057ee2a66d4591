"""Sealing has a queue and a worker of its own, so that a long job cannot keep it waiting."""

from __future__ import annotations

from typing import Any

import pytest

from pharmatrace.celery import app
from pharmatrace.launch import programs
from pharmatrace.supervisor import Program


def queue_of(task: str) -> str:
    routed: dict[str, Any] = app.amqp.router.route({}, task)
    return str(routed["queue"].name)


def queues_of(program: Program) -> set[str]:
    command = list(program.command)
    return set(command[command.index("--queues") + 1].split(","))


@pytest.mark.parametrize(
    ("task", "queue"),
    [
        ("ledger.seal", "sealing"),
        ("ledger.witness", "sealing"),
        ("anchors.sweep", "sealing"),
        ("jobs.run", "pharmatrace"),
        ("jobs.sweep", "pharmatrace"),
        ("exchange.deliver", "pharmatrace"),
        ("exchange.sweep", "pharmatrace"),
        ("safety.sweep", "pharmatrace"),
        ("parties.sweep", "pharmatrace"),
    ],
)
def test_each_doorbell_rings_where_somebody_listens(task: str, queue: str) -> None:
    assert queue_of(task) == queue
    started = programs(host="127.0.0.1", port=8000, worker=True)
    listening = [
        one.name for one in started if "--queues" in one.command and queue in queues_of(one)
    ]
    assert listening == [{"sealing": "sealer", "pharmatrace": "worker"}[queue]]


def test_a_message_lands_in_one_queue_only() -> None:
    keys = {queue.routing_key for queue in app.amqp.queues.values()}
    assert keys == set(app.amqp.queues) == {"sealing", "pharmatrace"}


def test_the_inbox_is_watched_where_there_is_one(settings: Any, tmp_path: Any) -> None:
    def names() -> list[str]:
        return [one.name for one in programs(host="127.0.0.1", port=8000, worker=True)]

    assert "watch" not in names()
    settings.INBOX_DIR = tmp_path
    assert names()[-1] == "watch"
