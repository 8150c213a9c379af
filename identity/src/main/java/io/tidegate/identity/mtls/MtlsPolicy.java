package io.tidegate.identity.mtls;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.tidegate.api.AccessFaults;
import io.tidegate.api.Client;
import io.tidegate.api.ClientCertificate;
import io.tidegate.api.Consumers;
import io.tidegate.api.Counter;
import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.Principal;
import io.tidegate.api.TlsClient;
import io.tidegate.identity.Challenge;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Says whose the certificate of a connection is. That is found out once for each connection.
final class MtlsPolicy implements Policy {

    private static final String METHOD = "mtls";
    private static final int MOST_CERTIFICATES = 10_000;

    private final MtlsConfig config;
    private final Consumers consumers;
    private final Cache<ClientCertificate, Verdict> verdicts = Caffeine.newBuilder().weakKeys()
            .maximumSize(MOST_CERTIFICATES).executor(Runnable::run).build();
    private final Decision missing = Decision.fail(AccessFaults.CERTIFICATE_MISSING,
            Challenge.of("ClientCertificate").field());
    private final Decision denied = Decision.fail(AccessFaults.DENIED);
    private final Decision unknown = Decision.fail(AccessFaults.UNKNOWN_CONSUMER);
    private final Counter accepted;
    private final Counter refused;

    /// What a certificate leads to: a principal, or a refusal.
    ///
    /// @param subject
    ///            of the principal, as it can stand in a field
    private record Verdict(@Nullable Principal principal, String subject, Decision decision) {
    }

    MtlsPolicy(MtlsConfig config, PolicyContext context) {
        this.config = config;
        this.consumers = context.consumers();
        this.accepted = context.counter("accepted");
        this.refused = context.counter("refused");
    }

    @Override
    public Decision onRequest(Exchange exchange) {
        ClientCertificate certificate = certificate(exchange.client());
        if (certificate == null) {
            if (config.optional()) {
                return Decision.next();
            }
            refused.add();
            return missing;
        }
        Verdict verdict = verdicts.getIfPresent(certificate);
        if (verdict == null) {
            verdict = verdict(new Holder(certificate), certificate.issuer());
            verdicts.put(certificate, verdict);
        }
        Principal principal = verdict.principal();
        if (principal == null) {
            refused.add();
            return verdict.decision();
        }
        if (config.subjectHeader() != null) {
            exchange.request().headers().set(config.subjectHeader(), verdict.subject());
        }
        exchange.identify(principal);
        accepted.add();
        return verdict.decision();
    }

    private @Nullable ClientCertificate certificate(Client client) {
        if (client.trusted() && !config.acceptProxies()) {
            return null;
        }
        TlsClient tls = client.tls();
        return tls == null ? null : tls.certificate();
    }

    private Verdict verdict(Holder holder, String issuer) {
        if ((!config.spiffeTrustDomains().isEmpty() && !holder.isOf(config.spiffeTrustDomains()))
                || (!config.allowed().isEmpty() && !holder.isOneOf(config.allowed()))) {
            return new Verdict(null, "", denied);
        }
        Principal caller = config.unknownConsumer().admit(
                new Principal(METHOD, holder.name(), issuer, null, Set.of(), Set.of(), holder.claims()),
                holder.consumer(consumers, config.by()));
        return caller == null
                ? new Verdict(null, "", unknown)
                : new Verdict(caller, visible(holder.name()), Decision.next());
    }

    /// A name as it can stand in a field: all but visible ASCII, and the percent sign, as percent escapes of UTF-8.
    private static String visible(String name) {
        StringBuilder text = new StringBuilder();
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            if (b >= ' ' && b <= '~' && b != '%') {
                text.append((char) b);
            } else {
                text.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
        return text.toString();
    }
}
