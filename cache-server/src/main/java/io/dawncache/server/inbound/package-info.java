/**
 * The server side of a connection: {@link io.dawncache.server.inbound.InboundPipeline} lists the
 * handlers in data order, {@link io.dawncache.server.inbound.RequestHandler} keeps the order and
 * the bounds of answers, {@link io.dawncache.server.inbound.RequestDispatcher} finds out what a
 * request asks for, and an {@link io.dawncache.server.inbound.Exchange} becomes its answer. One of
 * our nodes may switch to frames: then {@link io.dawncache.server.inbound.FrameService} takes the
 * handlers' place, and a {@link io.dawncache.server.inbound.FrameExchange} the exchange's.
 * Everything here runs on the connection's event loop, except the moment in which an answer
 * arrives.
 */
@NullMarked
package io.dawncache.server.inbound;

import org.jspecify.annotations.NullMarked;
