package io.dawncache.server;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.kqueue.KQueue;
import io.netty.channel.kqueue.KQueueEventLoopGroup;
import io.netty.channel.kqueue.KQueueServerSocketChannel;
import io.netty.channel.kqueue.KQueueSocketChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.util.concurrent.ThreadFactory;

/**
 * The best transport on the class path: Netty's native libraries if the user has added them, else
 * the JDK's own.
 *
 * <p>Netty 4.1 has only the event loop groups that Netty 4.2 deprecates. In 4.2 each of them is a
 * {@code MultiThreadIoEventLoopGroup} with its transport's handler, so both versions run this code.
 */
@SuppressWarnings("deprecation")
record Transport(
    LoopFactory loops,
    Class<? extends ServerChannel> serverChannel,
    Class<? extends Channel> channel) {

  /** Makes the event loops of one server. */
  @FunctionalInterface
  interface LoopFactory {
    /** Returns a group of {@code count} event loops, each on a thread made by {@code threads}. */
    EventLoopGroup make(int count, ThreadFactory threads);
  }

  static Transport best() {
    if (Epoll.isAvailable()) {
      return new Transport(
          EpollEventLoopGroup::new, EpollServerSocketChannel.class, EpollSocketChannel.class);
    }
    if (KQueue.isAvailable()) {
      return new Transport(
          KQueueEventLoopGroup::new, KQueueServerSocketChannel.class, KQueueSocketChannel.class);
    }
    return new Transport(
        NioEventLoopGroup::new, NioServerSocketChannel.class, NioSocketChannel.class);
  }
}
