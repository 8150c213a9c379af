package io.tidegate.app.demo;

import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/// The shop's users.
final class Users implements Resource {

    private static final List<User> ALL = List.of(new User("1", "Ada Okafor", "ada@shop.example", "2024-03-11"),
            new User("2", "Jonas Lind", "jonas@shop.example", "2025-01-30"),
            new User("3", "Mei Tanaka", "mei@shop.example", "2025-09-02"));

    private record User(String id, String name, String email, String since) {

        void write(JsonGenerator json) {
            json.writeStartObject();
            json.writeStringProperty("id", id);
            json.writeStringProperty("name", name);
            json.writeStringProperty("email", email);
            json.writeStringProperty("since", since);
            json.writeEndObject();
        }
    }

    @Override
    public String name() {
        return "users";
    }

    @Override
    public ServiceReply list() {
        return ServiceReply.json(json -> {
            json.writeStartObject();
            json.writeName("users");
            json.writeStartArray();
            ALL.forEach(user -> user.write(json));
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    @Override
    public Optional<ServiceReply> find(String id) {
        return ALL.stream().filter(user -> user.id().equals(id)).findFirst()
                .map(found -> ServiceReply.json(found::write));
    }

    @Override
    public Optional<ServiceReply> add(byte[] body) {
        return Optional.empty();
    }
}
