package io.tidegate.app;

import io.tidegate.api.Decision;
import io.tidegate.api.Doc;
import io.tidegate.api.Exchange;
import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.PolicyFactory;
import io.tidegate.api.Reply;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/// Makes policies that hold bodies until a file is there, and answer then.
public final class HoldBodiesFactory implements PolicyFactory<HoldBodiesFactory.Config> {

    /// For [java.util.ServiceLoader].
    public HoldBodiesFactory() {
    }

    /// Configuration of `holdBodies`.
    @Doc("Holds bodies.")
    public record Config(@Doc("The file whose being there ends it.") String until) {
    }

    @Override
    public String type() {
        return "holdBodies";
    }

    @Override
    public Class<Config> configType() {
        return Config.class;
    }

    @Override
    public String summary() {
        return "Holds bodies.";
    }

    @Override
    public Policy create(Config config, PolicyContext context) {
        HoldBodies policy = new HoldBodies(Path.of(config.until()));
        Thread.ofPlatform().daemon().name("hold-bodies").start(policy::run);
        return policy;
    }

    private static final class HoldBodies implements Policy {

        private final Path until;
        private final CompletableFuture<Decision> over = new CompletableFuture<>();

        HoldBodies(Path until) {
            this.until = until;
        }

        private void run() {
            try {
                while (!Files.exists(until)) {
                    Thread.sleep(5);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            over.complete(Decision.respond(Reply.of(200)));
        }

        @Override
        public Decision onRequest(Exchange exchange) {
            return Decision.withBody(1 << 20, body -> Decision.await(over));
        }
    }
}
