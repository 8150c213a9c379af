package io.tidegate.app.command;

import io.tidegate.app.gateway.Configurations;
import io.tidegate.config.SchemaWriter;

/// Writes the JSON Schema of the configuration.
final class SchemaCommand implements Command {

    @Override
    public Syntax syntax() {
        return Syntax.of("schema", "Write the JSON Schema of the configuration, for editors and other tools.",
                "An editor with a YAML language server checks and completes a file that begins with"
                        + " '# yaml-language-server: $schema=./tidegate.schema.json'.");
    }

    @Override
    public int run(Arguments arguments, Terminal terminal) {
        String schema = SchemaWriter.json(Configurations.create().plugins());
        terminal.out().print(schema.endsWith("\n") ? schema : schema + "\n");
        return CommandLines.OK;
    }
}
