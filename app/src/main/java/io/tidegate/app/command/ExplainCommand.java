package io.tidegate.app.command;

import io.tidegate.app.explain.ExplanationJson;
import io.tidegate.app.explain.ExplanationText;
import io.tidegate.app.gateway.Configurations;
import io.tidegate.config.Loaded;
import io.tidegate.engine.Explainer;
import io.tidegate.engine.Explanation;
import java.nio.file.Path;
import java.util.List;

/// Says what a configuration would do with a request.
final class ExplainCommand implements Command {

    @Override
    public Syntax syntax() {
        return Syntax.of("explain", "Say what a configuration would do with a request. Nothing is sent.",
                "Which route serves it and why each other one does not, every policy in its order with its values and"
                        + " where it stands, the upstreams, the time-outs. Exit status 0 also where no route serves it.")
                .parameter("FILE", true, "The configuration: a file, or a folder of files.")
                .parameter("REQUEST", true,
                        "The request in quotes: 'GET https://api.example.com/orders/1'. Without a method it is GET.")
                .repeated("-H", "HEADER", "A header field of the request: 'name: value'.")
                .optional("--listener", "NAME",
                        "The listener it comes in on. Default: the one with the URL's port, or else the first.")
                .flag("--json", "Write one JSON object instead of text.");
    }

    @Override
    public int run(Arguments arguments, Terminal terminal) {
        String[] request = arguments.parameter(1, "").strip().split("\\s+", -1);
        if (request.length > 2) {
            throw new WrongInputException("REQUEST must be a method and a URL, such as"
                    + " 'GET https://api.example.com/orders/1' (was '" + arguments.parameter(1, "") + "')");
        }
        String method = request.length == 2 ? request[0] : "GET";
        List<String> listener = arguments.all("--listener");
        switch (Configurations.create().load(Path.of(arguments.parameter(0, "")))) {
            case Loaded.Rejected rejected -> {
                rejected.problems().forEach(problem -> terminal.err().println(CheckCommand.text(problem)));
                return CommandLines.WRONG_INPUT;
            }
            case Loaded.Accepted accepted -> {
                Explanation explanation;
                try {
                    explanation = new Explainer(accepted.config()).explain(method, request[request.length - 1],
                            arguments.all("-H"), listener.isEmpty() ? null : listener.getFirst());
                } catch (IllegalArgumentException e) {
                    throw new WrongInputException(String.valueOf(e.getMessage()));
                }
                if (arguments.flag("--json")) {
                    terminal.say(ExplanationJson.write(explanation, accepted.secrets()));
                } else {
                    terminal.out().print(ExplanationText.write(explanation, accepted.secrets()));
                }
                return CommandLines.OK;
            }
        }
    }
}
