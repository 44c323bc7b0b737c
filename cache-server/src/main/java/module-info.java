/** The server: what an application embeds to make a node a member of a fleet. */
@SuppressWarnings("requires-automatic") // protobuf has a module name but no descriptor
module io.dawncache.server {
  requires transitive io.dawncache.core;
  requires com.google.protobuf;
  requires io.netty.buffer;
  requires io.netty.codec;
  requires io.netty.codec.dns;
  requires io.netty.codec.http;
  requires io.netty.common;
  requires io.netty.handler;
  requires io.netty.resolver;
  requires io.netty.transport;
  requires io.netty.transport.classes.epoll;
  requires io.netty.transport.classes.kqueue;
  requires jdk.unsupported; // for Netty 4.1, whose jars use it without declaring it
  requires static java.management; // both for the limit of open files; see OpenFiles
  requires static jdk.management;
  requires static com.google.errorprone.annotations;
  requires static org.jspecify;

  exports io.dawncache.server;

  uses io.dawncache.server.DiscoveryProvider;
}
