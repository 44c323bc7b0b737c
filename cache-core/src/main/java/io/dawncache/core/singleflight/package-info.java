/**
 * One run a key at a time, shared by all who ask meanwhile. {@link
 * io.dawncache.core.singleflight.Singleflight} never blocks a thread and starts none: callers leave
 * a callback or take a future, and whoever ends the work tells them all.
 */
@NullMarked
package io.dawncache.core.singleflight;

import org.jspecify.annotations.NullMarked;
