package io.tidegate.app.command;

import io.tidegate.app.demo.DemoServices;
import io.tidegate.app.gateway.Configurations;
import io.tidegate.app.gateway.Declared;
import io.tidegate.app.gateway.RunningGateway;
import io.tidegate.app.gateway.Signals;
import io.tidegate.app.gateway.StartException;
import io.tidegate.config.Loaded;
import java.io.IOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/// Runs real small services and a gateway in front of them.
final class DemoCommand implements Command {

    @Override
    public Syntax syntax() {
        return Syntax.of("demo",
                "Run three small services and a gateway in front of them, and say which requests to try.")
                .option("--port", "PORT", "8080", "Port of the gateway, 0 for any free one.")
                .option("--admin-port", "PORT", "9901", "Port of the admin listener, 0 for any free one.");
    }

    @Override
    public int run(Arguments arguments, Terminal terminal) throws InterruptedException, IOException {
        int port = arguments.value("--port", Arguments::port);
        int adminPort = arguments.value("--admin-port", Arguments::port);
        Signals signals = Signals.install();
        try (DemoServices services = DemoServices.start();
                RunningGateway gateway = RunningGateway.start(configuration(services, port, adminPort, "stdout"),
                        Version.current().number())) {
            tell(services, gateway, terminal);
            signals.awaitStop();
            gateway.drain();
        } catch (StartException e) {
            throw new WrongInputException(e.getMessage() + "\nOther ports: --port, --admin-port (0: any free one)");
        }
        return CommandLines.OK;
    }

    /// The configuration of the demo.
    ///
    /// @param accessLog
    ///            where a line for each request goes
    static Declared configuration(DemoServices services, int port, int adminPort, String accessLog) {
        Map<String, String> values = new HashMap<>();
        values.put("PORT", Integer.toString(port));
        values.put("ADMIN_PORT", Integer.toString(adminPort));
        values.put("ACCESS_LOG", accessLog);
        services.ports().forEach((name, at) -> values.put(name.toUpperCase(Locale.ROOT) + "_PORT", at.toString()));
        if (Configurations.create().loadResource("demo.yaml", values) instanceof Loaded.Accepted accepted) {
            return new Declared(accepted, null, () -> accepted);
        }
        throw new IllegalStateException("the program's own demo.yaml is not valid");
    }

    private static void tell(DemoServices services, RunningGateway gateway, Terminal terminal) {
        String base = "http://localhost:" + Addresses.port(gateway.addresses().values().iterator().next());
        terminal.say("A gateway, and a small shop behind it:");
        terminal.say("");
        terminal.say("  gateway   " + base);
        services.ports().forEach((name, at) -> terminal
                .say("  " + name + " ".repeat(10 - name.length()) + "http://127.0.0.1:" + at + "/" + name));
        terminal.say("  admin     " + Addresses.url(gateway.admin()) + " (/live, /ready, /metrics)");
        terminal.say("");
        terminal.say("Try in another terminal:");
        terminal.say("");
        terminal.say("  curl " + base + "/orders");
        terminal.say("  curl " + base + "/orders/1001");
        terminal.say("  curl " + base
                + "/orders -d '{\"customer\": \"2\", \"items\": [{\"sku\": \"mug\", \"quantity\": 2}]}'");
        terminal.say("  curl " + base + "/payments/5001");
        terminal.say("  curl -i -H 'Origin: https://shop.example.com' " + base + "/users/1");
        terminal.say("  curl -i " + base + "/nowhere");
        terminal.say("");
        terminal.say("Each request is shown below. Ctrl-C ends everything.");
        terminal.say("");
    }
}
