package io.dawncache.core;

/**
 * Marks the threads that move bytes and must never wait. {@link Group#get(String)} refuses to wait
 * on them. A server makes its event loop threads of a class with this mark.
 *
 * @since 0.1.0
 */
public interface EventLoopThread {}
