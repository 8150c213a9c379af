package io.tidegate.app.command;

import io.tidegate.app.demo.DemoServices;
import io.tidegate.app.gateway.PlainProxy;
import io.tidegate.app.gateway.RunningGateway;
import io.tidegate.app.gateway.Signals;
import io.tidegate.app.gateway.StartException;
import io.tidegate.config.AddressConfig;
import io.tidegate.config.EndpointConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// Runs real small services and a gateway in front of them.
final class DemoCommand implements Command {

    @Override
    public CommandSpec spec() {
        return Options.command("demo", "Run three small services, a gateway in front of them, and say what to try.")
                .addOption(Options.text("--port", "PORT", "8080",
                        "Port of the gateway, 0 for any free one. Default: 8080"));
    }

    @Override
    public int run(ParseResult line, Terminal terminal) throws InterruptedException, IOException {
        int port = Options.read(line, "--port", Options.text(line, "--port"), Options::port);
        Signals signals = Signals.install();
        try (DemoServices services = DemoServices.start()) {
            Map<String, List<EndpointConfig>> upstreams = new TreeMap<>();
            Map<String, String> paths = new TreeMap<>();
            services.ports().forEach((name, at) -> {
                upstreams.put(name, List.of(EndpointConfig.of("http://127.0.0.1:" + at)));
                paths.put(name, "/" + name + "/**");
            });
            try (RunningGateway gateway = RunningGateway
                    .start(PlainProxy.of(new AddressConfig("127.0.0.1", port), upstreams, paths))) {
                tell(services, gateway, terminal);
                signals.awaitStop();
                gateway.drain();
            }
        } catch (StartException e) {
            throw new WrongInputException(String.valueOf(e.getMessage()));
        }
        return 0;
    }

    private static void tell(DemoServices services, RunningGateway gateway, Terminal terminal) {
        int port = gateway.addresses().get("default") instanceof InetSocketAddress address ? address.getPort() : 0;
        services.ports().forEach((name, at) -> terminal.say(name + "  http://127.0.0.1:" + at + "/" + name));
        terminal.say("gateway http://localhost:" + port);
        terminal.say("  curl http://localhost:" + port + "/orders");
    }
}
