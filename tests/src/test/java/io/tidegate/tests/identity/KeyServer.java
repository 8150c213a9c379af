package io.tidegate.tests.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/// An issuer of tokens that tells of its keys by HTTP, or fails to.
final class KeyServer implements AutoCloseable {

    /// How it behaves.
    enum Mood {
        WELL, UNAVAILABLE, SILENT, GARBAGE, HUGE, EMPTY, SECRET
    }

    private final HttpServer server;
    private final CountDownLatch end = new CountDownLatch(1);
    private final AtomicInteger keyRequests = new AtomicInteger();
    private volatile Mood mood = Mood.WELL;
    private volatile List<ECKey> keys = List.of();

    private KeyServer(HttpServer server) {
        this.server = server;
    }

    /// One that tells of these keys.
    static KeyServer start(ECKey... keys) {
        try {
            HttpServer http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            KeyServer server = new KeyServer(http);
            server.keys(keys);
            http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            http.createContext("/.well-known/openid-configuration", exchange -> answer(exchange, 200,
                    "{\"issuer\":\"" + server.issuer() + "\",\"jwks_uri\":\"" + server.issuer() + "/jwks\"}"));
            http.createContext("/jwks", server::jwks);
            http.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ECKey key(String id) {
        try {
            return new ECKeyGenerator(Curve.P_256).keyID(id).algorithm(JWSAlgorithm.ES256).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    void keys(ECKey... now) {
        keys = List.of(now);
    }

    void mood(Mood now) {
        mood = now;
    }

    String issuer() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /// How often it was asked for keys.
    int keyRequests() {
        return keyRequests.get();
    }

    private void jwks(HttpExchange exchange) throws IOException {
        keyRequests.incrementAndGet();
        switch (mood) {
            case WELL -> answer(exchange, 200, new JWKSet(keys.stream().map(JWK.class::cast).toList()).toString());
            case UNAVAILABLE -> answer(exchange, 503, "");
            case GARBAGE -> answer(exchange, 200, "<html>{\"keys\":[]}");
            case HUGE -> answer(exchange, 200, "{\"keys\":[" + " ".repeat(10 << 20) + "]}");
            case EMPTY -> answer(exchange, 200, "{\"keys\":[]}");
            case SECRET -> answer(exchange, 200, new JWKSet(List.copyOf(keys)).toString(false));
            case SILENT -> {
                try {
                    end.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                exchange.close();
            }
        }
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    /// A token about somebody, for `orders`.
    String token(ECKey key, String subject) {
        return token(key, subject, header -> header);
    }

    String token(ECKey key, String subject, UnaryOperator<JWSHeader.Builder> header) {
        return signed(key, header, claims(subject));
    }

    /// A token about somebody, for `orders`, that says this besides.
    String token(ECKey key, String subject, Map<String, Object> more) {
        JWTClaimsSet.Builder claims = claims(subject);
        more.forEach(claims::claim);
        return signed(key, header -> header, claims);
    }

    /// A token that belongs to who can show this (`cnf`, RFC 7800).
    String boundToken(ECKey key, String subject, Map<String, String> confirmation) {
        return signed(key, header -> header, claims(subject).claim("cnf", confirmation));
    }

    private JWTClaimsSet.Builder claims(String subject) {
        return new JWTClaimsSet.Builder().issuer(issuer()).audience("orders").subject(subject)
                .expirationTime(Date.from(Instant.now().plusSeconds(600)));
    }

    private static String signed(ECKey key, UnaryOperator<JWSHeader.Builder> header, JWTClaimsSet.Builder claims) {
        try {
            SignedJWT token = new SignedJWT(
                    header.apply(new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID())
                            .type(JOSEObjectType.JWT)).build(),
                    claims.build());
            token.sign(new ECDSASigner(key));
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        end.countDown();
        server.stop(0);
    }
}
