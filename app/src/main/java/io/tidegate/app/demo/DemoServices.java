package io.tidegate.app.demo;

import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// The services behind the gateway of the demo: orders, payments and users.
public final class DemoServices implements AutoCloseable {

    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final List<DemoService> services = new ArrayList<>();

    private DemoServices() {
    }

    /// Starts all of them, each on a free port of the loopback address.
    ///
    /// @throws IOException
    ///             where one can't listen
    public static DemoServices start() throws IOException {
        // Read by the JDK's server when its first instance is made; without it small answers wait for Nagle's timer.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        DemoServices started = new DemoServices();
        try {
            for (Resource resource : List.of(new Orders(Clock.systemUTC()), new Payments(), new Users())) {
                started.services.add(DemoService.start(resource, started.executor));
            }
        } catch (IOException | RuntimeException e) {
            started.close();
            throw e;
        }
        return started;
    }

    /// Ports by name of the service.
    public Map<String, Integer> ports() {
        Map<String, Integer> ports = new TreeMap<>();
        services.forEach(service -> ports.put(service.name(), service.port()));
        return ports;
    }

    /// Stops all of them at once.
    @Override
    public void close() {
        services.forEach(DemoService::close);
        executor.shutdownNow();
    }
}
