package io.tidegate.tests.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import io.tidegate.testkit.RawResponse;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// What services are told of who calls, and how they check it.
class IdentityTokenTest extends AccessFixture {

    private static final String IDENTITY = "identity: { issuer: \"https://gateway.test\", audience: [orders] }";

    private static final String KEYS = "keys: { match: [{ path: /.well-known/jwks.json }],"
            + " policies: [{ identityKeys: {} }] }";

    private JWKSet keys() throws Exception {
        RawResponse response = get("/.well-known/jwks.json");
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.field("cache-control")).isEqualTo("public, max-age=300");
        return JWKSet.parse(response.body());
    }

    private boolean verifies(SignedJWT token) throws Exception {
        return token.verify(new ECDSAVerifier(keys().getKeyByKeyId(token.getHeader().getKeyID()).toECKey()));
    }

    private SignedJWT lastToken() throws Exception {
        return SignedJWT.parse(Objects.requireNonNull(service.requests().getLast().field("x-tidegate-identity")));
    }

    @Test
    void aServiceChecksWhoCallsByThePublishedKeys() throws Exception {
        startKnowing(yaml("caller: {}", IDENTITY).beside(KEYS));

        RawResponse response = send(KnownCallers.by("shop") + "X-Tidegate-Identity: forged\r\n");

        assertThat(response.status()).isEqualTo(200);
        assertThat(service.requests().getLast().count("x-tidegate-identity")).isEqualTo(1);
        SignedJWT token = lastToken();
        assertThat(token.getJWTClaimsSet().getSubject()).isEqualTo("u-1");
        assertThat(token.getJWTClaimsSet().getStringClaim("consumer")).isEqualTo("shop");
        assertThat(verifies(token)).isTrue();
        assertThat(send(KnownCallers.by("shop")).status()).isEqualTo(200);
        assertThat(lastToken().serialize()).isEqualTo(token.serialize());
        assertThat(gateway.metric("tidegate_policy_events_total", "event=\"signed\"")).isEqualTo(1);
    }

    @Test
    void nobodyCanPretendToBeSomebody() {
        startKnowing(yaml("caller: {}", IDENTITY).beside(KEYS));

        assertThat(send("X-Tidegate-Identity: forged\r\nx-tidegate-identity: twice\r\n").status()).isEqualTo(200);
        assertThat(service.requests().getLast().count("x-tidegate-identity")).isZero();
    }

    @Test
    void keysOutliveAReload() throws Exception {
        startKnowing(yaml("caller: {}", IDENTITY).beside(KEYS));
        send(KnownCallers.by("shop"));
        SignedJWT token = lastToken();

        KnownCallers.SHOP_AND_GUEST.apply(gateway, yaml("caller: {}",
                IDENTITY.replace("audience: [orders]", "audience: [orders, more]")).beside(KEYS).text());
        send(KnownCallers.by("shop"));

        assertThat(lastToken().getHeader().getKeyID()).isEqualTo(token.getHeader().getKeyID());
        assertThat(lastToken().getJWTClaimsSet().getAudience()).containsExactly("orders", "more");
        assertThat(verifies(token)).isTrue();
    }
}
