package io.tidegate.tests.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.X509CertUtils;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.netty.pkitesting.X509Bundle;
import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.RawResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Tokens that are of use only to whom they were given: to the holder of a certificate (RFC 8705), or of a key
/// (RFC 9449).
class BoundTokensTest extends CertificatesFixture {

    private static final String URL = "https://one.test/orders";
    private static final ECKey KEY = KeyServer.key("issuer");
    private static final ECKey CLIENT = KeyServer.key("client");
    private static final ECKey THIEF = KeyServer.key("client");

    private final KeyServer issuer = KeyServer.start(KEY);

    @AfterEach
    void end() {
        issuer.close();
    }

    private void trustIssuer(String more) {
        start(secured("jwt: { issuer: \"" + issuer.issuer() + "\", audience: orders" + more
                + ", refresh: { hold: 20s }, http: { timeout: 20s, connectTimeout: 20s } }"));
    }

    private RawResponse show(@Nullable X509Bundle certificate, String authorization, String... proofs) {
        StringBuilder fields = new StringBuilder("Authorization: " + authorization + "\r\n");
        for (String proof : proofs) {
            fields.append("DPoP: ").append(proof).append("\r\n");
        }
        return sendShowing(certificate, fields.toString());
    }

    private int statusOverHttp2(@Nullable X509Bundle shown, String... fields) {
        try (Http2Client client = Http2Client.secure(gateway.address(), servers.trust(shown), "one.test")
                .host("one.test")) {
            return client.get("/orders?id=1", fields).status();
        }
    }

    private static String proof(ECKey key, String token, String method, String url) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.US_ASCII));
            SignedJWT proof = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.ES256).type(new JOSEObjectType("dpop+jwt"))
                            .jwk(key.toPublicJWK()).build(),
                    new JWTClaimsSet.Builder().jwtID(UUID.randomUUID().toString()).claim("htm", method)
                            .claim("htu", url).issueTime(Date.from(Instant.now()))
                            .claim("ath", Base64URL.encode(hash).toString()).build());
            proof.sign(new ECDSASigner(key));
            return proof.serialize();
        } catch (JOSEException | NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void assertRefused(RawResponse response, String fault) {
        assertThat(response.status()).isEqualTo(401);
        assertThat(response.fault()).isEqualTo(fault);
    }

    @Test
    void aTokenOfACertificateIsOfUseOnConnectionsWithThatCertificateAlone() {
        trustIssuer("");
        X509Bundle holder = clients.client("orders");
        String token = "Bearer " + issuer.boundToken(KEY, "ann",
                Map.of("x5t#S256", X509CertUtils.computeSHA256Thumbprint(holder.getCertificate()).toString()));

        assertThat(show(holder, token).status()).isEqualTo(200);
        assertThat(statusOverHttp2(holder, "authorization", token)).isEqualTo(200);
        assertThat(service.requestCount()).isEqualTo(2);
        assertRefused(show(clients.client("payments"), token), "token.binding");
        assertRefused(show(clients.client("orders"), token), "token.binding");
        assertRefused(show(null, token), "token.binding");
        assertThat(statusOverHttp2(null, "authorization", token)).isEqualTo(401);
        assertThat(service.requestCount()).isEqualTo(2);
    }

    @Test
    void aTokenOfAKeyIsOfUseWithAProofAndEachProofOnce() throws JOSEException {
        trustIssuer(", dpop: {}");
        String token = issuer.boundToken(KEY, "ann", Map.of("jkt", CLIENT.computeThumbprint().toString()));
        String shown = "DPoP " + token;
        String proof = proof(CLIENT, token, "GET", URL);

        assertThat(show(null, shown, proof).status()).isEqualTo(200);
        RawResponse again = show(null, shown, proof);
        assertRefused(again, "dpop.proof");
        assertThat(again.field("www-authenticate")).startsWith("DPoP ").endsWith("error=\"invalid_dpop_proof\"");
        assertThat(statusOverHttp2(null, "authorization", shown, "dpop", proof)).isEqualTo(401);
        assertThat(statusOverHttp2(null, "authorization", shown, "dpop", proof(CLIENT, token, "GET", URL)))
                .isEqualTo(200);
        assertThat(service.requestCount()).isEqualTo(2);
    }

    @Test
    void whoHasStolenATokenOfAKeyGetsNowhere() throws JOSEException {
        trustIssuer(", dpop: {}");
        String token = issuer.boundToken(KEY, "ann", Map.of("jkt", CLIENT.computeThumbprint().toString()));
        String other = issuer.boundToken(KEY, "ann", Map.of("jkt", THIEF.computeThumbprint().toString()));
        String shown = "DPoP " + token;

        assertRefused(show(null, "Bearer " + token), "token.binding");
        assertRefused(show(null, shown), "dpop.proof");
        assertRefused(show(null, shown, proof(THIEF, token, "GET", URL)), "token.binding");
        assertRefused(show(null, shown, proof(CLIENT, other, "GET", URL)), "dpop.proof");
        assertRefused(show(null, shown, proof(CLIENT, token, "POST", URL)), "dpop.proof");
        assertRefused(show(null, shown, proof(CLIENT, token, "GET", "http://one.test/orders")), "dpop.proof");
        assertRefused(show(null, shown, proof(CLIENT, token, "GET", "https://two.test/orders")), "dpop.proof");
        assertRefused(show(null, shown, proof(CLIENT, token, "GET", URL), proof(CLIENT, token, "GET", URL)),
                "dpop.proof");
        assertThat(service.requestCount()).isZero();
    }
}
