package io.tidegate.identity.oidc;

import io.tidegate.testkit.PolicyTester;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;

/// A provider, and policies that send browsers to it.
class OidcFixture {

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
    final InstantSource clock = now::get;
    final TestProvider provider = new TestProvider(clock);
    private final List<AutoCloseable> opened = new ArrayList<>(List.of(provider));

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : opened.reversed()) {
            each.close();
        }
    }

    void after(Duration time) {
        now.updateAndGet(instant -> instant.plus(time));
    }

    <T extends AutoCloseable> T closed(T each) {
        opened.add(each);
        return each;
    }

    /// A policy with these settings.
    PolicyTester tester(Consumer<Settings> change) {
        Settings settings = new Settings(provider);
        change.accept(settings);
        return closed(PolicyTester.at(clock).then(new OidcFactory(), settings.config()));
    }

    Browser browser(Consumer<Settings> change) {
        return new Browser(tester(change), provider);
    }

    Browser browser() {
        return browser(_ -> {});
    }
}
