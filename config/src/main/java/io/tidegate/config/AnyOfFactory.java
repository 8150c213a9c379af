package io.tidegate.config;

import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.PolicyFactory;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The kind `anyOf`, which is made of other policies: whoever compiles policies makes it, as only they can make those.
public final class AnyOfFactory implements PolicyFactory<AnyOfConfig> {

    static final String TYPE = "anyOf";

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Class<AnyOfConfig> configType() {
        return AnyOfConfig.class;
    }

    @Override
    public String summary() {
        return "Lets a request pass that one of several policies finds credentials of.";
    }

    @Override
    public Policy create(AnyOfConfig config, PolicyContext context) {
        throw new UnsupportedOperationException("is made of policies that are compiled already");
    }

    @Override
    public Set<Trait> provides() {
        return Set.of(Trait.CONSUMER);
    }

    @Override
    public boolean isOptional(AnyOfConfig config) {
        return config.policies().stream().anyMatch(PolicyConfig::isOptional);
    }

    @Override
    public Set<String> ownHeaders(AnyOfConfig config) {
        return all(config, PolicyConfig::ownHeaders);
    }

    @Override
    public Set<String> secretParameters(AnyOfConfig config) {
        return all(config, PolicyConfig::secretParameters);
    }

    private static Set<String> all(AnyOfConfig config, Function<PolicyConfig, Set<String>> names) {
        return config.policies().stream().map(names).flatMap(Set::stream).collect(Collectors.toUnmodifiableSet());
    }
}
