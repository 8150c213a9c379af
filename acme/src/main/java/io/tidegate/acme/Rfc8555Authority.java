package io.tidegate.acme;

import io.tidegate.api.FilePath;
import io.tidegate.config.AcmeConfig;
import io.tidegate.config.pem.ClientContexts;
import io.tidegate.config.pem.UnusableFileException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.shredzone.acme4j.Account;
import org.shredzone.acme4j.AccountBuilder;
import org.shredzone.acme4j.Authorization;
import org.shredzone.acme4j.Order;
import org.shredzone.acme4j.PollableResource;
import org.shredzone.acme4j.Problem;
import org.shredzone.acme4j.Session;
import org.shredzone.acme4j.Status;
import org.shredzone.acme4j.challenge.Http01Challenge;
import org.shredzone.acme4j.challenge.TlsAlpn01Challenge;
import org.shredzone.acme4j.challenge.TokenChallenge;
import org.shredzone.acme4j.connector.NetworkSettings;
import org.shredzone.acme4j.exception.AcmeException;
import org.shredzone.acme4j.exception.AcmeLazyLoadingException;
import org.shredzone.acme4j.exception.AcmeNetworkException;
import org.shredzone.acme4j.exception.AcmeProtocolException;
import org.shredzone.acme4j.exception.AcmeRateLimitedException;
import org.shredzone.acme4j.exception.AcmeServerException;
import org.shredzone.acme4j.provider.GenericAcmeProvider;

/// An authority that speaks ACME (RFC 8555), asked by way of acme4j.
///
/// ```
/// account ─▶ order ─▶ each authorization: show, say so, wait ─▶ CSR ─▶ wait ─▶ certificate
/// ```
///
final class Rfc8555Authority implements Authority {

    private static final Duration REQUEST = Duration.ofSeconds(20);
    private static final Duration STEP = Duration.ofMinutes(3);
    private static final Duration LEAST_WAIT = Duration.ofMillis(250);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

    private final AcmeConfig config;
    private final Store store;
    private @Nullable Account account;

    /// One that is asked nothing yet.
    ///
    /// @param store
    ///            where the account's key is, or will be
    Rfc8555Authority(AcmeConfig config, Store store) {
        this.config = config;
        this.store = store;
    }

    @Override
    public List<X509Certificate> issue(String name, KeyPair key, Proving proving)
            throws IssueException, InterruptedException {
        boolean given = false;
        try {
            Account own = account == null ? open() : account;
            account = own;
            proving.goOn();
            Order order = own.newOrder().domain(name).create();
            for (Authorization authorization : order.getAuthorizations()) {
                prove(authorization, name, proving);
            }
            await(order, Set.of(Status.READY, Status.VALID), proving);
            if (order.getStatus() == Status.READY) {
                order.execute(key);
                await(order, Set.of(Status.VALID), proving);
            }
            if (order.getStatus() != Status.VALID) {
                throw refused("the order", order.getError().orElse(null));
            }
            List<X509Certificate> chain = order.getCertificate().getCertificateChain();
            given = true;
            return chain;
        } catch (AcmeException | AcmeProtocolException | AcmeLazyLoadingException e) {
            throw explained(e);
        } catch (IOException e) {
            throw new IssueException("store", "the store can't be used: " + e.getMessage(), null, e);
        } finally {
            if (!given) {
                // It may be the account that is gone: the next attempt looks.
                account = null;
            }
        }
    }

    // The account.

    private Account open() throws AcmeException, IOException, IssueException {
        KeyPair key = store.account();
        if (key == null) {
            key = Keys.elliptic();
            // Kept first: an account whose key is lost is lost too.
            store.putAccount(key);
        }
        AccountBuilder builder = new AccountBuilder().useKeyPair(key).agreeToTermsOfService();
        if (config.email() != null) {
            builder.addEmail(config.email());
        }
        AcmeConfig.EabConfig eab = config.eab();
        if (eab != null) {
            builder.withKeyIdentifier(eab.kid(), eab.hmac());
        }
        // Gives the account that this key has, where it has one (RFC 8555 section 7.3).
        Account opened = builder.create(session());
        if (config.email() != null && !opened.getContacts().equals(List.of(URI.create("mailto:" + config.email())))) {
            Account.EditableAccount changes = opened.modify();
            changes.getContacts().clear();
            changes.addEmail(config.email());
            changes.commit();
        }
        return opened;
    }

