package io.tidegate.testkit;

import io.tidegate.config.ConfigTarget;
import io.tidegate.config.GatewayConfig;
import io.tidegate.config.Loaded;
import io.tidegate.config.ProcessConfig;
import io.tidegate.engine.Engine;
import io.tidegate.engine.EngineOptions;
import io.tidegate.engine.EngineStatus;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// A gateway in this process, on free ports of the loopback address.
public final class TestGateway implements AutoCloseable {

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
            return transport.name().toLowerCase(java.util.Locale.ROOT) + " x " + workers;
        }
    }

    /// A gateway with this configuration.
    ///
    /// @throws AssertionError
    ///             where the configuration is refused
    public static TestGateway start(Setup setup, GatewayConfig config) {
        Leaks.watch();
        ProcessConfig process = new ProcessConfig(new ProcessConfig.Count(setup.workers()), setup.transport(),
                new ProcessConfig.Count(0), Duration.ofSeconds(30), Duration.ZERO, null);
        TestGateway gateway = new TestGateway(Engine.start(new EngineOptions(process)));
        try {
            ConfigTarget.Result result = gateway.apply(config);
            if (result instanceof ConfigTarget.Result.Refused(var problems)) {
                throw new AssertionError("the configuration was refused: " + problems);
            }
        } catch (AssertionError | RuntimeException e) {
            gateway.engine.close();
            throw e;
        }
        return gateway;
    }

    /// Puts a configuration in place of the running one.
    public ConfigTarget.Result apply(GatewayConfig config) {
        return engine
                .apply(new Loaded.Accepted(config, List.of(), List.of(), Integer.toHexString(config.hashCode())));
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
