package io.tidegate.identity.oidc;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.tidegate.identity.remote.Form;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A small OpenID provider: discovery, keys, authorization codes with PKCE, refresh tokens that are good once, UserInfo
/// and logout tokens. It does as the specifications say until it is told otherwise.
final class TestProvider implements AutoCloseable {

    static final String CLIENT = "shop";
    static final String SECRET = "s3cr:t &+%";

    /// What `/token` answers.
    record TokenAnswer(int status, String body) {
    }

    /// A code that was given out.
    private record Code(Map<String, String> request, String subject) {
    }

    private final HttpServer server;
    private final InstantSource clock;
    private final Map<String, Code> codes = new ConcurrentHashMap<>();
    private final Set<String> usedCodes = ConcurrentHashMap.newKeySet();
    private final Map<String, String> refreshTokens = new ConcurrentHashMap<>();
    private final AtomicInteger count = new AtomicInteger();
    final AtomicInteger tokenCalls = new AtomicInteger();
    final AtomicInteger keyCalls = new AtomicInteger();
    final AtomicInteger reuses = new AtomicInteger();
    final List<String> authorizations = new CopyOnWriteArrayList<>();
    final List<Map<String, String>> grants = new CopyOnWriteArrayList<>();
    volatile ECKey key = newKey("k1");
    volatile List<ECKey> published;
    volatile Consumer<Map<String, Object>> metadata = _ -> {};
    volatile Consumer<Map<String, Object>> idTokenClaims = _ -> {};
    volatile UnaryOperator<String> idToken = UnaryOperator.identity();
    volatile Consumer<Map<String, Object>> tokenMembers = _ -> {};
    volatile @Nullable TokenAnswer tokenAnswer;
    volatile @Nullable Step beforeToken;
    volatile String userInfo = "";
    volatile String clientSecret = SECRET;
    volatile boolean sendsIssuer = true;
    volatile int expiresIn = 300;
    volatile String subject = "u-1";
    volatile String sid = "sid-1";

    TestProvider(InstantSource clock) {
        this.clock = clock;
        published = List.of(key);
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        serve("/.well-known/openid-configuration", _ -> new TokenAnswer(200, json(discovery())));
        serve("/jwks", _ -> {
            keyCalls.incrementAndGet();
            return new TokenAnswer(200, "{\"keys\":[" + String.join(",",
                    published.stream().map(each -> each.toPublicJWK().toJSONString()).toList()) + "]}");
        });
        serve("/token", this::token);
        serve("/userinfo", exchange -> {
            authorizations.add(header(exchange));
            return new TokenAnswer(200, userInfo);
        });
        server.start();
    }

    /// Something that takes its time.
    interface Step {
        void run() throws IOException;
    }

    private interface Handler {
        TokenAnswer answer(HttpExchange exchange) throws IOException;
    }

    private void serve(String path, Handler handler) {
        server.createContext(path, exchange -> {
            try (exchange) {
                TokenAnswer answer = handler.answer(exchange);
                byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().add("content-type", "application/json");
                exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
                exchange.getResponseBody().write(body);
            }
        });
    }

    private static String header(HttpExchange exchange) {
        String value = exchange.getRequestHeaders().getFirst("authorization");
        return value == null ? "" : value;
    }

    static ECKey newKey(String id) {
        try {
            return new ECKeyGenerator(Curve.P_256).keyID(id).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    String issuer() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private Map<String, Object> discovery() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("issuer", issuer());
        members.put("authorization_endpoint", issuer() + "/authorize");
        members.put("token_endpoint", issuer() + "/token");
        members.put("userinfo_endpoint", issuer() + "/userinfo");
        members.put("end_session_endpoint", issuer() + "/logout");
        members.put("jwks_uri", issuer() + "/jwks");
        members.put("authorization_response_iss_parameter_supported", sendsIssuer);
        metadata.accept(members);
        return members;
    }

    static String json(Map<String, Object> members) {
        return JSONObjectUtils.toJSONString(members);
    }

    static Map<String, String> parameters(String form) {
        Map<String, String> parameters = new HashMap<>();
        for (String pair : form.split("&", -1)) {
            int mark = pair.indexOf('=');
            if (mark > 0) {
                String name = java.net.URLDecoder.decode(pair.substring(0, mark), StandardCharsets.UTF_8);
                String old = parameters.put(name,
                        java.net.URLDecoder.decode(pair.substring(mark + 1), StandardCharsets.UTF_8));
                if (old != null) {
                    throw new IllegalArgumentException(name + " stands twice");
                }
            }
        }
        return parameters;
    }

    /// Logs a user in, as the page at the authorization endpoint would.
    ///
    /// @return the query with which the browser goes back
    String authorize(String location) {
        URI url = URI.create(location);
        if (!location.startsWith(issuer() + "/authorize?")) {
            throw new IllegalArgumentException("is not the authorization endpoint: " + location);
        }
        Map<String, String> request = parameters(url.getRawQuery());
        if (!CLIENT.equals(request.get("client_id")) || !"code".equals(request.get("response_type"))
                || !"S256".equals(request.get("code_challenge_method"))) {
            throw new IllegalArgumentException("can't be granted: " + request);
        }
        String code = "code-" + count.incrementAndGet();
        codes.put(code, new Code(request, subject));
        return "code=" + code + "&state=" + request.get("state")
                + (sendsIssuer ? "&iss=" + Form.encode(issuer()) : "");
    }

    private TokenAnswer token(HttpExchange exchange) throws IOException {
        tokenCalls.incrementAndGet();
        authorizations.add(header(exchange));
        Map<String, String> grant = parameters(
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.US_ASCII));
        grants.add(grant);
        Step before = beforeToken;
        if (before != null) {
            before.run();
        }
        TokenAnswer instead = tokenAnswer;
        if (instead != null) {
            return instead;
        }
        if (!knows(header(exchange), grant)) {
            return new TokenAnswer(401, "{\"error\":\"invalid_client\"}");
        }
        return "refresh_token".equals(grant.get("grant_type")) ? refreshed(grant) : exchanged(grant);
    }

