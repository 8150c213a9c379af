package io.tidegate.app.command;

import io.tidegate.app.gateway.Configurations;
import io.tidegate.app.gateway.Declared;
import io.tidegate.app.gateway.RunningGateway;
import io.tidegate.app.gateway.Signals;
import io.tidegate.app.gateway.StartException;
import io.tidegate.config.Loaded;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/// Runs the gateway that a file declares.
final class RunCommand implements Command {

    private static final Logger LOG = LoggerFactory.getLogger("io.tidegate.tidegate");

    @Override
    public Syntax syntax() {
        return Syntax.of("run", "Run the gateway that a file declares.",
                "It follows the file: a change that is valid takes effect at once, one that is not is reported and"
                        + " changes nothing. SIGHUP makes it look now. SIGTERM and SIGINT let what runs come to its"
                        + " end; a second one ends at once. With 'gateway.upgradeSocket' a second process takes over from"
                        + " this one, which ends then.")
                .parameter("FILE", false,
                        "The configuration: a file, or a folder of files. Default: tidegate.yaml");
    }

    @Override
    public int run(Arguments arguments, Terminal terminal) throws InterruptedException {
        Path root = Path.of(arguments.parameter(0, "tidegate.yaml"));
        Configurations configurations = Configurations.create();
        switch (configurations.load(root)) {
            case Loaded.Rejected rejected -> {
                rejected.problems().forEach(problem -> terminal.err().println(CheckCommand.text(problem)));
                return CommandLines.WRONG_INPUT;
            }
            case Loaded.Accepted accepted -> {
                Signals signals = Signals.install();
                try (RunningGateway gateway = RunningGateway.start(
                        new Declared(accepted, root, () -> configurations.load(root)), Version.current().number(),
                        signals::stop)) {
                    signals.onReload(gateway::reload);
                    tell(gateway);
                    signals.awaitStop();
                    gateway.drain();
                } catch (StartException e) {
                    throw new WrongInputException(String.valueOf(e.getMessage()));
                }
                return CommandLines.OK;
            }
        }
    }

    /// Says in the log that a gateway serves, and where.
    static void tell(RunningGateway gateway) {
        LoggingEventBuilder said = LOG.atInfo();
        for (Map.Entry<String, SocketAddress> listener : gateway.addresses().entrySet()) {
            said = said.addKeyValue(listener.getKey(), Addresses.text(listener.getValue()));
        }
        said.addKeyValue("admin", Addresses.text(gateway.admin())).addKeyValue("transport", gateway.transport())
                .log("serving");
    }
}
