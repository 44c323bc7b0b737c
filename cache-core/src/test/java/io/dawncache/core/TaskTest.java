package io.dawncache.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is handed to another thread runs once, whatever becomes of the hand-over. */
@Timeout(60)
class TaskTest {
  @RegisterExtension final Books books = new Books();

  private final AtomicInteger runs = new AtomicInteger();

  /** What executors do with a task. */
  @SuppressWarnings("ImmutableEnumChecker") // they hold no state
  private enum Way {
    RUNS_IT(Runnable::run),
    RUNS_IT_AND_THROWS(
        task -> {
          task.run();
          throw new IllegalStateException("after the task");
        }),
    QUEUES_IT_AND_THROWS(
        task -> {
          ForkJoinPool.commonPool().execute(task);
          throw new OutOfMemoryError("after the task was queued");
        }),
    REFUSES_IT(
        task -> {
          throw new RejectedExecutionException("full");
        }),
    HAS_NO_THREAD_FOR_IT(
        task -> {
          throw new OutOfMemoryError("unable to create native thread");
        });

    private final Executor executor;

    Way(Executor executor) {
      this.executor = executor;
    }
  }

  private CacheNode node(Way way) {
    HandThreads threads = new HandThreads(way.executor::execute, () -> 0);
    return books.keepFor(
        CacheNode.builder()
            .nanoTime(() -> 0)
            .threads(threads)
            .callbackExecutor(way.executor)
            .build());
  }

  private static void awaitCommonPool() {
    assertTrue(ForkJoinPool.commonPool().awaitQuiescence(30, TimeUnit.SECONDS));
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void aTaskRunsOnceWhateverItsExecutorDoes(Way way) {
    CacheNode node = node(way);

    node.resources().threads().startSoon(Task.of(runs::incrementAndGet));
    awaitCommonPool();
    assertEquals(1, runs.get());

    node.resources().threads().callBack(Task.of(runs::incrementAndGet));
    awaitCommonPool();
    assertEquals(2, runs.get());
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void theListenerOfAWarmingHearsTheEndOnceThoughItThrows(Way way) throws Exception {
    CacheNode node = node(way);
    Group group = node.addGroup("scores", Loaded::ofUtf8);
    Consumer<WarmProgress> listener =
        progress -> {
          runs.incrementAndGet();
          throw new IllegalStateException("a listener");
        };

    CompletableFuture<WarmProgress> warmed = group.warm(List.of(), 1, listener);

    assertEquals(0, warmed.get().keys());
    awaitCommonPool();
    assertEquals(1, runs.get());
  }

  @Test
  void whatATaskThrowsGoesToTheHandlerOfItsThreadAndNotToItsExecutor() {
    Thread thread = Thread.currentThread();
    Thread.UncaughtExceptionHandler before = thread.getUncaughtExceptionHandler();
    List<Throwable> uncaught = new ArrayList<>();
    IllegalStateException thrown = new IllegalStateException("a task");
    thread.setUncaughtExceptionHandler((t, e) -> uncaught.add(e));
    try {
      Task.of(
              () -> {
                throw thrown;
              })
          .run();
    } finally {
      thread.setUncaughtExceptionHandler(before);
    }

    assertEquals(List.of(thrown), uncaught);
  }

  @Test
  void aCodecThatThrowsAnErrorEndsItsFuture() throws Exception {
    CacheNode node = books.keepFor(CacheNode.create());
    Group group = node.addGroup("scores", Loaded::ofUtf8);
    Error thrown = new StackOverflowError("a codec");
    TypedGroup<String, String> typed =
        group.as(
            new ValueCodec<>() {
              @Override
              public ByteView encode(String value) {
                return ByteView.ofUtf8(value);
              }

              @Override
              public String decode(ByteView bytes) {
                throw thrown;
              }
            });

    try {
      var unused = typed.async().get("Tom").get(30, TimeUnit.SECONDS);
      throw new AssertionError("a value");
    } catch (ExecutionException e) {
      assertSame(thrown, e.getCause());
    }
  }
}
