/// What the gateway's own balancing, health, retry budgets, limits and shedding do to services and clients, in virtual
/// time: minutes of load in a second, the same every time.
///
/// Only what surrounds them is made up here: services ([SimulatedService]), clients ([SimulatedClients]), and the order
/// in which a request passes the parts ([SimulatedUpstream], [SimulatedLoop]). What decides is the code that runs in the
/// gateway, by configurations that it would load.
@NullMarked
package io.tidegate.bench.simulation;

import org.jspecify.annotations.NullMarked;
