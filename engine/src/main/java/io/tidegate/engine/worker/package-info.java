/// Event loops and what each of them owns: its clock, its deadlines, its buffers. The only room of the engine that
/// starts threads.
@NullMarked
package io.tidegate.engine.worker;

import org.jspecify.annotations.NullMarked;
