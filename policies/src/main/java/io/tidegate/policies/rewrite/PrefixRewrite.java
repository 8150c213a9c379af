package io.tidegate.policies.rewrite;

import io.tidegate.api.Request;
import org.jspecify.annotations.Nullable;

/// Takes whole segments away at the front of the canonical path and puts others there.
///
/// @param strip
///            what is taken away; empty for nothing
/// @param add
///            what is put there; empty for nothing
record PrefixRewrite(String strip, String add) implements PathRewrite {

    @Override
    public @Nullable String rewrite(Request request) {
        String path = request.path();
        if (!path.startsWith(strip)) {
            return null;
        }
        String rest = path.substring(strip.length());
        if (!rest.isEmpty() && rest.charAt(0) != '/') {
            return null;
        }
        String result = add + rest;
        return result.isEmpty() ? "/" : result;
    }
}