    private Session session() throws IssueException {
        FilePath ca = config.ca();
        SSLContext trusted = ca == null ? null : trusting(ca);
        Session session = new Session(URI.create(config.directory()), new GenericAcmeProvider() {
            @Override
            public HttpClient createHttpClient(NetworkSettings settings) {
                HttpClient.Builder client = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL)
                        .connectTimeout(settings.getTimeout()).proxy(settings.getProxySelector());
                if (trusted != null) {
                    client.sslContext(trusted);
                }
                return client.build();
            }
        });
        session.networkSettings().setTimeout(REQUEST);
        return session;
    }

    private static SSLContext trusting(FilePath ca) throws IssueException {
        try {
            return ClientContexts.trusting(ca.path());
        } catch (UnusableFileException e) {
            throw new IssueException("ca", "can't use the file " + ca + ": " + e.getMessage(), null, e);
        }
    }

    // The proof.

    private void prove(Authorization authorization, String name, Proving proving)
            throws AcmeException, IssueException, InterruptedException {
        if (authorization.getStatus() == Status.VALID) {
            return;
        }
        Class<? extends TokenChallenge> type = switch (config.challenge()) {
            case HTTP_01 -> Http01Challenge.class;
            case TLS_ALPN_01 -> TlsAlpn01Challenge.class;
        };
        TokenChallenge challenge = authorization.findChallenge(type).orElseThrow(
                () -> new IssueException("challenge", "the authority does not look by "
                        + (config.challenge() == AcmeConfig.Challenge.HTTP_01 ? "http-01" : "tls-alpn-01")
                        + ", but by " + authorization.getChallenges().stream()
                                .map(org.shredzone.acme4j.challenge.Challenge::getType).toList()));
        // The token is what stands before the dot.
        String proof = challenge.getAuthorization();
        proving.show(new Challenge(config.challenge(), name, proof.substring(0, proof.indexOf('.')), proof));
        challenge.trigger();
        await(authorization, Set.of(Status.VALID), proving);
        if (authorization.getStatus() != Status.VALID) {
            throw refused("that the name leads here", authorization.findChallenge(type)
                    .flatMap(org.shredzone.acme4j.challenge.Challenge::getError).orElse(null));
        }
    }

    /// Asks until it is one of these, or will never be.
    private static void await(PollableResource resource, Set<Status> wanted, Proving proving)
            throws AcmeException, IssueException, InterruptedException {
        Instant end = Instant.now().plus(STEP);
        Duration wait = LEAST_WAIT;
        while (!wanted.contains(resource.getStatus()) && resource.getStatus() != Status.INVALID) {
            if (Instant.now().isAfter(end)) {
                throw new IssueException("slow", "the authority has not made up its mind within "
                        + STEP.toMinutes() + " minutes");
            }
            proving.goOn();
            Thread.sleep(wait);
            Instant asked = resource.fetch().orElse(Instant.EPOCH);
            Duration told = Duration.between(Instant.now(), asked);
            wait = wait.multipliedBy(2);
            wait = told.compareTo(wait) > 0 ? told : wait;
            wait = wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
        }
    }

    // What goes wrong.

    private static IssueException refused(String what, @Nullable Problem problem) {
        return problem == null
                ? new IssueException("refused", "the authority refused " + what + " and does not say why")
                : new IssueException(problem.getType().toString(), "the authority refused " + what + ": "
                        + text(problem));
    }

    private static String text(Problem problem) {
        String type = problem.getType().toString();
        return problem.getDetail().or(problem::getTitle).orElse("no detail") + " ("
                + type.substring(type.lastIndexOf(':') + 1) + ")";
    }

    private static IssueException explained(Exception e) throws InterruptedException {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof InterruptedException) {
                throw new InterruptedException();
            }
        }
        return switch (e instanceof AcmeLazyLoadingException && e.getCause() instanceof AcmeException met ? met : e) {
            case AcmeRateLimitedException limited -> new IssueException(limited.getType().toString(),
                    "the authority is asked too often: " + text(limited.getProblem()),
                    limited.getRetryAfter().orElse(null), e);
            case AcmeServerException server -> new IssueException(server.getType().toString(),
                    "the authority refused: " + text(server.getProblem()), null, e);
            case AcmeNetworkException network -> new IssueException("network",
                    "the authority can't be reached: " + root(network), null, e);
            default -> new IssueException("protocol", "the authority can't be understood: " + root(e), null, e);
        };
    }

    private static String root(Throwable e) {
        Throwable deepest = e;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return deepest.getMessage() == null ? deepest.getClass().getSimpleName() : deepest.getMessage();
    }
}
