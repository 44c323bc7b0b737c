package io.dawncache.core;

/**
 * What runs and what waits in a group at one moment.
 *
 * @param waitingGets gets that wait for a load or for a fetch; at most {@link
 *     GroupConfig#maxWaiters}
 * @param runningLoads loads whose getter runs, or has returned a stage that is not complete; at
 *     most {@link GroupConfig#maxLoads}, and those that run on the permits of loads that wait for
 *     them
 * @param queuedLoads loads that wait for their turn; at most {@link GroupConfig#maxQueuedLoads}
 * @param abandonedThreads threads that still run the getter of a load which has ended at its
 *     time-out
 * @since 0.1.0
 */
public record GroupActivity(
    int waitingGets, int runningLoads, int queuedLoads, int abandonedThreads) {}
