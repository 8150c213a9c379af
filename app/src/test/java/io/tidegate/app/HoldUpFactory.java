package io.tidegate.app;

import io.tidegate.api.Decision;
import io.tidegate.api.Doc;
import io.tidegate.api.Exchange;
import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.PolicyFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// Makes policies that do what none may: they block the event loop, until a file is there.
public final class HoldUpFactory implements PolicyFactory<HoldUpFactory.Config> {

    /// For [java.util.ServiceLoader].
    public HoldUpFactory() {
    }

    /// Configuration of `holdUp`.
    @Doc("Blocks the event loop.")
    public record Config(@Doc("The file whose being there ends it.") String until) {
    }

    @Override
    public String type() {
        return "holdUp";
    }

    @Override
    public Class<Config> configType() {
        return Config.class;
    }

    @Override
    public String summary() {
        return "Blocks the event loop.";
    }

    @Override
    public Policy create(Config config, PolicyContext context) {
        return new HoldUp(Path.of(config.until()));
    }

    private record HoldUp(Path until) implements Policy {

        @Override
        public Decision onRequest(Exchange exchange) {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(ProgramProcess.GUARD_SECONDS);
            try {
                while (!Files.exists(until) && System.nanoTime() - end < 0) {
                    Thread.sleep(5);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return Decision.next();
        }
    }
}
