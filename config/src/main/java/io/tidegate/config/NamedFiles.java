package io.tidegate.config;

import io.tidegate.api.FilePath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The files that one configuration names: of each, a relative path starts from the folder of the file that names it.
final class NamedFiles {

    private final Set<Path> named = new LinkedHashSet<>();

    /// What a configuration file says there, where that is a file; else the record itself.
    Record placed(Record made, Place place) {
        if (!(made instanceof FilePath file)) {
            return made;
        }
        Path folder = Path.of(place.file()).getParent();
        FilePath found = folder == null ? file : new FilePath(folder.resolve(file.name()).toString());
        named.add(found.path());
        return found;
    }

    /// All of them but those that are looked at anyway, and those that `config` will find in stores of certificates;
    /// those of what is broken too, so that it is looked at again once they change.
    Set<Path> of(@Nullable GatewayConfig config) {
        Set<Path> files = new LinkedHashSet<>(named);
        files.removeIf(Files::isDirectory);
        if (config != null) {
            config.listeners().values().stream().flatMap(NamedFiles::stored).forEach(files::add);
            config.upstreams().values().stream().flatMap(NamedFiles::readByOthers).forEach(files::remove);
        }
        return files;
    }

    /// What a source of endpoints looks at by itself, so that a change makes no other configuration.
    private static Stream<Path> readByOthers(UpstreamConfig upstream) {
        DiscoveryConfig discovery = upstream.discovery();
        if (discovery == null) {
            return Stream.of();
        }
        DiscoveryConfig.Kubernetes kubernetes = discovery.kubernetes();
        return discovery.file() != null
                ? Stream.of(discovery.file().path().path())
                : kubernetes != null ? Stream.of(kubernetes.token().path(), kubernetes.ca().path()) : Stream.of();
    }

    private static Stream<Path> stored(ListenerConfig listener) {
        AcmeConfig acme = listener.tls() == null ? null : listener.tls().acme();
        return acme == null ? Stream.of() : acme.names().stream().map(name -> acme.file(name).path());
    }
}
