package io.tidegate.control.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.tidegate.config.ConfigLoader;
import io.tidegate.config.ConfigWriter;
import io.tidegate.config.Loaded;
import io.tidegate.config.Plugins;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Secrets of a server that speaks as Vault's documentation of its HTTP API says.
class VaultSecretsTest {

    private static final String TOKEN = "hvs.token-of-tests";

    private final Map<String, String> environment = new HashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    @SuppressWarnings("NullAway.Init") // before each test
    private HttpServer server;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        environment.put("VAULT_ADDR", "http://127.0.0.1:" + server.getAddress().getPort());
        environment.put("VAULT_TOKEN", TOKEN);
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        asked.add(exchange.getRequestMethod() + " " + path + " "
                + exchange.getRequestHeaders().getFirst("X-Vault-Namespace"));
        if (path.equals("/v1/auth/approle/login")) {
            boolean known = body.equals("{\"role_id\":\"role-1\",\"secret_id\":\"secret-1\"}");
            respond(exchange, known ? 200 : 400, known
                    ? "{\"auth\":{\"client_token\":\"" + TOKEN + "\",\"lease_duration\":1200}}"
                    : "{\"errors\":[\"invalid role or secret ID\"]}");
            return;
        }
        if (!TOKEN.equals(exchange.getRequestHeaders().getFirst("X-Vault-Token"))
                || !"true".equals(exchange.getRequestHeaders().getFirst("X-Vault-Request"))) {
            respond(exchange, 403, "{\"errors\":[\"permission denied\"]}");
            return;
        }
        switch (path) {
            case "/v1/secret/data/orders" -> respond(exchange, 200, """
                    {"request_id":"1","data":{"data":{"key":"s3cret-of-two","number":7},
                     "metadata":{"version":3,"destroyed":false}}}""");
            case "/v1/kv/orders" -> respond(exchange, 200, "{\"data\":{\"key\":\"s3cret-of-one\"}}");
            case "/v1/sealed" -> respond(exchange, 503, "{\"errors\":[\"Vault is sealed\"]}");
            case "/v1/garbage" -> respond(exchange, 200, "<html>");
            case "/v1/moved" -> {
                exchange.getResponseHeaders().add("Location", "/v1/kv/orders");
                respond(exchange, 307, "");
            }
            default -> respond(exchange, 404, "{\"errors\":[]}");
        }
    }

    private static void respond(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private VaultSecrets vault() {
        return new VaultSecrets(environment::get);
    }

    @Test
    void aFieldIsReadOfBothVersionsOfTheStore() {
        environment.put("VAULT_NAMESPACE", "shop");

        assertThat(vault().read("secret/data/orders#key")).isEqualTo("s3cret-of-two");
        assertThat(vault().read("kv/orders#key")).isEqualTo("s3cret-of-one");
        assertThat(asked).containsExactly("GET /v1/secret/data/orders shop", "GET /v1/kv/orders shop");
    }

    @Test
    void aRoleGetsATokenFirst() {
        environment.remove("VAULT_TOKEN");
        environment.put("VAULT_ROLE_ID", "role-1");
        environment.put("VAULT_SECRET_ID", "secret-1");

        assertThat(vault().read("kv/orders#key")).isEqualTo("s3cret-of-one");

        environment.put("VAULT_SECRET_ID", "secret-2");
        assertThatThrownBy(() -> vault().read("kv/orders#key")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("it refuses auth/approle/login (400)").message().doesNotContain("secret-2");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            secret/data/orders#other  | Vault has no text 'other' at 'secret/data/orders'
            secret/data/orders#number | Vault has no text 'number'
            kv/nothing#key            | can't be asked for 'kv/nothing': there is nothing (404)
            sealed#key                | it is sealed or down for maintenance (503)
            garbage#key               | its answer is not JSON
            moved#key                 | it answers 307
            kv/orders                 | expected ${vault:path#field}
            '#key'                    | expected ${vault:path#field}
            kv/../sys/seal#key        | expected ${vault:path#field}
            kv/orders?list=true#key   | expected ${vault:path#field}""")
    void whatCantBeReadIsAnErrorThatSaysWhy(String reference, String problem) {
        assertThatThrownBy(() -> vault().read(reference)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(problem);
    }

    @Test
    void aTokenThatMayNotReadIsAnErrorThatDoesNotShowIt() {
        environment.put("VAULT_TOKEN", "hvs.another");
        assertThatThrownBy(() -> vault().read("kv/orders#key")).hasMessageContaining("may not read it (403)")
                .message().doesNotContain("hvs.another");
    }

    @Test
    void withoutAServerOrATokenTheErrorSaysWhatToSet() {
        environment.remove("VAULT_TOKEN");
        assertThatThrownBy(() -> vault().read("kv/orders#key")).hasMessageContaining("neither VAULT_TOKEN nor");
        environment.remove("VAULT_ADDR");
        assertThatThrownBy(() -> vault().read("kv/orders#key")).hasMessageContaining("VAULT_ADDR is not set");
    }

    @ParameterizedTest
    @ValueSource(strings = {"vault.example.com:8200", "ftp://vault.example.com", "http://a b"})
    void anAddressThatIsNoneIsAnError(String address) {
        environment.put("VAULT_ADDR", address);
        assertThatThrownBy(() -> vault().read("kv/orders#key")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("VAULT_ADDR must be the URL of a server (was '" + address + "')");
    }

    @Test
    void aServerThatIsNotThereIsAnError() {
        server.stop(0);
        assertThatThrownBy(() -> vault().read("kv/orders#key")).hasMessageContaining("no answer from");
    }

    @Test
    void aConfigurationHasTheSecretAndShowsItNowhere() {
        ConfigLoader loader = new ConfigLoader(Plugins.none(), name -> null, List.of(vault()));

        Loaded loaded = loader.loadText("tidegate.yaml", "admin: { token: \"${vault:secret/data/orders#key}-more\" }");
        Loaded refused = loader.loadText("tidegate.yaml",
                "admin: { token: \"${vault:kv/nothing#key}\", address: \"${vault:secret/data/orders#key}\" }");

        assertThat(loaded).isInstanceOf(Loaded.Accepted.class);
        Loaded.Accepted accepted = (Loaded.Accepted) loaded;
        assertThat(accepted.config().admin().token()).isEqualTo("s3cret-of-two-more");
        assertThat(ConfigWriter.json(accepted)).doesNotContain("s3cret-of-two");
        assertThat(refused).isInstanceOf(Loaded.Rejected.class);
        String problems = ((Loaded.Rejected) refused).problems().toString();
        assertThat(problems).contains("tidegate.yaml:1:17").contains("there is nothing (404)")
                .doesNotContain("s3cret-of-two");
    }
}
