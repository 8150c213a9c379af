/// Tests of what outlives requests.
@org.jspecify.annotations.NullMarked
package io.tidegate.engine.state;
