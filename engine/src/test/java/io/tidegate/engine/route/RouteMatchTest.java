package io.tidegate.engine.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.engine.route.RouteMatch.Outcome;
import org.junit.jupiter.api.Test;

class RouteMatchTest {

    private final RouteMatch<String> match = new RouteMatch<>();

    @Test
    void tellsWhichMatchOfTheRouteWasMet() {
        Declared.lettered("path:/a | path:/b").match(TextInput.parse("GET x/b"), match);

        assertThat(match.route()).isEqualTo("a");
        assertThat(match.matchIndex()).isEqualTo(1);
    }

    @Test
    void holdsNothingOfTheLookUpBefore() {
        RouteTable<String> table = Declared.lettered("path:/a/{x} GET header:h=1");
        table.match(TextInput.parse("GET x/a/b h:1"), match);
        table.match(TextInput.parse("GET x/a/b"), match);

        assertThat(match.outcome()).isEqualTo(Outcome.NO_ROUTE);
        assertThat(match.parameterCount()).isZero();
        assertThat(match.allowedMethods()).isEmpty();
        assertThatThrownBy(match::route).isInstanceOf(IllegalStateException.class).hasMessageContaining("NO_ROUTE");
    }

    @Test
    void servesSeveralTablesInTurn() {
        RouteTable<String> one = Declared.lettered("path:/a");
        RouteTable<String> other = Declared.lettered("path:/b;path:/a");

        assertThat(one.match(TextInput.parse("GET x/a"), match).route()).isEqualTo("a");
        assertThat(other.match(TextInput.parse("GET x/a"), match).route()).isEqualTo("b");
        assertThat(one.match(TextInput.parse("GET x/b"), match).outcome()).isEqualTo(Outcome.NO_ROUTE);
    }

    @Test
    void tellsAPreflightFromAPlainOptions() {
        RouteTable<String> table = Declared.lettered("path:/a");
        table.match(TextInput.parse("OPTIONS x/a Origin:o Access-Control-Request-Method:GET"), match);
        assertThat(match.isPreflight()).isTrue();

        table.match(TextInput.parse("OPTIONS x/a"), match);
        assertThat(match.isPreflight()).isFalse();
    }

    @Test
    void tellsMoreMethodsApartThanThereAreBits() {
        StringBuilder routes = new StringBuilder("path:/other GET");
        for (int i = 0; i < 80; i++) {
            routes.append(";path:/a M").append(i);
        }
        RouteTable<Integer> table = numbered(routes.toString());
        RouteMatch<Integer> found = new RouteMatch<>();
        for (int i = 0; i < 80; i++) {
            assertThat(table.match(TextInput.parse("M" + i + " x/a"), found).route()).isEqualTo(i + 1);
        }

        assertThat(table.match(TextInput.parse("M80 x/a"), found).outcome()).isEqualTo(Outcome.METHOD_NOT_ALLOWED);
        assertThat(found.allowedMethods()).hasSize(81).doesNotHaveDuplicates().contains("M0", "M79", "OPTIONS");
    }

    private static RouteTable<Integer> numbered(String routes) {
        RouteTable.Builder<Integer> builder = RouteTable.builder();
        int number = 0;
        for (String route : routes.split(";", -1)) {
            builder.add(number, "r" + number++, Declared.route(route));
        }
        return builder.build();
    }

    @Test
    void anEmptyTableHasNoRoute() {
        RouteTable<String> table = RouteTable.<String>builder().build();

        assertThat(table.match(TextInput.parse("GET x/a"), match).outcome()).isEqualTo(Outcome.NO_ROUTE);
        assertThat(table.size()).isZero();
    }

    @Test
    void aPathWithoutASlashMeetsOnlyRoutesWithoutPath() {
        RouteTable<String> table = Declared.lettered("path:/**;host:b.com");

        assertThat(table.match(TextInput.get("a.com", "*"), match).outcome()).isEqualTo(Outcome.NO_ROUTE);
        assertThat(table.match(TextInput.get("b.com", "*"), match).route()).isEqualTo("b");
    }
}
