package io.tidegate.app.explain;

import io.tidegate.config.AnyOfConfig;
import io.tidegate.config.ConfigWriter;
import io.tidegate.config.EffectivePolicies.Dropped;
import io.tidegate.config.PolicyConfig;
import io.tidegate.config.Secrets;
import io.tidegate.engine.Explanation;
import io.tidegate.engine.Explanation.Candidate;
import io.tidegate.engine.Explanation.Limit;
import io.tidegate.engine.Explanation.Target;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Writes an explanation for people, `***` in place of secrets.
public final class ExplanationText {

    /// Of the column of values.
    private static final int LEAST_WIDTH = 8;

    private final Secrets secrets;
    private final StringBuilder out = new StringBuilder();

    private ExplanationText(Secrets secrets) {
        this.secrets = secrets;
    }

    /// The lines, each ended by a line break.
    ///
    /// @param secrets
    ///            of the configuration that the explanation is of
    public static String write(Explanation explanation, Secrets secrets) {
        ExplanationText text = new ExplanationText(secrets);
        text.head(explanation);
        text.rivals(explanation.rivals());
        if (explanation.route() != null) {
            text.policies(explanation.policies());
            text.dropped(explanation.dropped());
            text.upstreams(explanation.upstreams());
            text.limits("time-outs", explanation.timeouts());
            if (!explanation.retry().isEmpty()) {
                text.limits("retries", explanation.retry());
            }
            if (!explanation.hedge().isEmpty()) {
                text.limits("hedge", explanation.hedge());
            }
            if (!explanation.mirror().isEmpty()) {
                text.limits("mirror", explanation.mirror());
            }
            text.overload(explanation);
        } else if (explanation.outcome().equals("relayed")) {
            text.upstreams(explanation.upstreams());
        }
        text.line("");
        text.line("Nothing was sent.");
        return text.out.toString();
    }

    private void line(String text) {
        out.append(text).append('\n');
    }

    private static String padded(String text, int width) {
        return text.length() < width ? text + " ".repeat(width - text.length()) : text;
    }

    private void head(Explanation explanation) {
        Explanation.Understood request = explanation.request();
        String query = request.query() == null ? "" : "?" + request.query();
        line("request   " + request.method() + " " + request.path() + query);
        line("host      " + (request.host().isEmpty() ? "(none)" : request.host()));
        line("listener  " + request.listener());
        String route = explanation.route();
        line("outcome   " + outcome(explanation.outcome()) + (route == null ? "" : ": routes." + route));
        if (explanation.fault() != null) {
            line("answer    " + Faults.text(explanation.fault()));
        }
    }

    private static String outcome(String outcome) {
        return switch (outcome) {
            case "found" -> "a route serves it";
            case "noRoute" -> "no route matches";
            case "methodNotAllowed" -> "the path is there, but not for this method";
            case "redirectSlash" -> "redirected (308) to the other form of the slash at the end";
            case "relayed" -> "its bytes are relayed: no route and no policy is looked at";
            case "rejected" -> "refused before a route is looked for";
            default -> outcome;
        };
    }

    private void rivals(List<Candidate> rivals) {
        if (rivals.isEmpty()) {
            return;
        }
        line("");
        line("matches, best first");
        List<String> names = rivals.stream().map(rival -> "routes." + rival.route() + ".match[" + rival.match() + "]")
                .toList();
        int width = names.stream().mapToInt(String::length).max().orElse(0);
        for (int i = 0; i < rivals.size(); i++) {
            Candidate rival = rivals.get(i);
            line((rival.won() ? "  won   " : "  lost  ") + padded(names.get(i), width) + "  "
                    + secrets.hide(rival.reason()));
        }
    }

