package io.tidegate.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@SuppressWarnings("NullAway.Init")
class UpstreamEndpointsTest extends ControlPlaneFixture {

    private static final String ENDPOINT = "upstream=orders&endpoint=10.0.0.1:80";

    @Test
    void tellsHowEndpointsAreDoing() throws IOException {
        start();

        assertThat(get("/upstreams").body()).isEqualTo("{\"upstreams\":{\"orders\":{\"panic\":true,\"subsetOf\":5,"
                + "\"circuitBreaker\":\"half open\",\"concurrency\":{\"running\":3,\"limit\":20,\"waiting\":1},\"endpoints\":["
                + "{\"endpoint\":\"10.0.0.1:80\",\"healthy\":true,\"draining\":false,\"zone\":\"eu-1a\",\"circuitBreaker\":\"open\"},"
                + "{\"endpoint\":\"10.0.0.2:80\",\"healthy\":false,\"draining\":false,\"unhealthy\":\"status 500\","
                + "\"ejected\":\"errors\",\"ejectedForMillis\":9000,\"startingPercent\":40}]},"
                + "\"users\":{\"panic\":false,\"discovery\":{\"source\":\"dns users.internal:80\",\"endpoints\":0,"
                + "\"ageSeconds\":12,\"failure\":\"no such name\"},\"endpoints\":[]}}}\n");
        assertThat(open("/upstreams").statusCode()).isEqualTo(401);
    }

    @Test
    void takesAnEndpointOutAndInAgain() throws IOException {
        start();

        HttpResponse<String> out = send("/upstreams/drain?" + ENDPOINT,
                request -> request.POST(BodyPublishers.noBody()));
        assertThat(out.statusCode()).isEqualTo(200);
        assertThat(out.body()).contains("{\"endpoint\":\"10.0.0.1:80\",\"healthy\":false,\"draining\":true,\"zone\"");
        assertThat(log.lines())
                .anyMatch(line -> line.contains("endpoint 10.0.0.1:80 of upstream orders drained by 127.0.0.1"));

        HttpResponse<String> in = send("/upstreams/drain?" + ENDPOINT, request -> request.DELETE());
        assertThat(in.body()).contains("{\"endpoint\":\"10.0.0.1:80\",\"healthy\":true,\"draining\":false,\"zone\"");
    }

    @ParameterizedTest
    @CsvSource({"upstream=orders&endpoint=10.0.0.9:80, 404, an endpoint '10.0.0.9:80'",
        "upstream=payments&endpoint=10.0.0.1:80, 404, an upstream 'payments'",
        "upstream=orders, 400, there must be one endpoint (there were 0)",
        "upstream=orders&upstream=b&endpoint=a, 400, there must be one upstream (there were 2)",
        "upstream=orders&endpoint=a&all=1, 400, parameters must be upstream and endpoint (was 'all')"})
    void refusesWhatItDoesNotKnow(String query, int status, String said) throws IOException {
        start();

        HttpResponse<String> response = send("/upstreams/drain?" + query,
                request -> request.POST(BodyPublishers.noBody()));

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.body()).contains(said);
    }
}
