/**
 * Frames, between our nodes: how they are laid out and read ({@link
 * io.dawncache.server.frame.Frames}, {@link io.dawncache.server.frame.FrameReader}), the messages
 * of a fetch in them ({@link io.dawncache.server.frame.FetchFrames}), the switch from HTTP to them
 * ({@link io.dawncache.server.frame.FrameUpgrade}), and a connection of them, as far as both of its
 * ends are alike: {@link io.dawncache.server.frame.FrameChannel} reads and writes frames, gathers
 * small frames into few system calls, gives large messages turns, and keeps to the credit. {@code
 * inbound} and {@code peer} know what a request in a frame asks for, and what its answer means.
 */
@NullMarked
package io.dawncache.server.frame;

import org.jspecify.annotations.NullMarked;
