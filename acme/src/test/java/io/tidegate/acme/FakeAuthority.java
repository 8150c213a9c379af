package io.tidegate.acme;

import io.tidegate.config.AcmeConfig;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// An authority of these tests, which may be asked by several gateways: it shows a challenge, waits until the test lets
/// it look, and gives what it is told to.
final class FakeAuthority implements Authority {

    final List<String> asked = new CopyOnWriteArrayList<>();
    private final InstantSource clock;
    private final Semaphore looks = new Semaphore(1_000_000);
    private volatile @Nullable IssueException refusal;
    private volatile boolean wrongName;
    private volatile Runnable beforeGiving = () -> {};

    FakeAuthority(InstantSource clock) {
        this.clock = clock;
    }

    void refuse(@Nullable IssueException with) {
        refusal = with;
    }

    void giveWrongNames() {
        wrongName = true;
    }

    /// Runs when it has looked, and is about to give a certificate.
    void beforeGiving(Runnable runs) {
        beforeGiving = runs;
    }

    /// Waits with every look from now on until [#look] lets it.
    void hold() {
        looks.drainPermits();
    }

    void look() {
        looks.release();
    }

    @Override
    public List<X509Certificate> issue(String name, KeyPair key, Proving proving)
            throws IssueException, InterruptedException {
        asked.add(name);
        int number = asked.size();
        proving.show(
                new Challenge(AcmeConfig.Challenge.HTTP_01, name, "token-" + number, "token-" + number + ".print"));
        looks.acquire();
        proving.goOn();
        IssueException failing = refusal;
        if (failing != null) {
            throw failing;
        }
        beforeGiving.run();
        return List.of(Issued.to(wrongName ? "other.test" : name, key, clock.instant(),
                clock.instant().plus(Duration.ofDays(90))));
    }
}
