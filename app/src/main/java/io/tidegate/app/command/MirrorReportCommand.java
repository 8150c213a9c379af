package io.tidegate.app.command;

/// Says what came of the copies of requests that a running gateway sends to mirrors.
final class MirrorReportCommand implements Command {

    @Override
    public Syntax syntax() {
        return AdminClient.options(Syntax.of("mirror-report", "Say how the answers of mirrors differ.",
                "Asks the admin listener of a gateway that runs: how many copies of requests were answered alike, what"
                        + " differs, which took longer, and the last answers that differ. Exit status 1 where it can't"
                        + " be asked."))
                .flag("--json", "Write one JSON object instead of text.");
    }

    @Override
    public int run(Arguments arguments, Terminal terminal) {
        boolean json = arguments.flag("--json");
        String report = AdminClient.of(arguments).get(json ? "/mirrors" : "/mirrors?format=text");
        if (json) {
            terminal.say(report);
        } else {
            terminal.out().print(report);
        }
        return CommandLines.OK;
    }
}
