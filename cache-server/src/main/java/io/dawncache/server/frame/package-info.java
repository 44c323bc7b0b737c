/**
 * A connection of frames, as far as both of its ends are alike: {@link
 * io.dawncache.server.frame.FrameChannel} reads and writes frames, gathers what is small into few
 * system calls, has long messages take turns, and keeps to the credit. What frames mean is the
 * affair of {@code inbound} and {@code peer}.
 */
@NullMarked
package io.dawncache.server.frame;

import org.jspecify.annotations.NullMarked;
