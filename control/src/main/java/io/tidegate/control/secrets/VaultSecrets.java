package io.tidegate.control.secrets;

import io.tidegate.api.FilePath;
import io.tidegate.config.SecretSource;
import io.tidegate.control.json.JsonClient;
import io.tidegate.control.json.JsonTree;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Secrets of a Vault server: `${vault:secret/data/orders#password}` is the field `password` of what
/// `GET /v1/secret/data/orders` answers, in a store of key-value pairs of version 1 or 2.
///
/// Where the server is and how it is spoken to stands in the environment, by the names that Vault's own client has:
/// `VAULT_ADDR`, `VAULT_NAMESPACE`, `VAULT_CACERT`, and `VAULT_TOKEN`; or, for AppRole, `VAULT_ROLE_ID` and
/// `VAULT_SECRET_ID`. A token that AppRole gave is used for one read and asked for again with the next.
public final class VaultSecrets implements SecretSource {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final Function<String, @Nullable String> environment;

    /// Secrets of the server that the environment names, which is looked at when something is read.
    public VaultSecrets(Function<String, @Nullable String> environment) {
        this.environment = environment;
    }

    @Override
    public String scheme() {
        return "vault";
    }

    @Override
    public String read(String reference) {
        int hash = reference.indexOf('#');
        if (hash < 1 || hash == reference.length() - 1 || !reference.matches("[A-Za-z0-9_.#/-]+")
                || reference.contains("..")) {
            throw new IllegalArgumentException(
                    "has '${vault:" + reference
                            + "}': expected ${vault:path#field}, as ${vault:secret/data/orders#key}");
        }
        String path = reference.substring(0, hash);
        String field = reference.substring(hash + 1);
        String server = environment.apply("VAULT_ADDR");
        if (server == null || server.isEmpty()) {
            throw new IllegalArgumentException("has '${vault:…}', and the environment variable VAULT_ADDR is not set");
        }
        try (JsonClient client = new JsonClient(authorities())) {
            JsonTree data = asked(client.get(url(server, path), fields(token(client, server)), LIMIT), path)
                    .get("data");
            // Version 2 of the store has the pairs a level deeper, beside what it knows of them.
            String value = (data.get("metadata").get("version").number(-1) >= 0 ? data.get("data") : data).get(field)
                    .text();
            if (value == null) {
                throw new IllegalArgumentException("Vault has no text '" + field + "' at '" + path + "'");
            }
            return value;
        } catch (IOException e) {
            throw new IllegalArgumentException("Vault can't be asked for '" + path + "': " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalArgumentException("Vault was not asked for '" + path + "'", e);
        }
    }

    private @Nullable FilePath authorities() {
        String ca = environment.apply("VAULT_CACERT");
        return ca == null || ca.isEmpty() ? null : FilePath.of(ca);
    }

    private String token(JsonClient client, String server) throws IOException, InterruptedException {
        String token = environment.apply("VAULT_TOKEN");
        if (token != null && !token.isEmpty()) {
            return token;
        }
        String role = environment.apply("VAULT_ROLE_ID");
        String secret = environment.apply("VAULT_SECRET_ID");
        if (role == null || secret == null || !(role + secret).matches("[!-~&&[^\"\\\\]]+")) {
            throw new IllegalArgumentException(
                    "has '${vault:…}', and neither VAULT_TOKEN nor VAULT_ROLE_ID and VAULT_SECRET_ID are set");
        }
        String path = "auth/approle/login";
        String body = "{\"role_id\":\"" + role + "\",\"secret_id\":\"" + secret + "\"}";
        String given = asked(client.post(url(server, path), fields(null), body, LIMIT), path).get("auth")
                .get("client_token").text();
        if (given == null) {
            throw new IOException("it gave no token for the role");
        }
        return given;
    }

    private static URI url(String server, String path) {
        String base = server.endsWith("/") ? server.substring(0, server.length() - 1) : server;
        URI url;
        try {
            url = URI.create(base + "/v1/" + path);
        } catch (IllegalArgumentException e) {
            throw noServer(server, e);
        }
        if (url.getHost() == null || !("https".equals(url.getScheme()) || "http".equals(url.getScheme()))) {
            throw noServer(server, null);
        }
        return url;
    }

    private static IllegalArgumentException noServer(String server, @Nullable Throwable cause) {
        return new IllegalArgumentException("VAULT_ADDR must be the URL of a server (was '" + server + "')", cause);
    }

    private Map<String, String> fields(@Nullable String token) {
        Map<String, String> fields = new HashMap<>(Map.of("X-Vault-Request", "true"));
        String namespace = environment.apply("VAULT_NAMESPACE");
        if (namespace != null && !namespace.isEmpty()) {
            fields.put("X-Vault-Namespace", namespace);
        }
        if (token != null) {
            fields.put("X-Vault-Token", token);
        }
        return fields;
    }

    private static JsonTree asked(JsonClient.Reply answer, String path) throws IOException {
        return switch (answer.status()) {
            case 200 -> answer.json();
            case 400 -> throw new IOException("it refuses " + path + " (400)");
            case 403 -> throw new IOException("it says that this token may not read it (403)");
            case 404 -> throw new IOException("there is nothing (404)");
            case 503 -> throw new IOException("it is sealed or down for maintenance (503)");
            default -> throw new IOException("it answers " + answer.status());
        };
    }
}
