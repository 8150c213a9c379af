package io.tidegate.app.command;

import io.tidegate.app.gateway.PlainProxy;
import io.tidegate.app.gateway.RunningGateway;
import io.tidegate.app.gateway.Signals;
import io.tidegate.app.gateway.StartException;
import io.tidegate.config.AddressConfig;
import io.tidegate.config.EndpointConfig;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// Runs a gateway without a file.
final class ProxyCommand implements Command {

    @Override
    public CommandSpec spec() {
        return Options.command("proxy", "Run a gateway with no file: everything that comes in goes to one service.")
                .addOption(Options.repeated("--to", "URL", true, "Where requests go: http://host:port or unix:/path.",
                        "Given several times: spread over all of them."))
                .addOption(Options.text("--listen", "ADDRESS", ":8080", "Where to listen. Default: :8080"));
    }

    @Override
    public int run(ParseResult line, Terminal terminal) throws InterruptedException {
        AddressConfig listen = Options.read(line, "--listen", Options.text(line, "--listen"), AddressConfig::of);
        List<EndpointConfig> endpoints = Options.repeated(line, "--to").stream()
                .map(url -> Options.read(line, "--to", url, EndpointConfig::of)).toList();
        Signals signals = Signals.install();
        try (RunningGateway gateway = RunningGateway
                .start(PlainProxy.of(listen, Map.of("default", endpoints), Map.of()))) {
            terminal.say("tidegate: " + gateway.addresses().get("default") + " -> " + endpoints);
            signals.awaitStop();
            gateway.drain();
        } catch (StartException e) {
            throw new WrongInputException(String.valueOf(e.getMessage()));
        }
        return 0;
    }
}
