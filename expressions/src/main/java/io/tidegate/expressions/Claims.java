package io.tidegate.expressions;

import dev.cel.common.values.NullValue;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.AbstractList;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What credentials say, as values of the language: its numbers are `long` and `double`. A view, so that a condition
/// pays for the claims that it looks at.
final class Claims extends AbstractMap<String, Object> {

    private final Map<?, ?> claims;

    private Claims(Map<?, ?> claims) {
        this.claims = claims;
    }

    /// A view of claims.
    static Map<String, Object> of(Map<?, ?> claims) {
        return new Claims(claims);
    }

    @Override
    public @Nullable Object get(Object name) {
        Object claim = claims.get(name);
        return claim == null && !claims.containsKey(name) ? null : value(claim);
    }

    @Override
    public boolean containsKey(Object name) {
        return claims.containsKey(name);
    }

    @Override
    public int size() {
        return claims.size();
    }

    @Override
    public Set<Map.Entry<String, Object>> entrySet() {
        Map<String, Object> all = new LinkedHashMap<>();
        claims.forEach((name, claim) -> all.put(String.valueOf(name), value(claim)));
        return all.entrySet();
    }

    private static Object value(@Nullable Object claim) {
        return switch (claim) {
            case null -> NullValue.NULL_VALUE;
            case Map<?, ?> map -> of(map);
            case List<?> list -> new Items(list);
            case Collection<?> items -> new Items(new ArrayList<>(items));
            case Integer number -> (long) number;
            case Short number -> (long) number;
            case Float number -> (double) number;
            case BigInteger number ->
                number.bitLength() < Long.SIZE ? (Object) number.longValue() : number.doubleValue();
            case BigDecimal number -> number.doubleValue();
            case Date time -> time.toInstant().getEpochSecond();
            case Instant time -> time.getEpochSecond();
            default -> claim;
        };
    }

    /// A list within claims.
    private static final class Items extends AbstractList<Object> {

        private final List<?> items;

        Items(List<?> items) {
            this.items = items;
        }

        @Override
        public Object get(int index) {
            return value(items.get(index));
        }

        @Override
        public int size() {
            return items.size();
        }
    }
}
