package io.tidegate.engine.compile;

import io.tidegate.api.Background;
import io.tidegate.api.Consumers;
import io.tidegate.api.Counter;
import io.tidegate.api.HttpCaller;
import io.tidegate.api.HttpClientConfig;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.StateStore;
import io.tidegate.engine.outbound.OutboundHttp;
import java.time.Clock;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/// What one policy may use beyond the exchange. What it holds for it is let go of with [#release].
final class StepContext implements PolicyContext {

    private final PolicyWorld world;
    private final Consumers consumers;
    private final String type;
    private final String path;
    private final List<String> held = new ArrayList<>();
    private final List<Runnable> gauges = new ArrayList<>();

    StepContext(PolicyWorld world, Consumers consumers, String type, String path) {
        this.world = world;
        this.consumers = consumers;
        this.type = type;
        this.path = path;
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public <T extends AutoCloseable> T shared(String name, Supplier<T> create) {
        return hold(type + "/" + name, create);
    }

    private synchronized <T extends AutoCloseable> T hold(String full, Supplier<T> create) {
        T value = world.shared().acquire(full, create);
        held.add(full);
        return value;
    }

    @Override
    public StateStore state() {
        return world.state().of(type);
    }

    @Override
    public Counter counter(String event) {
        return hold("//events/" + path + "/" + type + "/" + event,
                () -> new PolicyEvents(world.metrics(), path, type, event));
    }

    @Override
    public synchronized void gauge(String name, DoubleSupplier value) {
        PolicyValue shown = hold("//values/" + path + "/" + type + "/" + name,
                () -> new PolicyValue(world.metrics(), path, type, name));
        shown.show(value);
        gauges.add(() -> shown.hide(value));
    }

    @Override
    public Consumers consumers() {
        return consumers;
    }

    @Override
    public HttpCaller http(HttpClientConfig settings) {
        OutboundHttp shared = hold("//http/" + type + "/" + settings,
                () -> new OutboundHttp(settings, world.background()));
        shared.renew();
        return shared;
    }

    @Override
    public Background background() {
        return world.background();
    }

    @Override
    public InstantSource clock() {
        return Clock.systemUTC();
    }

    synchronized void release() {
        gauges.forEach(Runnable::run);
        held.forEach(world.shared()::release);
        held.clear();
    }
}
