/**
 * One run per key at a time, shared by all callers that join meanwhile. {@link
 * io.dawncache.core.singleflight.Singleflight} never blocks a thread and starts none: callers pass
 * a callback or get a future, and the thread that ends the work notifies them all.
 */
@NullMarked
package io.dawncache.core.singleflight;

import org.jspecify.annotations.NullMarked;
