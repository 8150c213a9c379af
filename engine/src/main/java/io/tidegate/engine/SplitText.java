package io.tidegate.engine;

import io.tidegate.config.RouteConfig;
import io.tidegate.config.ShareConfig;
import io.tidegate.config.SplitByConfig;
import io.tidegate.engine.balance.Split;
import io.tidegate.engine.exchange.RequestKeys;
import io.tidegate.engine.wire.RequestHead;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Says in words what keeps a client on its side of a split, and which side that is of a request.
final class SplitText {

    private SplitText() {
    }

    /// What keeps a client on its side.
    static String of(SplitByConfig split) {
        String key = split.key() == null ? "" : split.key().toString();
        if (split.cookie() == null) {
            return key;
        }
        return key + (key.isEmpty() ? "" : "; without it ") + "by cookie " + split.cookie()
                + BalanceText.attributes(split) + (split.forward() ? "; seen by the service" : "");
    }

    /// The upstream that a request goes to by what it has of that, before policies have changed it; null where it has
    /// nothing, or that is not known before policies have run.
    static @Nullable String side(RouteConfig route, RequestHead request) {
        SplitByConfig split = route.splitBy();
        List<Map.Entry<String, ShareConfig>> sides = route.targets().entrySet().stream()
                .filter(target -> target.getValue().share() > 0).toList();
        if (split == null || sides.isEmpty() || (split.key() != null && split.key().isOfCaller())) {
            return null;
        }
        long hash = split.key() == null ? 0 : RequestKeys.hash(request, split.key());
        if (hash == 0 && split.cookie() != null) {
            hash = RequestKeys.cookie(request, split.cookie());
        }
        return hash == 0
                ? null
                : sides.get(new Split(sides.stream().map(Map.Entry::getKey).toList(),
                        sides.stream().map(side -> side.getValue().share()).toList()).side(hash)).getKey();
    }
}
