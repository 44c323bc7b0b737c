package io.dawncache.core;

/**
 * The resources that all groups of one node share.
 *
 * @param clock the time
 * @param threads run loads, timers and users' callbacks
 * @param bytesInFlight bounds what requests, answers and loads hold
 * @param loadRoom bounds what the running loads are expected to need
 */
record NodeResources(
    CoarseClock clock, NodeThreads threads, ByteAccount bytesInFlight, LoadRoom loadRoom) {
  NodeResources(CoarseClock clock, NodeThreads threads, ByteAccount bytesInFlight) {
    this(clock, threads, bytesInFlight, new LoadRoom(bytesInFlight));
  }
}
