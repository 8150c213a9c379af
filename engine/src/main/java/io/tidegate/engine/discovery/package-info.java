/// Sources of endpoints at work: asked, believed or not, and what is known kept.
@NullMarked
package io.tidegate.engine.discovery;

import org.jspecify.annotations.NullMarked;
