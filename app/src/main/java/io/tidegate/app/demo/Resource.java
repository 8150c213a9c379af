package io.tidegate.app.demo;

import java.util.Optional;

/// A collection of things that a demo service serves: `/orders` and `/orders/{id}`.
interface Resource {

    /// Its plural name, as in the path: `orders`.
    String name();

    /// All of them.
    ServiceReply list();

    /// One of them; empty where there is none.
    Optional<ServiceReply> find(String id);

    /// Adds one, declared by a JSON body; empty where nothing can be added.
    Optional<ServiceReply> add(byte[] body);
}
