package io.tidegate.testkit;

import io.tidegate.config.ConfigLoader;
import io.tidegate.config.ConfigTarget;
import io.tidegate.config.Loaded;
import io.tidegate.config.OverloadConfig;
import io.tidegate.config.PluginLoader;
import io.tidegate.config.Plugins;
import io.tidegate.config.ProcessConfig;
import io.tidegate.engine.Engine;
import io.tidegate.engine.EngineOptions;
import io.tidegate.engine.EngineStatus;
import io.tidegate.engine.overload.Signs;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/// A gateway in this process, on free ports of the loopback address.
public final class TestGateway implements AutoCloseable {

    private static final Plugins PLUGINS = PluginLoader.load();

    private final Engine engine;

    private TestGateway(Engine engine) {
        this.engine = engine;
    }

    /// How a gateway is run: what is left out is found as a gateway finds it.
    ///
    /// @param transport
    ///            how its sockets are driven
    /// @param workers
    ///            number of event loops
    public record Setup(ProcessConfig.Transport transport, int workers) {

        /// One event loop, on the best transport of this machine.
        public static final Setup PLAIN = new Setup(ProcessConfig.Transport.AUTO, 1);

        @Override
        public String toString() {
            return transport.name().toLowerCase(Locale.ROOT) + " x " + workers;
        }
    }

    /// A gateway with this configuration, with the policies that are on the class path.
    ///
    /// @throws AssertionError
    ///             where the configuration is refused
    public static TestGateway start(String yaml) {
        return start(Setup.PLAIN, yaml);
    }

    /// A gateway run in this way with this configuration.
    ///
    /// @throws AssertionError
    ///             where the configuration is refused
    public static TestGateway start(Setup setup, String yaml) {
        return start(setup, UnaryOperator.identity(), yaml);
    }

    /// A gateway run in this way with this configuration, and with options of its own. It takes a machine that is busy
    /// for no overload, unless the options say otherwise.
    ///
    /// @param options
    ///            changes what a gateway is started with
    /// @throws AssertionError
    ///             where the configuration is refused
    public static TestGateway start(Setup setup, UnaryOperator<EngineOptions> options, String yaml) {
        Leaks.watch();
        ProcessConfig process = new ProcessConfig(new ProcessConfig.Count(setup.workers()), setup.transport(),
                new ProcessConfig.Count(0), Duration.ofSeconds(30), Duration.ZERO, null,
                OverloadConfig.of(true), null, null);
        TestGateway gateway = new TestGateway(Engine
                .start(options.apply(new EngineOptions(process).withSigns(Signs.none()))));
        try {
            gateway.apply(yaml);
        } catch (AssertionError | RuntimeException e) {
            gateway.engine.close();
            throw e;
        }
        return gateway;
    }

    /// A gateway that hands every request on to these endpoints.
    public static TestGateway proxyTo(TestUpstream... endpoints) {
        return start(proxying(endpoints));
    }

    /// The configuration of a gateway that hands every request on to these endpoints, and waits for a busy machine.
    public static String proxying(TestUpstream... endpoints) {
        return """
                listeners:
                  default: { address: "127.0.0.1:0" }
                upstreams:
                  all:
                    endpoints: [%s]
                    timeouts: { connect: 20s }
                telemetry: { accessLog: { to: none } }
                routes:
                  all: { upstream: all }
                """.formatted(
                Arrays.stream(endpoints).map(endpoint -> '"' + endpoint.url() + '"').collect(Collectors.joining(", ")));
    }

    /// Loads a configuration.
    ///
    /// @throws AssertionError
    ///             where it has errors
    public static Loaded.Accepted load(String yaml) {
        return switch (new ConfigLoader(PLUGINS, name -> null).loadText("test.yaml", yaml)) {
            case Loaded.Accepted accepted -> accepted;
            case Loaded.Rejected rejected ->
                throw new AssertionError("the configuration was refused: " + rejected.problems() + "\n" + yaml);
        };
    }

    /// Puts a configuration in place of the running one.
    ///
    /// @throws AssertionError
    ///             where it is refused
    public ConfigTarget.Result.Applied apply(String yaml) {
        return switch (engine.apply(load(yaml))) {
            case ConfigTarget.Result.Applied applied -> applied;
            case ConfigTarget.Result.Refused refused ->
                throw new AssertionError("the configuration was refused: " + refused.problems() + "\n" + yaml);
        };
    }

    /// The address of the only listener, or of the first by name.
    public SocketAddress address() {
        return javaAddress(engine.addresses().values().iterator().next());
    }

    /// The address of the listener of this name.
    public SocketAddress address(String listener) {
        Map<String, SocketAddress> addresses = engine.addresses();
        SocketAddress address = addresses.get(listener);
        if (address == null) {
            throw new AssertionError("no listener is named '" + listener + "', only " + addresses.keySet());
        }
        return javaAddress(address);
    }

    private static SocketAddress javaAddress(SocketAddress address) {
        return switch (address) {
            case io.netty.channel.unix.DomainSocketAddress unix -> UnixDomainSocketAddress.of(unix.path());
            case InetSocketAddress inet when inet.getAddress().isAnyLocalAddress() ->
                new InetSocketAddress(InetAddress.getLoopbackAddress(), inet.getPort());
            default -> address;
        };
    }

    /// A connection to the only listener.
    public RawClient client() {
        return RawClient.connect(address());
    }

    /// How the gateway is doing.
    public EngineStatus status() {
        return engine.status();
    }

    /// The sum of the samples of a metric whose labels hold this text: `reason="host.dup"`; empty for all of them.
    public double metric(String name, String labels) {
        double sum = 0;
        for (String line : engine.metrics().split("\n", -1)) {
            boolean named = line.startsWith(name)
                    && (line.charAt(name.length()) == '{' || line.charAt(name.length()) == ' ');
            if (named && line.contains(labels)) {
                sum += Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
            }
        }
        return sum;
    }

    /// The engine itself.
    public Engine engine() {
        return engine;
    }

    /// Waits until no client connection is open any more, and stops.
    ///
    /// @throws AssertionError
    ///             where connections stay open that nobody uses
    @Override
    public void close() {
        try {
            Await.until(() -> "client connections to be closed; open: " + engine.status().connections(),
                    () -> engine.status().connections() == 0);
        } finally {
            engine.close();
        }
    }
}
