package io.tidegate.engine.observe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretNamesTest {

    private static boolean secret(String name) {
        byte[] bytes = SampleRecord.bytes("?" + name + "=");
        return SecretNames.contains(bytes, 1, bytes.length - 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"access_token", "token", "api_key", "apikey", "key", "password", "secret", "code",
        "signature", "TOKEN", "id_token", "refreshToken", "client_secret", "X-Amz-Signature", "X-Amz-Security-Token",
        "X-Amz-Credential", "user%5Bpassword%5D", "user[password]", "%74oken", "to%6Ben", "sig", "pwd", "passwd",
        "jwt", "api-key[0]"})
    void knowsNamesOfSecrets(String name) {
        assertThat(secret(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "page", "q", "monkey", "keyword", "tokens", "zipcode", "codes", "secretary", "id",
        "oken", "sort", "%zz", "%", "nature"})
    void leavesOtherNamesAlone(String name) {
        assertThat(secret(name)).isFalse();
    }
}
