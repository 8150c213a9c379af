package io.tidegate.policies.grpcjson;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TypeRegistry;
import io.tidegate.api.ConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What .proto files declare: the services that may be called, and the types of their messages.
///
/// @param services
///            those that may be called
/// @param types
///            every type of message, for those that name another
record Descriptors(List<ServiceDescriptor> services, TypeRegistry types) {

    private static final String COMPONENT = "descriptors";
    private static final String CURE = " (made by protoc --include_imports --descriptor_set_out)";
    private static final int LARGEST = 64 << 20;

    /// Reads a set of descriptors of at most 64 MiB.
    ///
    /// @param wanted
    ///            names of the services that may be called, empty for all
    /// @throws ConfigException
    ///             where the file cannot be used, or has no such service
    static Descriptors read(Path file, List<String> wanted) {
        Map<String, FileDescriptorProto> declared = new LinkedHashMap<>();
        try {
            for (FileDescriptorProto proto : FileDescriptorSet.parseFrom(bytes(file)).getFileList()) {
                declared.put(proto.getName(), proto);
            }
        } catch (InvalidProtocolBufferException e) {
            throw new ConfigException(COMPONENT, "the file " + file + " is no set of descriptors" + CURE);
        }
        if (declared.isEmpty()) {
            throw new ConfigException(COMPONENT, "the file " + file + " declares nothing" + CURE);
        }
        Map<String, FileDescriptor> built = new LinkedHashMap<>();
        TypeRegistry.Builder types = TypeRegistry.newBuilder();
        Map<String, ServiceDescriptor> services = new TreeMap<>();
        for (String name : declared.keySet()) {
            FileDescriptor descriptor = build(file, name, declared, built, 0);
            types.add(descriptor.getMessageTypes());
            descriptor.getServices().forEach(service -> services.put(service.getFullName(), service));
        }
        return new Descriptors(chosen(file, services, wanted), types.build());
    }

    private static byte[] bytes(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) {
                throw new ConfigException(COMPONENT, "can't use the file " + file + ": is larger than 64MiB");
            }
            return bytes;
        } catch (NoSuchFileException e) {
            throw new ConfigException(COMPONENT, "can't use the file " + file + ": there is no such file");
        } catch (AccessDeniedException e) {
            throw new ConfigException(COMPONENT, "can't use the file " + file + ": permission denied");
        } catch (IOException e) {
            throw new ConfigException(COMPONENT, "can't use the file " + file + ": " + e.getMessage());
        }
    }

    private static FileDescriptor build(Path file, String name, Map<String, FileDescriptorProto> declared,
            Map<String, FileDescriptor> built, int depth) {
        FileDescriptor known = built.get(name);
        if (known != null) {
            return known;
        }
        FileDescriptorProto proto = declared.get(name);
        if (proto == null) {
            throw new ConfigException(COMPONENT, "the file " + file + " lacks " + name
                    + ", which another one in it imports: make it with protoc --include_imports");
        }
        if (depth > declared.size()) {
            throw new ConfigException(COMPONENT, "the file " + file + " has " + name + ", which imports itself");
        }
        List<FileDescriptor> imports = new ArrayList<>();
        for (String imported : proto.getDependencyList()) {
            imports.add(build(file, imported, declared, built, depth + 1));
        }
        try {
            FileDescriptor made = FileDescriptor.buildFrom(proto, imports.toArray(new FileDescriptor[0]));
            built.put(name, made);
            return made;
        } catch (DescriptorValidationException e) {
            throw new ConfigException(COMPONENT,
                    "the file " + file + " has a " + name + " that does not hold together: " + e.getMessage());
        }
    }

    private static List<ServiceDescriptor> chosen(Path file, Map<String, ServiceDescriptor> services,
            List<String> wanted) {
        if (services.isEmpty()) {
            throw new ConfigException(COMPONENT, "the file " + file + " declares no service");
        }
        if (wanted.isEmpty()) {
            return List.copyOf(services.values());
        }
        List<ServiceDescriptor> chosen = new ArrayList<>();
        for (String name : wanted) {
            ServiceDescriptor service = services.get(name);
            if (service == null) {
                throw new ConfigException("services", "the file " + file + " declares no service '" + name
                        + "'; it declares " + String.join(", ", services.keySet()));
            }
            chosen.add(service);
        }
        return chosen;
    }

    /// What the methods are called by.
    ///
    /// @param all
    ///            whether those without an annotation are called by their full name
    /// @throws ConfigException
    ///             where an annotation cannot mean anything, or two mean the same request
    PathTable bind(boolean all) {
        PathTable table = new PathTable();
        for (ServiceDescriptor service : services) {
            for (MethodDescriptor method : service.getMethods()) {
                // A stream of requests has no form in HTTP and JSON.
                if (!method.isClientStreaming()) {
                    bind(table, method, all);
                }
            }
        }
        if (table.isEmpty()) {
            throw new ConfigException(COMPONENT, "no method has a google.api.http annotation, so that none could be"
                    + " called: annotate them, or set autoMapping");
        }
        return table;
    }

    private static void bind(PathTable table, MethodDescriptor method, boolean all) {
        List<HttpRule> rules = HttpRule.of(method);
        try {
            for (HttpRule rule : rules) {
                table.add(Binding.of(method, rule));
            }
            if (all && rules.isEmpty()) {
                table.add(Binding.byName(method));
            }
        } catch (IllegalArgumentException e) {
            throw new ConfigException(COMPONENT, method.getFullName() + ": " + e.getMessage());
        }
    }
}
