/// Keeps a running gateway in step with its configuration, and lets those who run it look and act.
///
/// [ControlPlane] is the front door. It sees a gateway only as a [io.tidegate.config.ConfigTarget] that runs
/// configurations and as a [GatewayView] that tells how it is doing, never the data path itself.
///
/// Threads: one for the files, one virtual thread that loads and applies, one virtual thread per admin request. None of
/// them is an event loop, so all of this may block.
@NullMarked
package io.tidegate.control;

import org.jspecify.annotations.NullMarked;
