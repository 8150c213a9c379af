package io.tidegate.app.command;

import io.tidegate.api.ByteSize;
import io.tidegate.app.gateway.Configurations;
import io.tidegate.app.gateway.Declared;
import io.tidegate.app.gateway.RunningGateway;
import io.tidegate.app.gateway.Signals;
import io.tidegate.app.gateway.StartException;
import io.tidegate.config.AddressConfig;
import io.tidegate.config.EndpointUrl;
import io.tidegate.config.Loaded;
import java.util.Map;

/// Runs a gateway without a file.
final class ProxyCommand implements Command {

    @Override
    public Syntax syntax() {
        return Syntax.of("proxy", "Run a gateway with no file: everything that comes in goes to one service.")
                .required("--to", "URL", "Where requests go: http://host:port or unix:/path.")
                .option("--listen", "ADDRESS", ":8080", "Where to listen.")
                .option("--max-body", "SIZE", "10MiB", "Largest body of a request; 'unlimited' for no limit.")
                .option("--admin", "ADDRESS", "127.0.0.1:9901", "Where the admin listener is.");
    }

    @Override
    public int run(Arguments arguments, Terminal terminal) throws InterruptedException {
        Map<String, String> values = Map.of(
                "LISTEN", arguments.value("--listen", AddressConfig::of).toString(),
                "ADMIN", arguments.value("--admin", AddressConfig::of).toString(),
                "MAX_BODY", arguments.value("--max-body", ByteSize::parse).toString(),
                "TO", arguments.value("--to", EndpointUrl::of).toString());
        Configurations configurations = Configurations.create();
        if (!(configurations.loadResource("proxy.yaml", values) instanceof Loaded.Accepted accepted)) {
            throw new IllegalStateException("the program's own proxy.yaml is not valid");
        }
        Signals signals = Signals.install();
        try (RunningGateway gateway = RunningGateway.start(new Declared(accepted, null, () -> accepted),
                Version.current().number())) {
            RunCommand.tell(gateway);
            signals.awaitStop();
            gateway.drain();
        } catch (StartException e) {
            throw new WrongInputException(
                    e.getMessage() + "\nOther addresses: --listen, --admin (port 0: any free one)");
        }
        return CommandLines.OK;
    }
}
