package io.dawncache.server.inbound;

import io.dawncache.core.ByteAccount;
import io.dawncache.server.wire.Fatal;
import io.netty.channel.Channel;
import io.netty.util.concurrent.EventExecutor;
import java.lang.System.Logger.Level;
import java.util.concurrent.RejectedExecutionException;

/**
 * The way of a connection's answers from whatever thread they come on to the connection's event
 * loop. An answer that does not get there would leave its request waiting for ever, so its loss
 * ends the connection.
 */
final class HandOver {
  private static final System.Logger LOG = System.getLogger(HandOver.class.getName());

  private final Channel channel;
  private final EventExecutor loop;
  private final ByteAccount.Holder onItsWay;
  private volatile boolean lost;

  /**
   * Makes one.
   *
   * @param onItsWay of values that other threads have brought and the event loop has not yet seen
   */
  HandOver(Channel channel, EventExecutor loop, ByteAccount.Holder onItsWay) {
    this.channel = channel;
    this.loop = loop;
    this.onItsWay = onItsWay;
  }

  /** Returns whether the calling thread is the event loop. */
  boolean isHere() {
    return loop.inEventLoop();
  }

  /** Returns the part of the node's account for values on their way. */
  ByteAccount.Holder onItsWay() {
    return onItsWay;
  }

  /**
   * Runs {@code task} on the event loop: before this returns, if the calling thread is the event
   * loop. Throws only what the task throws then.
   *
   * @param task made before its answer came, when there was memory for it
   */
  void run(Runnable task) {
    if (isHere()) {
      task.run();
    } else {
      execute(task);
    }
  }

  /** As {@link #run}, from another thread. */
  void execute(Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      // The server has closed, and this connection with it: nobody waits for the answer.
    } catch (Throwable e) {
      lose(e);
    }
  }

  /** An answer was lost because of {@code cause}: closes the connection. On any thread. */
  void lose(Throwable cause) {
    lost = true;
    try {
      channel.close();
      Fatal.report(cause);
      LOG.log(Level.ERROR, "connection with " + channel.remoteAddress() + " closed", cause);
    } catch (Throwable e) {
      // For the same want of memory: the idle watch asks `hasLost` when it looks next.
    }
  }

  /** Returns whether an answer was lost, so that its request will never be answered. */
  boolean hasLost() {
    return lost;
  }

  /** The connection has gone. */
  void close() {
    onItsWay.close();
  }
}
