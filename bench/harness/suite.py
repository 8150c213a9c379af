"""What every suite is made of: gateways that run, a service behind them, goals, a result."""

from harness import processes


class Goal:
    """A bound for one figure."""

    def __init__(self, text, value, bound, at_least=False):
        self.text = text
        self.value = value
        self.bound = bound
        self.met = None if value is None else value >= bound if at_least else value <= bound
        self.at_least = at_least

    def line(self):
        sign = "≥" if self.at_least else "≤"
        shown = "–" if self.value is None else f"{self.value:.3g}"
        verdict = {True: "met", False: "**missed**", None: "not measured"}[self.met]
        return f"| {self.text} | {sign} {self.bound:g} | {shown} | {verdict} |"


class Result:
    """What a suite came to: a Markdown section, raw figures, goals."""

    def __init__(self, title, text, data, goals=()):
        self.title = title
        self.text = text
        self.data = data
        self.goals = list(goals)


def started(stack, *made):
    """Starts gateways; the stack stops them."""
    for gateway in made:
        stack.callback(gateway.stop)
        gateway.start()
    return list(made)


def upstream(stack):
    return stack.enter_context(processes.Upstream()).port


def ratio(rows, name, field="ratio"):
    row = rows.get(name, {}).get(field)
    return row["median"] if row else None
