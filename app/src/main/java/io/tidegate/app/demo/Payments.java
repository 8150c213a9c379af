package io.tidegate.app.demo;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/// The shop's payments.
final class Payments implements Resource {

    private static final List<Payment> ALL = List.of(
            new Payment("5001", "1001", new BigDecimal("52.70"), "card", "settled"),
            new Payment("5002", "1002", new BigDecimal("39.20"), "transfer", "settled"),
            new Payment("5003", "1003", new BigDecimal("34.10"), "card", "authorised"));

    private record Payment(String id, String order, BigDecimal amount, String method, String status) {

        void write(JsonGenerator json) {
            json.writeStartObject();
            json.writeStringProperty("id", id);
            json.writeStringProperty("order", order);
            json.writeNumberProperty("amount", amount);
            json.writeStringProperty("currency", "EUR");
            json.writeStringProperty("method", method);
            json.writeStringProperty("status", status);
            json.writeEndObject();
        }
    }

    @Override
    public String name() {
        return "payments";
    }

    @Override
    public ServiceReply list() {
        return ServiceReply.json(json -> {
            json.writeStartObject();
            json.writeName("payments");
            json.writeStartArray();
            ALL.forEach(payment -> payment.write(json));
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    @Override
    public Optional<ServiceReply> find(String id) {
        return ALL.stream().filter(payment -> payment.id().equals(id)).findFirst()
                .map(found -> ServiceReply.json(found::write));
    }

    @Override
    public Optional<ServiceReply> add(byte[] body) {
        return Optional.empty();
    }
}
