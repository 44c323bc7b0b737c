package io.dawncache.server.inbound;

import io.dawncache.server.wire.Fatal;
import io.netty.channel.Channel;
import io.netty.util.concurrent.EventExecutor;
import java.lang.System.Logger.Level;
import java.util.concurrent.RejectedExecutionException;

/**
 * Carries a connection's answers from any thread to the connection's event loop. An answer that
 * does not arrive there would leave its request waiting for ever, so its loss closes the
 * connection.
 */
final class HandOver {
  private static final System.Logger LOG = System.getLogger(HandOver.class.getName());

  private final Channel channel;
  private final EventExecutor loop;
  private final ValuesInTransit inTransit;
  private volatile boolean lost;

  /**
   * Makes one.
   *
   * @param inTransit the values on their way to all connections of the server
   */
  HandOver(Channel channel, EventExecutor loop, ValuesInTransit inTransit) {
    this.channel = channel;
    this.loop = loop;
    this.inTransit = inTransit;
  }

  /** Returns whether the calling thread is the event loop. */
  boolean isHere() {
    return loop.inEventLoop();
  }

  /** Returns the values on their way to all connections of the server. */
  ValuesInTransit inTransit() {
    return inTransit;
  }

  /**
   * Runs {@code task} on the event loop: before this returns, if the calling thread is the event
   * loop. Throws only what the task throws then.
   *
   * @param task allocated before its answer arrived, when there was memory for it
   */
  void run(Runnable task) {
    if (isHere()) {
      task.run();
    } else {
      execute(task);
    }
  }

  /** As {@link #run}, from another thread; returns whether the event loop will run the task. */
  boolean execute(Runnable task) {
    try {
      loop.execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      // The server has closed, and this connection with it: no client waits for the answer.
    } catch (Throwable e) {
      lose(e);
    }
    return false;
  }

  /** An answer was lost because of {@code cause}: closes the connection. On any thread. */
  void lose(Throwable cause) {
    lost = true;
    try {
      channel.close();
      Fatal.report(cause);
      LOG.log(Level.ERROR, "connection with " + channel.remoteAddress() + " closed", cause);
    } catch (Throwable e) {
      // No memory for this either: the idle watch calls `hasLost` when it looks next.
    }
  }

  /** Returns whether an answer was lost, so that its request will never be answered. */
  boolean hasLost() {
    return lost;
  }
}
