package io.tidegate.app;

import io.tidegate.api.Decision;
import io.tidegate.api.Doc;
import io.tidegate.api.Exchange;
import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.PolicyFactory;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Makes policies that keep some memory with each request, until a request comes for `/free`.
public final class HoardFactory implements PolicyFactory<HoardFactory.Config> {

    /// For [java.util.ServiceLoader].
    public HoardFactory() {
    }

    /// Configuration of `hoard`.
    @Doc("Keeps memory.")
    public record Config(@Doc("Bytes with each request.") int bytes) {
    }

    @Override
    public String type() {
        return "hoard";
    }

    @Override
    public Class<Config> configType() {
        return Config.class;
    }

    @Override
    public String summary() {
        return "Keeps memory.";
    }

    @Override
    public Policy create(Config config, PolicyContext context) {
        return new Hoard(config.bytes(), context.shared("hoard", Kept::new));
    }

    /// What all of them keep together.
    private record Kept(Queue<byte[]> bytes) implements AutoCloseable {

        Kept() {
            this(new ConcurrentLinkedQueue<>());
        }

        @Override
        public void close() {
            bytes.clear();
        }
    }

    private record Hoard(int bytes, Kept kept) implements Policy {

        @Override
        public Decision onRequest(Exchange exchange) {
            if (exchange.request().path().equals("/free")) {
                kept.bytes().clear();
            } else {
                kept.bytes().add(new byte[bytes]);
            }
            return Decision.next();
        }
    }
}