    private boolean knows(String authorization, Map<String, String> grant) {
        if (clientSecret.isEmpty()) {
            return authorization.isEmpty() && CLIENT.equals(grant.get("client_id"));
        }
        String basic = "Basic " + java.util.Base64.getEncoder().encodeToString(
                (CLIENT + ':' + Form.encode(clientSecret)).getBytes(StandardCharsets.US_ASCII));
        if (authorization.isEmpty()) {
            return CLIENT.equals(grant.get("client_id")) && clientSecret.equals(grant.get("client_secret"));
        }
        return authorization.equals(basic) && !grant.containsKey("client_secret");
    }

    private TokenAnswer exchanged(Map<String, String> grant) {
        String given = Objects.requireNonNullElse(grant.get("code"), "");
        Code code = codes.get(given);
        if (code == null || !usedCodes.add(given)
                || !Objects.equals(code.request.get("redirect_uri"), grant.get("redirect_uri"))
                || !Objects.equals(code.request.get("code_challenge"),
                        Seal.digest(Objects.requireNonNullElse(grant.get("code_verifier"), "")))) {
            return new TokenAnswer(400, "{\"error\":\"invalid_grant\"}");
        }
        return tokens(code.subject, code.request.get("nonce"));
    }

    private TokenAnswer refreshed(Map<String, String> grant) {
        String of = refreshTokens.remove(Objects.requireNonNullElse(grant.get("refresh_token"), ""));
        if (of == null) {
            reuses.incrementAndGet();
            return new TokenAnswer(400, "{\"error\":\"invalid_grant\"}");
        }
        return tokens(of, null);
    }

    private TokenAnswer tokens(String of, @Nullable String nonce) {
        int number = count.incrementAndGet();
        String access = "access-" + number;
        String refresh = "refresh-" + number;
        refreshTokens.put(refresh, of);
        Map<String, Object> claims = claims(of);
        claims.put("nonce", nonce);
        claims.put("at_hash", hash(access));
        idTokenClaims.accept(claims);
        claims.values().removeIf(Objects::isNull);
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("access_token", access);
        members.put("token_type", "Bearer");
        members.put("expires_in", expiresIn);
        members.put("refresh_token", refresh);
        members.put("scope", "openid profile");
        members.put("id_token", idToken.apply(sign("JWT", claims)));
        tokenMembers.accept(members);
        members.values().removeIf(Objects::isNull);
        return new TokenAnswer(200, json(members));
    }

    Map<String, Object> claims(String of) {
        long now = clock.millis() / 1000;
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iss", issuer());
        claims.put("sub", of);
        claims.put("aud", CLIENT);
        claims.put("exp", now + 300);
        claims.put("iat", now);
        claims.put("sid", sid);
        claims.put("preferred_username", "ada");
        claims.put("roles", List.of("admin", "user"));
        return claims;
    }

    /// What a provider sends when a session has ended.
    String logoutToken(String type, Consumer<Map<String, Object>> change) {
        Map<String, Object> claims = claims(subject);
        claims.keySet().retainAll(Set.of("iss", "sub", "aud", "exp", "iat", "sid"));
        claims.put("jti", "jti-" + count.incrementAndGet());
        claims.put("events", Map.of("http://schemas.openid.net/event/backchannel-logout", Map.of()));
        change.accept(claims);
        claims.values().removeIf(Objects::isNull);
        return sign(type, claims);
    }

    static String hash(String access) {
        try {
            byte[] whole = MessageDigest.getInstance("SHA-256").digest(access.getBytes(StandardCharsets.US_ASCII));
            return Base64URL.encode(Arrays.copyOf(whole, 16)).toString();
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Signs claims with the provider's key.
    String sign(String type, Map<String, Object> claims) {
        try {
            JWSSigner signer = new ECDSASigner(key);
            JWSHeader.Builder header = new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID());
            JWSObject token = new JWSObject(header.type(new JOSEObjectType(type)).build(), new Payload(claims));
            token.sign(signer);
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Signs with another key from now on.
    void rotate(String id) {
        List<ECKey> all = new ArrayList<>(published);
        key = newKey(id);
        all.add(key);
        published = List.copyOf(all);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
