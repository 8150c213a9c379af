package io.tidegate.tests.proxy;

import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.PolicyFactory;
import io.tidegate.api.PolicyFactory.Trait;
import io.tidegate.config.ConfigLoader;
import io.tidegate.config.ConfigTarget;
import io.tidegate.config.Loaded;
import io.tidegate.config.Plugins;
import io.tidegate.testkit.TestGateway;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/// Policies that tests write down in place, by the type that a configuration names them by.
public final class Scripted {

    private final Map<String, PolicyFactory<?>> factories = new TreeMap<>();

    /// A policy's configuration that says nothing.
    public record Nothing() {
    }

    private record Factory(String type, Supplier<Policy> made, Set<Trait> provides) implements PolicyFactory<Nothing> {

        @Override
        public Class<Nothing> configType() {
            return Nothing.class;
        }

        @Override
        public String summary() {
            return "Does what a test says.";
        }

        @Override
        public Policy create(Nothing config, PolicyContext context) {
            return made.get();
        }
    }

    /// Adds policies of this type.
    public Scripted with(String type, Policy policy) {
        factories.put(type, new Factory(type, () -> policy, Set.of()));
        return this;
    }

    /// Adds policies of this type, which find out who calls.
    public Scripted identifying(String type, Policy policy) {
        factories.put(type, new Factory(type, () -> policy, Set.of(Trait.CONSUMER)));
        return this;
    }

    /// Puts a configuration with these policies in place.
    public void apply(TestGateway gateway, String yaml) {
        Loaded loaded = new ConfigLoader(new Plugins(factories, null), name -> null).loadText("test.yaml", yaml);
        if (!(loaded instanceof Loaded.Accepted accepted)
                || !(gateway.engine().apply(accepted) instanceof ConfigTarget.Result.Applied)) {
            throw new AssertionError("the configuration was refused: " + loaded + "\n" + yaml);
        }
    }
}
