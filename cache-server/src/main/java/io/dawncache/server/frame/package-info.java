/**
 * A connection of frames, as far as both of its ends are alike: {@link
 * io.dawncache.server.frame.FrameChannel} reads and writes frames, gathers small frames into few
 * system calls, gives large messages turns, and keeps to the credit. {@code inbound} and {@code
 * peer} know what the frames mean.
 */
@NullMarked
package io.dawncache.server.frame;

import org.jspecify.annotations.NullMarked;
