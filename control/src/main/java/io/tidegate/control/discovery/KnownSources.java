package io.tidegate.control.discovery;

import io.tidegate.config.DiscoveryConfig;
import io.tidegate.config.EndpointUrl;
import io.tidegate.config.discovery.EndpointSource;
import io.tidegate.config.discovery.EndpointSources;
import org.jspecify.annotations.Nullable;

/// The sources of endpoints that are files or registries.
public final class KnownSources implements EndpointSources {

    @Override
    public @Nullable EndpointSource open(DiscoveryConfig config, EndpointUrl.Scheme scheme) {
        if (config.file() != null) {
            return new FileEndpoints(config.file().path().path(), scheme);
        }
        if (config.consul() != null) {
            return new ConsulSource(config.consul(), scheme);
        }
        if (config.eureka() != null) {
            return new EurekaSource(config.eureka(), scheme);
        }
        return config.kubernetes() == null ? null : new KubernetesSource(config.kubernetes(), scheme);
    }
}
