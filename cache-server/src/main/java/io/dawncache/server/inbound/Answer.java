package io.dawncache.server.inbound;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.FullHttpResponse;

/** What a request is answered with, but for a value: rendered when its turn to be written comes. */
@FunctionalInterface
interface Answer {
  /**
   * Returns the response, in a new buffer that the pipeline releases.
   *
   * @param toHead whether it is to go without its body
   */
  FullHttpResponse render(boolean toHead, ByteBufAllocator allocator);
}
