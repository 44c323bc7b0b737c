package io.dawncache.server;

import io.dawncache.core.EventLoopThread;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.FastThreadLocalThread;

/** Makes event loop threads, marked so that blocking calls on them are refused. */
final class LoopThreads extends DefaultThreadFactory {
  LoopThreads() {
    super("dawncache-loop", true);
  }

  @Override
  protected Thread newThread(Runnable task, String name) {
    return new LoopThread(threadGroup, task, name);
  }

  private static final class LoopThread extends FastThreadLocalThread implements EventLoopThread {
    LoopThread(ThreadGroup group, Runnable task, String name) {
      super(group, task, name);
    }
  }
}
