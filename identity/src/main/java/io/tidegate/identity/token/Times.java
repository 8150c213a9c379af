package io.tidegate.identity.token;

import static io.tidegate.identity.token.TokenVerifier.require;

import io.tidegate.api.AccessFaults;
import io.tidegate.api.FaultException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Checks when tokens are good (RFC 7519 section 4.1.4 to 4.1.6).
final class Times {

    /// 9999-12-31T23:59:59Z: what is later is no date.
    private static final long MOST_SECONDS = 253_402_300_799L;

    private final InstantSource clock;
    private final long leewaySeconds;

    Times(InstantSource clock, Duration leeway) {
        this.clock = clock;
        this.leewaySeconds = leeway.toSeconds();
    }

    /// Until when it is good, in seconds of the epoch.
    long check(Map<String, Object> claims) {
        long now = clock.instant().getEpochSecond();
        Long expires = seconds(claims.get("exp"));
        Long notBefore = seconds(claims.get("nbf"));
        Long issued = seconds(claims.get("iat"));
        if (expires == null || now >= expires + leewaySeconds) {
            throw new FaultException(AccessFaults.JWT_EXPIRED);
        }
        require(notBefore == null || now >= notBefore - leewaySeconds, AccessFaults.JWT_NOT_YET);
        require(issued == null || now >= issued - leewaySeconds, AccessFaults.JWT_NOT_YET);
        return expires;
    }

    /// A `NumericDate`, which may have a fraction.
    private static @Nullable Long seconds(@Nullable Object claim) {
        if (claim == null) {
            return null;
        }
        if (!(claim instanceof Number number) || number.doubleValue() < 0 || number.doubleValue() > MOST_SECONDS) {
            throw new FaultException(AccessFaults.JWT_MALFORMED);
        }
        return number.longValue();
    }
}
