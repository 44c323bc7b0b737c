/** The operations listener: what operators and their tools ask of a node, apart from its data. */
module io.dawncache.operations {
  requires transitive io.dawncache.server;
  requires com.google.gson;
  requires io.netty.buffer;
  requires io.netty.codec;
  requires io.netty.codec.http;
  requires io.netty.common;
  requires io.netty.handler;
  requires io.netty.transport;
  requires static com.google.errorprone.annotations;
  requires static org.jspecify;

  exports io.dawncache.operations;

  opens io.dawncache.operations.page to
      com.google.gson;
}
