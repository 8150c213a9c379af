package io.tidegate.policies.cors;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.safere.Pattern;

/// The origins that may call.
final class Origins {

    private final boolean every;
    private final Set<String> exact = new HashSet<>();
    private final Wildcard[] wildcards;
    private final Pattern[] patterns;

    /// `https://*.example.com:8443` as what stands before and behind the asterisk.
    private record Wildcard(String before, String behind) {

        boolean matches(String origin) {
            if (origin.length() <= before.length() + behind.length() || !origin.startsWith(before)
                    || !origin.endsWith(behind)) {
                return false;
            }
            int end = origin.length() - behind.length();
            boolean labelBegun = false;
            for (int i = before.length(); i < end; i++) {
                char c = origin.charAt(i);
                boolean label = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
                if (!label && !(c == '.' && labelBegun)) {
                    return false;
                }
                labelBegun = label;
            }
            return labelBegun;
        }
    }

    Origins(List<OriginConfig> origins) {
        List<Wildcard> wildcardList = new ArrayList<>();
        List<Pattern> patternList = new ArrayList<>();
        boolean star = false;
        for (OriginConfig config : origins) {
            String origin = config.origin();
            String regex = config.regex();
            if (regex != null) {
                patternList.add(Pattern.compile(regex));
            } else if (config.isEvery()) {
                star = true;
            } else if (origin != null && config.isWildcard()) {
                int asterisk = origin.indexOf('*');
                wildcardList.add(new Wildcard(origin.substring(0, asterisk), origin.substring(asterisk + 1)));
            } else if (origin != null) {
                exact.add(origin);
            }
        }
        every = star;
        wildcards = wildcardList.toArray(new Wildcard[0]);
        patterns = patternList.toArray(new Pattern[0]);
    }

    /// Whether all may call.
    boolean isEvery() {
        return every;
    }

    /// Whether this one may, as sent in `Origin`.
    boolean allows(String origin) {
        if (every || exact.contains(origin)) {
            return true;
        }
        // Only naming it lets through what has no origin: a pattern such as .* is not meant so.
        if (origin.equals("null")) {
            return false;
        }
        for (Wildcard wildcard : wildcards) {
            if (wildcard.matches(origin)) {
                return true;
            }
        }
        for (Pattern pattern : patterns) {
            if (pattern.matcher(origin).matches()) {
                return true;
            }
        }
        return false;
    }
}
