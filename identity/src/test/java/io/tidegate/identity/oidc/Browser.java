package io.tidegate.identity.oidc;

import io.tidegate.testkit.PolicyTester;
import io.tidegate.testkit.TesterRequest;
import io.tidegate.testkit.TesterResult;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/// A browser as far as cookies go: keeps those of `https://shop.test` and sends them.
final class Browser {

    private final PolicyTester tester;
    private final TestProvider provider;
    final Map<String, String> cookies = new LinkedHashMap<>();

    Browser(PolicyTester tester, TestProvider provider) {
        this.tester = tester;
        this.provider = provider;
    }

    /// Another browser with the same cookies.
    Browser copy() {
        Browser copy = new Browser(tester, provider);
        copy.cookies.putAll(cookies);
        return copy;
    }

    /// The same cookies before another gateway.
    Browser before(PolicyTester other) {
        Browser copy = new Browser(other, provider);
        copy.cookies.putAll(cookies);
        return copy;
    }

    TesterRequest request(String method, String target) {
        TesterRequest request = tester.request(method, target).secure().authority("shop.test");
        if (!cookies.isEmpty()) {
            StringBuilder field = new StringBuilder();
            cookies.forEach((name, value) -> field.append(field.isEmpty() ? "" : "; ").append(name).append('=')
                    .append(value));
            request.header("cookie", field.toString());
        }
        return request;
    }

    /// Goes to a page.
    TesterResult open(String target) {
        return take(request("GET", target).header("accept", "text/html,*/*;q=0.8").header("sec-fetch-mode", "navigate")
                .send());
    }

    /// What a script asks for.
    TesterResult fetch(String target) {
        return take(request("GET", target).header("accept", "*/*").header("sec-fetch-mode", "cors").send());
    }

    TesterResult take(TesterResult result) {
        for (String field : result.headerValues("set-cookie")) {
            String pair = field.substring(0, field.indexOf(';'));
            String name = pair.substring(0, pair.indexOf('='));
            if (field.endsWith("; Max-Age=0")) {
                cookies.remove(name);
            } else {
                cookies.put(name, pair.substring(name.length() + 1));
            }
        }
        return result;
    }

    /// Goes to a page, to the provider and back.
    TesterResult logIn(String target) {
        return back(Objects.requireNonNull(open(target).header("location")));
    }

    /// Comes back from the provider.
    TesterResult back(String location) {
        return open(callback(location) + "?" + provider.authorize(location));
    }

    private static String callback(String location) {
        String redirect = TestProvider.parameters(URI.create(location).getRawQuery()).get("redirect_uri");
        return URI.create(Objects.requireNonNull(redirect)).getPath();
    }
}
