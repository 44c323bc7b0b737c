package io.dawncache.core;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/** What a get came to: waits for its end and takes the value or the failure out of it. */
final class Answers {
  private Answers() {}

  /** Waits for the future's value, as UTF-8. */
  static String value(CompletableFuture<ByteView> future) {
    try {
      return future.get().toUtf8();
    } catch (ExecutionException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Waits for the future's failure, which must be of that kind. */
  static <E extends GetException> E failure(Class<E> kind, CompletableFuture<ByteView> future) {
    return assertInstanceOf(kind, failure(future));
  }

  /** Waits for the future's end; returns its failure, or null if it has a value. */
  static Throwable failure(CompletableFuture<?> future) {
    try {
      // Not join, which would not heed the interrupt of a test that has run for too long.
      var unused = future.get();
      return null;
    } catch (ExecutionException e) {
      return e.getCause();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    } catch (CancellationException e) {
      return e;
    }
  }

  /** A callback that remembers who told it what, and how often. */
  static final class Told implements GetCallback {
    final CompletableFuture<ByteView> answer = new CompletableFuture<>();
    final AtomicInteger times = new AtomicInteger();
    volatile Thread teller;

    @Override
    public void value(Entry entry, double minuteQps) {
      teller = Thread.currentThread();
      times.incrementAndGet();
      answer.complete(entry.value());
    }

    @Override
    public void error(GetException error) {
      teller = Thread.currentThread();
      times.incrementAndGet();
      answer.completeExceptionally(error);
    }
  }
}
