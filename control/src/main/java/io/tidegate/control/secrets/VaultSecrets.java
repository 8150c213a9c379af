package io.tidegate.control.secrets;

import io.tidegate.config.SecretSource;
import io.tidegate.config.pem.ClientContexts;
import io.tidegate.config.pem.UnusableFileException;
import io.tidegate.control.json.JsonTree;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Secrets of a Vault server: `${vault:secret/data/orders#password}` is the field `password` of what
/// `GET /v1/secret/data/orders` answers, in a store of key-value pairs of version 1 or 2.
///
/// Where the server is and how it is spoken to stands in the environment, by the names that Vault's own client has:
/// `VAULT_ADDR`, `VAULT_NAMESPACE`, `VAULT_CACERT`, and `VAULT_TOKEN`; or, for AppRole, `VAULT_ROLE_ID` and
/// `VAULT_SECRET_ID`. A token that AppRole gave is used for one read and asked for again with the next.
public final class VaultSecrets implements SecretSource {

    private static final int LARGEST = 1 << 20;
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
        try (HttpClient client = client()) {
            try {
                JsonTree data = ask(client, server, path, request("GET", server, path, token(client, server), null))
                        .get("data");
                // Version 2 of the store has the pairs a level deeper, beside what it knows of them.
                String value = (data.get("metadata").get("version").number(-1) >= 0 ? data.get("data") : data)
                        .get(field).text();
                if (value == null) {
                    throw new IllegalArgumentException("Vault has no text '" + field + "' at '" + path + "'");
                }
                return value;
            } catch (IOException e) {
                throw new IllegalArgumentException("Vault can't be asked for '" + path + "': " + e.getMessage(), e);
            } finally {
                client.shutdownNow();
            }
        }
    }

    private String token(HttpClient client, String server) throws IOException {
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
        String given = ask(client, server, path, request("POST", server, path, null, body)).get("auth")
                .get("client_token").text();
        if (given == null) {
            throw new IOException("it gave no token for the role");
        }
        return given;
    }

    private HttpRequest request(String method, String server, String path, @Nullable String token,
            @Nullable String body) {
        String base = server.endsWith("/") ? server.substring(0, server.length() - 1) : server;
        HttpRequest.Builder request;
        try {
            request = HttpRequest.newBuilder(URI.create(base + "/v1/" + path));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("VAULT_ADDR must be the URL of a server (was '" + server + "')", e);
        }
        request.method(method, body == null
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8)).header("X-Vault-Request", "true");
        String namespace = environment.apply("VAULT_NAMESPACE");
        if (namespace != null && !namespace.isEmpty()) {
            request.header("X-Vault-Namespace", namespace);
        }
        if (token != null) {
            request.header("X-Vault-Token", token);
        }
        return request.build();
    }

    private HttpClient client() {
        HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(LIMIT)
                .version(HttpClient.Version.HTTP_1_1).executor(Executors.newVirtualThreadPerTaskExecutor());
        String ca = environment.apply("VAULT_CACERT");
        if (ca != null && !ca.isEmpty()) {
            try {
                builder.sslContext(ClientContexts.trusting(Path.of(ca)));
            } catch (UnusableFileException e) {
                throw new IllegalArgumentException("can't use the file of VAULT_CACERT, " + ca + ": " + e.getMessage(),
                        e);
            }
        }
        return builder.build();
    }

    private static JsonTree ask(HttpClient client, String server, String path, HttpRequest request)
            throws IOException {
        CompletableFuture<HttpResponse<byte[]>> sent = client.sendAsync(request,
                BodyHandlers.limiting(BodyHandlers.ofByteArray(), LARGEST));
        HttpResponse<byte[]> answer;
        try {
            answer = sent.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException("no answer from " + server + " within " + LIMIT.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException("no answer from " + server + ": "
                    + (cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            sent.cancel(true);
        }
        return switch (answer.statusCode()) {
            case 200 -> JsonTree.read(answer.body());
            case 400 -> throw new IOException("it refuses " + path + " (400)");
            case 403 -> throw new IOException("it says that this token may not read it (403)");
            case 404 -> throw new IOException("there is nothing (404)");
            case 503 -> throw new IOException("it is sealed or down for maintenance (503)");
            default -> throw new IOException("it answers " + answer.statusCode());
        };
    }
}
