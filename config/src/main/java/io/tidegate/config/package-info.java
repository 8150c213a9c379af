/// What users declare: one record per thing, from which the checks, the JSON Schema and the reference are made; how a
/// file becomes records ([ConfigLoader]); and how policy types are found ([PluginLoader]).
///
/// Declared things end in `Config`; the thing that runs has the bare word. Records hold no file, no socket and no
/// thread, and loading has no side effect.
@NullMarked
package io.tidegate.config;

import org.jspecify.annotations.NullMarked;
