/**
 * The server side of a connection: {@link io.dawncache.server.inbound.InboundPipeline} lists the
 * handlers in data order, {@link io.dawncache.server.inbound.RequestHandler} turns each request
 * into a get and answers in request order. Everything here runs on the connection's event loop.
 */
@NullMarked
package io.dawncache.server.inbound;

import org.jspecify.annotations.NullMarked;
