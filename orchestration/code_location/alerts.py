"""What is said, and to whom, when a run or a blocking check failed, or a year is worse than the last."""

import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import dagster as dg

from assets.escaping import in_chat
from orchestration import settings
from orchestration.code_location.metadata import OWNER

_TIMEOUT = 10  # seconds
_PLACEHOLDER = "MESSAGE"
_WILL_RETRY, _RETRY = "dagster/will_retry", "dagster/auto_retry_run_id"
_BACKFILL = "dagster/backfill"


@dg.run_failure_sensor(
    name="alert_on_failure",
    # It only tells, so nobody has to switch it on.
    default_status=dg.DefaultSensorStatus.RUNNING,
    minimum_interval_seconds=15,
    tags={"kind": "alert"},
    metadata={"owner": OWNER},
    description="Says in a plain message which year failed and "
    "why, also when a blocking check did; posts it to "
    "OGI_WEBHOOK where that is set.",
)
def alert_on_failure(context: dg.RunFailureSensorContext) -> dg.SkipReason | None:
    """Post what failed. A sensor rather than a hook: a hook runs within the run, and cannot tell of a run
    that was killed.
    """
    if _is_repeated(context.instance, context.dagster_run):
        return dg.SkipReason("the run will be repeated: nothing to alert anybody of yet")
    text = message(context.instance, context.dagster_run, context.failure_event.message or "")
    context.log.error(text)
    if problem := post(text):
        context.log.error(problem)
    return None


@dg.run_status_sensor(
    name="alert_on_worse",
    run_status=dg.DagsterRunStatus.SUCCESS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    minimum_interval_seconds=15,
    tags={"kind": "alert"},
    metadata={"owner": OWNER},
    description="Says which identities more reports of a year break than of the year before, once the year "
    "is made; posts it to OGI_WEBHOOK where that is set.",
)
def alert_on_worse(context: dg.RunStatusSensorContext) -> dg.SkipReason | None:
    """Post which checks of a run found a year worse than the one before."""
    instance, run = context.instance, context.dagster_run
    worse = [one for one in _evaluations(instance, run.run_id) if _is_worse(one)]
    if not worse:
        return dg.SkipReason("no check found the year worse than the one before")
    year = run.tags.get("dagster/partition")
    lines = [f"{year}: published, and worse than the year before.", *map(_line, worse), _where(run)]
    text = in_chat("\n".join(lines))
    context.log.warning(text)
    if problem := post(text):
        context.log.error(problem)
    return None


def _is_worse(check: Any) -> bool:
    worse = check.metadata.get("worse")
    return worse is not None and worse.value is True


def _is_repeated(instance: dg.DagsterInstance, run: dg.DagsterRun) -> bool:
    """Return whether the daemon repeats a run. Its tag alone is not to be believed of a run of a backfill:
    when the backfill is over the daemon repeats none of its runs, and leaves the tag as it is.
    """
    if run.tags.get(_WILL_RETRY) != "true":
        return False
    now = instance.get_run_by_id(run.run_id) or run
    return _BACKFILL not in run.tags or _RETRY in now.tags


def message(instance: dg.DagsterInstance, run: dg.DagsterRun, summary: str) -> str:
    """Return what went wrong, for people: the year, each check and each step that failed, and where to read
    more.
    """
    year = run.tags.get("dagster/partition")
    lines = [f"{year or run.job_name}: the run failed and nothing after the failure was made."]
    lines += _checks(instance, run.run_id) or list(_steps(instance, run.run_id)) or [summary]
    return in_chat("\n".join([*lines, _where(run)]))


def _where(run: dg.DagsterRun) -> str:
    where = settings.ui()
    return f"Read more: {where}/runs/{run.run_id}" if where else f"Read more in the run {run.run_id}."


def _checks(instance: dg.DagsterInstance, run_id: str) -> list[str]:
    """Return a line for each blocking check that failed."""
    found = _evaluations(instance, run_id)
    return [_line(one) for one in found if not one.passed and one.severity == dg.AssetCheckSeverity.ERROR]


def _evaluations(instance: dg.DagsterInstance, run_id: str) -> list[Any]:
    """What the checks of a run found."""
    logs = instance.all_logs(run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION)
    return [log.dagster_event.asset_check_evaluation_data for log in logs if log.dagster_event]


def _line(check: Any) -> str:
    return f"Check {check.asset_key.to_user_string()}.{check.check_name}: {check.description}"


def _steps(instance: dg.DagsterInstance, run_id: str) -> Iterator[str]:
    for log in instance.all_logs(run_id, of_type=dg.DagsterEventType.STEP_FAILURE):
        event = log.dagster_event
        error = event.step_failure_data.error if event else None
        cause = error.cause if error and error.cause else error  # Dagster wraps what the step raised
        if event and cause:
            yield f"Step {event.step_key}: {cause.message.strip()}"


def post(text: str) -> str | None:
    """Post a message to the webhook in OGI_WEBHOOK, if there is one. Return a sentence if that failed, else
    None: an alert that does not arrive fails no run.

    The body is JSON, by default {"text": "..."}, as Slack and Mattermost take it. OGI_WEBHOOK_BODY is
    another one, with MESSAGE where the text goes: {"msgtype": "text", "text": {"content": "MESSAGE"}} for
    WeCom and DingTalk.
    """
    url = settings.webhook()
    if not url:
        return None
    body = settings.webhook_body() or json.dumps({"text": _PLACEHOLDER})
    body = body.replace(_PLACEHOLDER, json.dumps(text, ensure_ascii=False)[1:-1])
    try:
        request = urllib.request.Request(
            url, body.encode(), {"Content-Type": "application/json; charset=utf-8"}, method="POST"
        )
        with urllib.request.urlopen(request, timeout=_TIMEOUT):
            return None
    except (OSError, ValueError) as error:  # no such address, refused, timed out; no address at all
        # Without the address: it may hold a token, and logs are read by many.
        return (
            f"the webhook in OGI_WEBHOOK did not take the message ({type(error).__name__}): check the address"
        )


ALERTS = [alert_on_failure, alert_on_worse]
