package io.tidegate.app.demo;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// The shop's orders. New ones can be placed; at most 1000 are kept, the oldest go first.
final class Orders implements Resource {

    private static final int MOST = 1000;
    private static final Map<String, BigDecimal> PRICES = Map.of("kettle", new BigDecimal("39.90"), "teapot",
            new BigDecimal("24.50"), "mug", new BigDecimal("9.80"), "tea", new BigDecimal("6.40"), "filter",
            new BigDecimal("3.20"));
    private static final String SHAPE = "must be like {\"customer\": \"1\", \"items\": [{\"sku\": \"mug\", \"quantity\": 2}]}";

    private final JsonFactory factory = new JsonFactory();
    private final ConcurrentSkipListMap<Integer, Order> orders = new ConcurrentSkipListMap<>();
    private final AtomicInteger last = new AtomicInteger(1000);
    private final Clock clock;

    Orders(Clock clock) {
        this.clock = clock;
        place("1", "delivered", 190, new Item("kettle", 1), new Item("tea", 2));
        place("2", "shipped", 31, new Item("mug", 4));
        place("3", "paid", 5, new Item("teapot", 1), new Item("filter", 3));
        place("1", "placed", 1, new Item("tea", 6));
    }

    /// One line of an order.
    private record Item(String sku, int quantity) {
    }

    private record Order(int id, String customer, String status, Instant placedAt, List<Item> items) {

        BigDecimal total() {
            return items.stream().map(item -> price(item.sku()).multiply(BigDecimal.valueOf(item.quantity())))
                    .reduce(BigDecimal.ZERO, BigDecimal::add);
        }

        void write(JsonGenerator json) {
            json.writeStartObject();
            json.writeStringProperty("id", Integer.toString(id));
            json.writeStringProperty("customer", customer);
            json.writeStringProperty("status", status);
            json.writeStringProperty("placedAt", placedAt.toString());
            json.writeName("items");
            json.writeStartArray();
            for (Item item : items) {
                json.writeStartObject();
                json.writeStringProperty("sku", item.sku());
                json.writeNumberProperty("quantity", item.quantity());
                json.writeNumberProperty("price", price(item.sku()));
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeNumberProperty("total", total());
            json.writeStringProperty("currency", "EUR");
            json.writeEndObject();
        }
    }

    private static BigDecimal price(String sku) {
        return PRICES.getOrDefault(sku, BigDecimal.ZERO);
    }

    private Order place(String customer, String status, int hoursAgo, Item... items) {
        return place(customer, status, clock.instant().minus(hoursAgo, ChronoUnit.HOURS), List.of(items));
    }

    private Order place(String customer, String status, Instant at, List<Item> items) {
        Order order = new Order(last.incrementAndGet(), customer, status, at.truncatedTo(ChronoUnit.SECONDS), items);
        orders.put(order.id(), order);
        while (orders.size() > MOST) {
            orders.pollFirstEntry();
        }
        return order;
    }

    @Override
    public String name() {
        return "orders";
    }

    @Override
    public ServiceReply list() {
        return ServiceReply.json(json -> {
            json.writeStartObject();
            json.writeName("orders");
            json.writeStartArray();
            orders.values().forEach(order -> order.write(json));
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    @Override
    public Optional<ServiceReply> find(String id) {
        Order order = id.matches("[0-9]{1,9}") ? orders.get(Integer.valueOf(id)) : null;
        return Optional.ofNullable(order).map(found -> ServiceReply.json(found::write));
    }

    @Override
    public Optional<ServiceReply> add(byte[] body) {
        try (JsonParser json = factory.createParser(ObjectReadContext.empty(), body)) {
            return Optional.of(add(json));
        } catch (JacksonException | IllegalArgumentException e) {
            String why = e instanceof IllegalArgumentException ? e.getMessage() : "is no JSON";
            return Optional.of(ServiceReply.problem(400, "The order can't be read", "The body " + why + "."));
        }
    }

    private ServiceReply add(JsonParser json) {
        String customer = "";
        List<Item> items = new ArrayList<>();
        expect(json.nextToken() == JsonToken.START_OBJECT, SHAPE);
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = json.currentName();
            json.nextToken();
            switch (name) {
                case "customer" -> customer = json.getString();
                case "items" -> readItems(json, items);
                default -> throw new IllegalArgumentException("has an unknown member '" + name + "'; it " + SHAPE);
            }
        }
        expect(!customer.isEmpty() && !items.isEmpty(), SHAPE);
        Order order = place(customer, "placed", clock.instant(), List.copyOf(items));
        return ServiceReply.created("/orders/" + order.id(), order::write);
    }

    private static void readItems(JsonParser json, List<Item> items) {
        expect(json.currentToken() == JsonToken.START_ARRAY, SHAPE);
        while (json.nextToken() == JsonToken.START_OBJECT) {
            String sku = "";
            int quantity = 1;
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = json.currentName();
                json.nextToken();
                if (name.equals("sku")) {
                    sku = json.getString();
                } else if (name.equals("quantity") && json.currentToken() == JsonToken.VALUE_NUMBER_INT) {
                    quantity = json.getIntValue();
                } else {
                    throw new IllegalArgumentException(SHAPE);
                }
            }
            expect(PRICES.containsKey(sku), "must order things that are sold here: kettle, teapot, mug, tea, filter");
            expect(quantity >= 1 && quantity <= 99, "must order 1 to 99 of a thing (was " + quantity + ")");
            items.add(new Item(sku, quantity));
        }
    }

    private static void expect(boolean right, String message) {
        if (!right) {
            throw new IllegalArgumentException(message);
        }
    }
}
