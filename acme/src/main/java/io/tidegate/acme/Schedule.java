package io.tidegate.acme;

import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// When certificates are renewed.
final class Schedule {

    /// Certificates that were made together are not renewed together: each a bit earlier, by up to this part of its
    /// life.
    private static final int SPREAD = 30;
    private static final int EARLIEST = 10;
    private static final int USUAL = 3;

    private Schedule() {
    }

    /// When a certificate is to be renewed; always the same for the same one, for every gateway.
    ///
    /// @param before
    ///            how long before its end; null for a third of its life
    static Instant renewal(X509Certificate certificate, @Nullable Duration before) {
        Instant from = certificate.getNotBefore().toInstant();
        Instant until = certificate.getNotAfter().toInstant();
        Duration life = Duration.between(from, until);
        Instant due = until.minus(before == null ? life.dividedBy(USUAL) : before).minus(spread(certificate, life));
        Instant earliest = from.plus(life.dividedBy(EARLIEST));
        return due.isBefore(earliest) ? earliest : due;
    }

    private static Duration spread(X509Certificate certificate, Duration life) {
        long thousandths = certificate.getSerialNumber().mod(BigInteger.valueOf(1000)).longValue();
        return life.dividedBy(SPREAD).multipliedBy(thousandths).dividedBy(1000);
    }
}
