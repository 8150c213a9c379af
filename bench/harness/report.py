"""Writes results: Markdown for people, JSON for programs."""

import datetime
import json

from harness import machine, sidebyside


def goals_table(goals):
    return "\n".join(["| goal | bound | measured | |", "|---|---|---|---|"] + [goal.line() for goal in goals])


def write(results, options, folder=None):
    """Writes what was measured below bench/results; returns the folder."""
    now = datetime.datetime.now(datetime.timezone.utc)
    folder = folder or machine.RESULTS / now.strftime("%Y-%m-%dT%H%M%SZ")
    folder.mkdir(parents=True, exist_ok=True)
    described = machine.describe()
    settings = {key: value for key, value in vars(options).items() if isinstance(value, (int, float, str, list))}
    parts = ["# Side by side", "", ", ".join(f"{key} {value}" for key, value in described.items()) + ".",
             f"Load average at the end {machine.load_average():.1f}. Settings: "
             + ", ".join(f"{key} {value}" for key, value in settings.items()) + ".", ""]
    goals = [goal for result in results for goal in result.goals]
    if goals:
        parts += ["## Goals", "", goals_table(goals), ""]
    for result in results:
        parts += [f"## {result.title}", "", result.text, ""]
    (folder / "report.md").write_text("\n".join(parts))
    (folder / "report.json").write_text(json.dumps({
        "machine": described, "settings": settings, "taken": now.isoformat(timespec="seconds"),
        "goals": [{"text": goal.text, "bound": goal.bound, "value": goal.value, "met": goal.met} for goal in goals],
        "suites": {result.title: result.data for result in results},
    }, indent=1))
    sidebyside.say(f"written to {folder}")
    return folder
