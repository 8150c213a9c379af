package io.tidegate.app.command;

import io.tidegate.app.gateway.Configurations;
import io.tidegate.app.gateway.Declared;
import io.tidegate.app.gateway.RunningGateway;
import io.tidegate.app.gateway.Signals;
import io.tidegate.app.gateway.StartException;
import io.tidegate.config.AddressConfig;
import io.tidegate.config.EndpointUrl;
import io.tidegate.config.Loaded;
import java.net.SocketAddress;
import java.util.Map;

/// Runs a gateway without a file.
final class ProxyCommand implements Command {

    @Override
    public Syntax syntax() {
        return Syntax.of("proxy", "Run a gateway with no file: everything that comes in goes to one service.")
                .required("--to", "URL", "Where requests go: http://host:port or unix:/path.")
                .option("--listen", "ADDRESS", ":8080", "Where to listen.")
                .option("--admin", "ADDRESS", "127.0.0.1:9901", "Where the admin listener is.");
    }

    @Override
    public int run(Arguments arguments, Terminal terminal) throws InterruptedException {
        Map<String, String> values = Map.of(
                "LISTEN", arguments.value("--listen", AddressConfig::of).toString(),
                "ADMIN", arguments.value("--admin", AddressConfig::of).toString(),
                "TO", arguments.value("--to", EndpointUrl::of).toString());
        Configurations configurations = Configurations.create();
        if (!(configurations.loadResource("proxy.yaml", values) instanceof Loaded.Accepted accepted)) {
            throw new IllegalStateException("the program's own proxy.yaml is not valid");
        }
        Signals signals = Signals.install();
        try (RunningGateway gateway = RunningGateway.start(new Declared(accepted, null, () -> accepted),
                Version.current().number())) {
            for (SocketAddress address : gateway.addresses().values()) {
                terminal.say("tidegate: " + Addresses.url(address) + " -> " + values.get("TO") + "  (admin "
                        + Addresses.url(gateway.admin()) + ")");
            }
            signals.awaitStop();
            gateway.drain();
        } catch (StartException e) {
            throw new WrongInputException(String.valueOf(e.getMessage()));
        }
        return CommandLines.OK;
    }
}
