package io.tidegate.tests.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/// A small OpenID provider that logs everybody in as `ada`.
final class LoginServer implements AutoCloseable {

    private final ECKey key;
    private final HttpServer server;
    private final Map<String, String> nonces = new ConcurrentHashMap<>();
    private final AtomicInteger codes = new AtomicInteger();

    LoginServer() {
        try {
            key = new ECKeyGenerator(Curve.P_256).keyID("k1").generate();
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        serve("/.well-known/openid-configuration",
                _ -> ("{\"issuer\":\"@\",\"jwks_uri\":\"@/jwks\",\"authorization_endpoint\":\"@/auth\","
                        + "\"token_endpoint\":\"@/token\",\"end_session_endpoint\":\"@/end\"}").replace("@", issuer()));
        serve("/jwks", _ -> "{\"keys\":[" + key.toPublicJWK().toJSONString() + "]}");
        serve("/token", body -> "{\"token_type\":\"Bearer\",\"access_token\":\"a\",\"id_token\":\""
                + token("\"nonce\":\"" + nonces.remove(form(body).getOrDefault("code", "")) + "\"") + "\"}");
        server.start();
    }

    private void serve(String path, Function<String, String> answer) {
        server.createContext(path, exchange -> {
            try (exchange) {
                String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.US_ASCII);
                byte[] bytes = answer.apply(body).getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, bytes.length);
                exchange.getResponseBody().write(bytes);
            }
        });
    }

    String issuer() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private String token(String more) {
        long now = System.currentTimeMillis() / 1000;
        try {
            JWSObject token = new JWSObject(new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("k1").build(),
                    new Payload("{\"iss\":\"" + issuer() + "\",\"aud\":\"shop\",\"sub\":\"u-1\",\"sid\":\"s-1\","
                            + "\"name\":\"ada\",\"iat\":" + now + ",\"exp\":" + (now + 300) + "," + more + "}"));
            token.sign(new ECDSASigner(key));
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /// What the provider sends when it has ended a session.
    String logoutToken() {
        return token("\"jti\":\"j" + codes.incrementAndGet()
                + "\",\"events\":{\"http://schemas.openid.net/event/backchannel-logout\":{}}");
    }

    private static Map<String, String> form(String text) {
        Map<String, String> form = new HashMap<>();
        for (String pair : text.split("&", -1)) {
            int mark = pair.indexOf('=');
            form.put(pair.substring(0, mark),
                    URLDecoder.decode(pair.substring(mark + 1), StandardCharsets.UTF_8));
        }
        return form;
    }

    /// Logs a user in who was sent here.
    ///
    /// @return path and query with which the browser goes back
    String logIn(String location) {
        Map<String, String> question = form(URI.create(location).getRawQuery());
        String code = "c" + codes.incrementAndGet();
        nonces.put(code, Objects.requireNonNull(question.get("nonce")));
        return URI.create(Objects.requireNonNull(question.get("redirect_uri"))).getPath() + "?code=" + code + "&state="
                + question.get("state");
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
