package io.tidegate.engine.route;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Random routes, in the notation of [Declared], and random requests that often meet them.
final class RandomRoutes {

    private static final String[] HOSTS = {"a.com", "x.a.com", "y.x.a.com", "com", "b.org", "[::1]", "1.2.3.4"};
    private static final String[] METHODS = {"GET", "POST", "PUT", "HEAD", "OPTIONS", "DELETE", "PURGE"};
    private static final String[] HEADERS = {"x-a=1", "x-a=1,_2", "x-a", "!x-a", "X-B=true", "x-b~t.*", "!x-b"};
    private static final String[] QUERIES = {"q=1", "q", "!q", "q~[0-9]+", "r=a_b", "r=", "r"};
    private static final String[] PARTS = {"q=1", "q=2", "q", "q=", "r=a+b", "r=a%20b", "%71=1", "s=1", "", "r",
        "q=%31"};
    private static final String[] EXPRESSIONS = {"/a.*", "/.*b", "/[ab]/[^/]+", "/a/b/?"};

    private RandomRoutes() {
    }

    static String route(Random random) {
        StringBuilder text = new StringBuilder(match(random));
        while (chance(random, 5)) {
            text.append(" |").append(match(random));
        }
        if (chance(random, 4)) {
            text.append(" precedence:").append(random.nextInt(3));
        }
        if (!chance(random, 3)) {
            text.append(chance(random, 2) ? " slash:same" : " slash:redirect");
        }
        return text.toString();
    }

    private static String match(Random random) {
        StringBuilder text = new StringBuilder();
        while (chance(random, 2)) {
            String host = pick(random, HOSTS);
            text.append(" host:").append(chance(random, 3) && !host.startsWith("[") ? "*." : "").append(host);
        }
        if (!chance(random, 8)) {
            text.append(chance(random, 8) ? " regex:" + pick(random, EXPRESSIONS) : " path:" + pattern(random));
        }
        while (chance(random, 2)) {
            text.append(' ').append(pick(random, METHODS));
        }
        while (chance(random, 5)) {
            text.append(" header:").append(pick(random, HEADERS));
        }
        while (chance(random, 6)) {
            text.append(" query:").append(pick(random, QUERIES));
        }
        return text.toString();
    }

    /// A route that differs from others of its kind by the values that it compares more than by its path.
    static String routeByValue(Random random) {
        StringBuilder text = new StringBuilder("path:/a").append(chance(random, 4) ? "/**" : "");
        while (chance(random, 3)) {
            text.append(' ').append(pick(random, METHODS));
        }
        while (!chance(random, 3)) {
            text.append(chance(random, 3)
                    ? " query:" + pick(random, QUERIES)
                    : " header:" + pick(random, "x-a=", "X-A=", "x-b=") + pick(random, "1", "2", "true", "1,_2"));
        }
        return text.append(" precedence:").append(random.nextInt(3)).toString();
    }

    static TextInput requestByValue(Random random) {
        TextInput input = request(random);
        return TextInput.of(input.method(), "", chance(random, 4) ? "/a/b" : "/a", input.query(), input.fields());
    }

    private static String pattern(Random random) {
        StringBuilder pattern = new StringBuilder();
        int count = random.nextInt(5);
        for (int i = 0; i < count; i++) {
            pattern.append('/').append(chance(random, 3) ? "{p" + i + "}" : pick(random, "a", "b", "c"));
        }
        if (chance(random, 3)) {
            return pattern.append(chance(random, 2) ? "/**" : "/{rest**}").toString();
        }
        return count == 0 || chance(random, 6) ? pattern.append('/').toString() : pattern.toString();
    }

    static TextInput request(Random random) {
        StringBuilder path = new StringBuilder();
        int count = random.nextInt(5);
        for (int i = 0; i < count; i++) {
            path.append('/').append(pick(random, "a", "b", "c", "d"));
        }
        if (count == 0 || chance(random, 3)) {
            path.append('/');
        }
        String query = null;
        if (chance(random, 2)) {
            List<String> parts = new ArrayList<>();
            do {
                parts.add(pick(random, PARTS));
            } while (chance(random, 2));
            query = String.join("&", parts);
        }
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        while (chance(random, 2)) {
            fields.add(Map.entry(pick(random, "x-a", "X-A", "x-b"), pick(random, "1", "2", "true", "")));
        }
        String method = pick(random, METHODS);
        if (method.equals("OPTIONS") && chance(random, 2)) {
            fields.add(Map.entry("Origin", "https://shop.example"));
            fields.add(Map.entry("Access-Control-Request-Method", pick(random, METHODS)));
        }
        return TextInput.of(method, chance(random, 8) ? "" : pick(random, HOSTS), path.toString(), query, fields);
    }

    private static boolean chance(Random random, int oneOf) {
        return random.nextInt(oneOf) == 0;
    }

    private static String pick(Random random, String... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
