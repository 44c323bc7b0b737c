/**
 * A node's metrics in any registry of Micrometer: {@link io.dawncache.micrometer.DawncacheMetrics}
 * binds them.
 */
@NullMarked
package io.dawncache.micrometer;

import org.jspecify.annotations.NullMarked;
