package io.dawncache.server;

import io.dawncache.core.TraceContext;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP request that a server has answered. Method and target are a client's texts of any length
 * that the server accepts.
 *
 * @param time when the request had arrived
 * @param client the other end of the connection; null if it is not known
 * @param method such as {@code GET}
 * @param target the target of the request line, one char per byte, as the client has escaped it
 * @param status the HTTP status of the answer
 * @param bytes of the answer, with its head
 * @param took from the arrival of the whole request to the end of the answer's last piece; the
 *     client may not have received it yet
 * @param trace the trace that the client says it belongs to; null if it says none
 * @since 0.1.0
 */
public record AnsweredRequest(
    Instant time,
    @Nullable SocketAddress client,
    String method,
    String target,
    int status,
    long bytes,
    Duration took,
    @Nullable TraceContext trace) {}
