package io.tidegate.engine.discovery;

import io.tidegate.config.discovery.EndpointSource;
import java.io.IOException;

/// Stands for a source of a kind that this process does not know.
///
/// @param kind
///            of it
record NoSource(String kind) implements EndpointSource {

    @Override
    public Answer next() throws IOException {
        throw new IOException("there is no source of the kind '" + kind + "' in this process");
    }

    @Override
    public void close() {
        // It does nothing.
    }
}
