/**
 * The server side of a connection: {@link io.dawncache.server.inbound.InboundPipeline} lists the
 * handlers in data order, {@link io.dawncache.server.inbound.RequestHandler} keeps the order of
 * answers and the bounds, {@link io.dawncache.server.inbound.RequestDispatcher} finds out what a
 * request asks for, and an {@link io.dawncache.server.inbound.Exchange} becomes its answer. A node
 * of ours that wishes to goes on in frames: then {@link io.dawncache.server.inbound.FrameService}
 * takes the handlers' place, and a {@link io.dawncache.server.inbound.FrameExchange} the
 * exchange's. Everything here runs on the connection's event loop, but for the moment in which an
 * answer comes.
 */
@NullMarked
package io.dawncache.server.inbound;

import org.jspecify.annotations.NullMarked;
