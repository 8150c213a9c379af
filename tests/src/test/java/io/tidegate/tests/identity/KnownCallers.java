package io.tidegate.tests.identity;

import io.tidegate.api.Consumer;
import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.PolicyFactory;
import io.tidegate.api.Principal;
import io.tidegate.config.ConfigLoader;
import io.tidegate.config.ConfigTarget;
import io.tidegate.config.Loaded;
import io.tidegate.config.PluginLoader;
import io.tidegate.config.Plugins;
import io.tidegate.testkit.TestGateway;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The kind `caller`: believes what a request says of who calls, `X-Caller: shop`, so that tests of what comes behind
/// need no credentials. Nobody, where the field is missing.
record KnownCallers(Map<String, Principal> known) implements PolicyFactory<KnownCallers.Nothing> {

    /// `shop`, a consumer, and `guest`, who is none.
    static final KnownCallers SHOP_AND_GUEST = new KnownCallers(Map.of(
            "shop", new Principal("jwt", "u-1", "https://issuer.test", new Consumer("shop", Set.of("partners")),
                    Set.of("partners", "eu"), Set.of("read", "write"), Map.of("email_verified", true, "plan", "gold")),
            "guest", new Principal("jwt", "u-2", "https://issuer.test", null, Set.of(), Set.of("read"), Map.of())));

    /// The field of a request by this one.
    static String by(String caller) {
        return "X-Caller: " + caller + "\r\n";
    }

    /// It has no configuration.
    public record Nothing() {
    }

    @Override
    public String type() {
        return "caller";
    }

    @Override
    public Class<Nothing> configType() {
        return Nothing.class;
    }

    @Override
    public String summary() {
        return "Believes what a request says.";
    }

    @Override
    public Set<Trait> provides() {
        return Set.of(Trait.CONSUMER);
    }

    @Override
    public boolean isOptional(Nothing config) {
        return true;
    }

    @Override
    public Policy create(Nothing config, PolicyContext context) {
        return new Policy() {
            @Override
            public Decision onRequest(Exchange exchange) {
                String name = exchange.request().headers().get("x-caller");
                Principal principal = name == null ? null : known.get(name);
                if (principal != null) {
                    exchange.identify(principal);
                }
                return Decision.next();
            }
        };
    }

    /// Loads a configuration that may have the kind.
    Loaded load(String yaml) {
        Plugins all = PluginLoader.load();
        Map<String, PolicyFactory<?>> policies = new TreeMap<>(all.policies());
        policies.put(type(), this);
        return new ConfigLoader(new Plugins(policies, all.conditions()), name -> null).loadText("test.yaml", yaml);
    }

    /// Puts such a configuration in place.
    void apply(TestGateway gateway, String yaml) {
        Loaded loaded = load(yaml);
        if (!(loaded instanceof Loaded.Accepted accepted)
                || !(gateway.engine().apply(accepted) instanceof ConfigTarget.Result.Applied)) {
            throw new AssertionError("the configuration was refused: " + loaded + "\n" + yaml);
        }
    }
}
