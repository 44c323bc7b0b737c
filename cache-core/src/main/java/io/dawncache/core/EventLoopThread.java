package io.dawncache.core;

/**
 * Marks the threads that move bytes and must never wait. {@link Group#get(String)} refuses to wait
 * on them; a server's thread factory makes its event loop threads of a class that carries the mark.
 */
public interface EventLoopThread {}