    private void policies(List<PolicyConfig> policies) {
        line("");
        line(policies.isEmpty() ? "policies: none" : "policies, in their order");
        int width = policies.stream().mapToInt(policy -> policy.type().length()).max().orElse(0);
        for (int i = 0; i < policies.size(); i++) {
            PolicyConfig policy = policies.get(i);
            line("  " + padded(i + 1 + ".", 4) + padded(policy.type(), width) + "  " + origin(policy));
            values(policy, "        ");
        }
    }

    private void values(PolicyConfig policy, String indent) {
        ConfigWriter.values(policy, secrets).forEach((key, value) -> {
            if (key.equals("config") && policy.config() instanceof AnyOfConfig anyOf) {
                anyOf.policies().forEach(member -> {
                    line(indent + (member.equals(anyOf.policies().getFirst()) ? "   " : "or ") + member.type());
                    values(member, indent + "     ");
                });
            } else if (key.equals("config") && value instanceof Map<?, ?> config) {
                config.forEach((name, inner) -> line(indent + name + ": " + flow(inner)));
            } else if (!key.equals("type")) {
                line(indent + "(" + key + ": " + flow(value) + ")");
            }
        });
    }

    private static String origin(PolicyConfig policy) {
        String place = policy.place().toString();
        return policy.path() + (place.isEmpty() ? "" : "  " + place);
    }

    private void dropped(List<Dropped> dropped) {
        if (dropped.isEmpty()) {
            return;
        }
        line("");
        line("policies that are left out");
        int width = dropped.stream().mapToInt(one -> one.policy().type().length()).max().orElse(0);
        for (Dropped one : dropped) {
            line("  " + padded(one.policy().type(), width) + "  " + origin(one.policy()) + "  " + one.reason());
        }
    }

    private void upstreams(List<Target> upstreams) {
        line("");
        boolean conditions = upstreams.stream().anyMatch(target -> target.when() != null);
        line(upstreams.isEmpty()
                ? "upstream: none"
                : conditions
                        ? "upstreams: the first whose condition holds, else by share"
                        : upstreams.size() == 1 ? "upstream" : "upstreams, by share");
        for (Target target : upstreams) {
            line("  " + target.upstream() + "  " + percent(target.share()) + "  " + target.loadBalancing());
            if (target.when() != null) {
                line("      " + padded("when", 18) + secrets.hide(target.when()));
            }
            target.endpoints().forEach(endpoint -> line("        " + secrets.hide(endpoint)));
            target.settings().forEach((key, value) -> line("      " + padded(key, 18) + secrets.hide(value)));
        }
    }

    /// At most two digits after the point: `33.33%`, `5%`.
    private static String percent(double share) {
        String text = String.format(Locale.ROOT, "%.2f", share);
        return text.replaceAll("\\.?0+$", "") + "%";
    }

    private void limits(String title, Map<String, Limit> limits) {
        int widest = limits.values().stream().mapToInt(limit -> limit.value().length()).max().orElse(0);
        int width = Math.max(LEAST_WIDTH, widest + 2);
        int names = limits.keySet().stream().mapToInt(String::length).max().orElse(0);
        line("");
        line(title);
        limits.forEach((name, limit) -> line(
                "  " + padded(name, Math.max(10, names + 1)) + padded(limit.value(), width) + limit.origin()));
    }

    private void overload(Explanation explanation) {
        line("");
        line("under overload");
        List<String> others = explanation.criticalityByConsumer();
        line("  criticality  " + explanation.criticality()
                + (others.isEmpty() ? "" : "; for some consumers " + String.join(" or ", others)));
    }

    /// A value on one line, as YAML writes it in flow style.
    private static String flow(@Nullable Object value) {
        return switch (value) {
            case Map<?, ?> map -> map.isEmpty()
                    ? "{}"
                    : map.entrySet().stream().map(entry -> entry.getKey() + ": " + flow(entry.getValue()))
                            .collect(Collectors.joining(", ", "{ ", " }"));
            case List<?> list -> list.stream().map(ExplanationText::flow).collect(Collectors.joining(", ", "[", "]"));
            case null -> "null";
            default -> String.valueOf(value);
        };
    }
}
