package io.tidegate.engine;

import io.tidegate.config.ConfigTarget;
import io.tidegate.config.ListenerConfig;
import io.tidegate.config.Loaded;
import io.tidegate.config.Place;
import io.tidegate.config.Problem;
import io.tidegate.engine.compile.Compiler;
import io.tidegate.engine.exchange.LiveSnapshot;
import io.tidegate.engine.server.Listener;
import io.tidegate.engine.worker.Transport;
import io.tidegate.engine.worker.Workers;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Runs a gateway: the front door of the data path.
public final class Engine implements ConfigTarget, AutoCloseable {

    private final Workers workers;
    private final Compiler compiler;
    private final LiveSnapshot live = new LiveSnapshot();
    private final Map<String, Listener> listeners = new HashMap<>();
    private volatile boolean draining;
    private volatile long revision;
    private String hash = "";

    private Engine(EngineOptions options) {
        int wanted = options.process().workers().value();
        int count = wanted == 0 ? Runtime.getRuntime().availableProcessors() : wanted;
        workers = new Workers(count, Transport.choose(options.process().transport()));
        compiler = new Compiler(workers);
    }

    /// Starts the event loops. Nothing listens before the first [#apply].
    public static Engine start(EngineOptions options) {
        return new Engine(options);
    }

    @Override
    public synchronized Result apply(Loaded.Accepted loaded) {
        if (!loaded.config().policies().isEmpty()
                || loaded.config().routes().values().stream().anyMatch(route -> !route.policies().isEmpty())) {
            return refused("policies", "policies are not carried out by this version");
        }
        Map<String, Listener> opened = new HashMap<>();
        try {
            loaded.config().listeners().forEach((name, declared) -> {
                Listener before = listeners.get(name);
                if (before == null || !before.config().equals(declared)) {
                    opened.put(name, open(name, declared));
                }
            });
            live.replace(compiler.compile(loaded.config(), revision + 1));
        } catch (RuntimeException e) {
            opened.values().forEach(Listener::close);
            return refused("", String.valueOf(e.getMessage()));
        }
        listeners.entrySet().removeIf(entry -> {
            boolean gone = opened.containsKey(entry.getKey())
                    || !loaded.config().listeners().containsKey(entry.getKey());
            if (gone) {
                entry.getValue().drain();
            }
            return gone;
        });
        listeners.putAll(opened);
        revision++;
        hash = loaded.hash();
        return new Result.Applied(revision, List.of());
    }

    private Listener open(String name, ListenerConfig declared) {
        try {
            return new Listener(name, declared, live, workers);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "listener '" + name + "' can't listen on " + declared.address() + ": " + e.getMessage(), e);
        }
    }

    private static Result refused(String path, String message) {
        return new Result.Refused(List.of(new Problem(Problem.Severity.ERROR, Place.NOWHERE, path, message)));
    }

    /// The addresses on which listeners are bound, by name of the listener.
    public synchronized Map<String, SocketAddress> addresses() {
        Map<String, SocketAddress> addresses = new TreeMap<>();
        listeners.forEach((name, listener) -> addresses.put(name, listener.address()));
        return addresses;
    }

    /// How it is doing.
    public synchronized EngineStatus status() {
        long open = listeners.values().stream().mapToLong(Listener::open).sum();
        return new EngineStatus(revision > 0, draining, revision, hash, workers.transport().label(),
                workers.all().size(), open);
    }

    /// Not ready from now on: accepts no more, lets what runs come to its end. Blocks until nothing is open any more or
    /// `limitMillis` are over.
    public void drain(long limitMillis) throws InterruptedException {
        draining = true;
        List<Listener> all;
        synchronized (this) {
            all = List.copyOf(listeners.values());
        }
        all.forEach(Listener::drain);
        long end = System.nanoTime() + limitMillis * 1_000_000;
        while (all.stream().anyMatch(listener -> listener.open() > 0) && System.nanoTime() - end < 0) {
            Thread.sleep(10);
        }
    }

    /// Closes everything at once.
    @Override
    public synchronized void close() {
        listeners.values().forEach(Listener::close);
        compiler.close();
        workers.close();
    }
}
