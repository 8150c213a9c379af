package io.tidegate.engine.compile;

import io.tidegate.api.Background;
import io.tidegate.api.Consumers;
import io.tidegate.api.Counter;
import io.tidegate.api.HttpCaller;
import io.tidegate.api.HttpClientConfig;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.PolicyFactory;
import io.tidegate.api.StateStore;
import io.tidegate.config.AnyOfConfig;
import io.tidegate.config.EffectivePolicies;
import io.tidegate.config.GatewayConfig;
import io.tidegate.config.PolicyConfig;
import io.tidegate.config.Problem;
import io.tidegate.engine.outbound.OutboundHttp;
import io.tidegate.engine.state.MemoryState;
import java.io.IOException;
import java.time.Clock;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes the policies of a configuration and lets go of them again, which finds what nothing else does: files that
/// can't be used, keys and hashes that are none. Calls no server, and leaves nothing behind.
public final class Rehearsal {

    private static final Logger LOG = LoggerFactory.getLogger("tidegate.policies");

    private final List<Problem> problems = new ArrayList<>();
    private final Set<PolicyConfig> made = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Consumers consumers;

    private Rehearsal(GatewayConfig config) {
        this.consumers = Compiler.consumers(config, problems);
    }

    /// What is wrong with the policies of a configuration that is valid otherwise; empty where nothing is.
    public static List<Problem> of(GatewayConfig config) {
        Rehearsal rehearsal = new Rehearsal(config);
        EffectivePolicies.Resolver effective = new EffectivePolicies.Resolver(config);
        config.routes().values().forEach(route -> effective.of(route).steps().forEach(rehearsal::make));
        return List.copyOf(rehearsal.problems);
    }

    private void make(PolicyConfig policy) {
        PolicyFactory<?> factory = policy.factory();
        if (factory == null || !made.add(policy)) {
            return;
        }
        if (policy.config() instanceof AnyOfConfig anyOf) {
            anyOf.policies().forEach(this::make);
            return;
        }
        try (Stage stage = new Stage(policy.path(), consumers)) {
            StepCompiler.create(factory, policy.config(), stage).close();
        } catch (RuntimeException e) {
            problems.add(StepCompiler.problem(policy, e));
        }
    }

    /// What a policy may use that is never asked anything.
    private static final class Stage implements PolicyContext, AutoCloseable {

        private static final Background.Task NOTHING = () -> {};
        private static final Counter UNCOUNTED = () -> {};

        private final String path;
        private final Consumers consumers;
        private final Map<String, AutoCloseable> shared = new HashMap<>();

        Stage(String path, Consumers consumers) {
            this.path = path;
            this.consumers = consumers;
        }

        @Override
        public String path() {
            return path;
        }

        @Override
        @SuppressWarnings("unchecked") // one name is one kind of value
        public <T extends AutoCloseable> T shared(String name, Supplier<T> create) {
            AutoCloseable known = shared.get(name);
            if (known == null) {
                known = create.get();
                shared.put(name, known);
            }
            return (T) known;
        }

        @Override
        public StateStore state() {
            return new MemoryState(1, 1);
        }

        @Override
        public Counter counter(String event) {
            return UNCOUNTED;
        }

        @Override
        public void gauge(String name, DoubleSupplier value) {
            // Nobody looks at it.
        }

        @Override
        public Consumers consumers() {
            return consumers;
        }

        @Override
        public HttpCaller http(HttpClientConfig settings) {
            OutboundHttp.context(settings);
            return call -> CompletableFuture.failedFuture(new IOException("no server is called"));
        }

        @Override
        public Background background() {
            return (delay, work) -> NOTHING;
        }

        @Override
        public InstantSource clock() {
            return Clock.systemUTC();
        }

        @Override
        public void close() {
            shared.forEach((name, value) -> {
                try {
                    value.close();
                } catch (Exception e) {
                    LOG.warn("value '{}' of a policy could not be closed", name, e);
                }
            });
        }
    }
}
