package io.dawncache.server.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.dawncache.core.CacheNode;
import io.dawncache.core.GetException;
import io.dawncache.core.Group;
import io.dawncache.core.GroupConfig;
import io.dawncache.core.Loaded;
import io.dawncache.core.RejectedException;
import io.dawncache.core.TemporaryFailure;
import io.dawncache.server.Dialect;
import io.dawncache.server.testing.Books;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a client and a peer are told of a get without a value, in each dialect. */
@Timeout(30)
class RefusalTest {

  @ParameterizedTest
  @CsvSource({"DAWNCACHE, 404", "GROUPCACHE, 404", "MAILGUN, 404"})
  void notFound(Dialect dialect, int code) {
    try (CacheNode node = CacheNode.create()) {
      Group group = node.addGroup("scores", key -> Loaded.notFound());
      GetException error = assertThrows(GetException.class, () -> group.get("Tom"));

      assertEquals(
          new Refusal(code, Kind.NOT_FOUND, "load scores/Tom: not found"),
          Refusal.of(dialect, error));
      Books.check(node);
    }
  }

  @ParameterizedTest
  @CsvSource({"DAWNCACHE, 502", "GROUPCACHE, 500", "MAILGUN, 500"})
  void rejected(Dialect dialect, int code) {
    try (CacheNode node = CacheNode.create()) {
      Group group = node.addGroup("scores", key -> Loaded.rejected("status 403"));
      GetException error = assertThrows(RejectedException.class, () -> group.get("Tom"));

      assertEquals(
          new Refusal(code, Kind.REJECTED, "load scores/Tom: rejected by the origin"),
          Refusal.of(dialect, error));
      assertEquals(
          "load scores/Tom: rejected by the origin\n\nstatus 403",
          Refusal.toOurs(dialect, error).text());
      Books.check(node);
    }
  }

  @ParameterizedTest
  @CsvSource({"DAWNCACHE, 500", "GROUPCACHE, 500", "MAILGUN, 503"})
  void failed(Dialect dialect, int code) {
    try (CacheNode node = CacheNode.create()) {
      Group group =
          node.addGroup(
              "scores",
              key -> {
                throw new IllegalStateException("boom");
              });
      GetException error = assertThrows(GetException.class, () -> group.get("Tom"));

      assertEquals(
          new Refusal(code, Kind.FAILED, "load scores/Tom: the origin failed"),
          Refusal.of(dialect, error));
      assertEquals(
          "load scores/Tom: the origin failed\njava.lang.IllegalStateException\nboom",
          Refusal.toOurs(dialect, error).text());
      assertEquals(new Refusal(code, Kind.FAILED, "why"), Refusal.failed(dialect, "why"));
      Books.check(node);
    }
  }

  @ParameterizedTest
  @CsvSource({"DAWNCACHE, 503, 2", "GROUPCACHE, 500, 1", "MAILGUN, 503, 1"})
  void failedForAWhile(Dialect dialect, int code, int retryAfterSeconds) {
    try (CacheNode node = CacheNode.create()) {
      Group group =
          node.addGroup(
              "scores",
              key -> {
                throw new Down(Duration.ofMillis(1001));
              });
      GetException error = assertThrows(GetException.class, () -> group.get("Tom"));

      for (Refusal refusal : List.of(Refusal.of(dialect, error), Refusal.toOurs(dialect, error))) {
        assertEquals(code, refusal.code());
        assertEquals(Kind.FAILED, refusal.kind());
        assertEquals(retryAfterSeconds, refusal.retryAfterSeconds());
      }
      Books.check(node);
    }
  }

  private static final class Down extends IOException implements TemporaryFailure {
    private static final long serialVersionUID = 1;

    private final Duration retryAfter;

    Down(Duration retryAfter) {
      this.retryAfter = retryAfter;
    }

    @Override
    public Duration retryAfter() {
      return retryAfter;
    }
  }

  @ParameterizedTest
  @CsvSource({"DAWNCACHE, 504", "GROUPCACHE, 504", "MAILGUN, 504"})
  void timedOut(Dialect dialect, int code) throws Exception {
    CompletableFuture<Loaded> held = new CompletableFuture<>();
    try (CacheNode node = CacheNode.create()) {
      Group group = node.addAsyncGroup("scores", GroupConfig.builder().build(), key -> held);

      GetException error =
          assertThrows(GetException.class, () -> group.get("Tom", Duration.ofMillis(1)));
      Refusal refusal = Refusal.of(dialect, error);
      held.complete(Loaded.ofUtf8("630"));
      assertEquals("630", group.get("Tom").toUtf8());

      assertEquals(code, refusal.code());
      assertEquals(Kind.TIMED_OUT, refusal.kind());
      Books.check(node);
    }
  }

  @ParameterizedTest
  @CsvSource({"DAWNCACHE, 503", "GROUPCACHE, 503", "MAILGUN, 503"})
  void overloaded(Dialect dialect, int code) throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CompletableFuture<Loaded> held = new CompletableFuture<>();
    try (CacheNode node = CacheNode.create()) {
      Group group =
          node.addAsyncGroup(
              "scores",
              GroupConfig.builder().maxLoads(1).maxQueuedLoads(0).build(),
              key -> {
                begun.countDown();
                return held;
              });
      CompletableFuture<?> first = group.getAsync("Jack");
      begun.await();

      GetException error = assertThrows(GetException.class, () -> group.get("Tom"));
      Refusal refusal = Refusal.of(dialect, error);
      held.complete(Loaded.ofUtf8("589"));
      first.join();

      assertEquals(code, refusal.code());
      assertEquals(Kind.OVERLOADED, refusal.kind());
      Books.check(node);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "DAWNCACHE,  400, no such group:other",
    "GROUPCACHE, 404, no such group: other",
    "MAILGUN,    404, no such group: other",
  })
  void noSuchGroup(Dialect dialect, int code, String text) {
    assertEquals(
        new Refusal(code, Kind.NO_SUCH_GROUP, text), Refusal.noSuchGroup(dialect, "other"));
  }

  @Test
  void aRequestAtFaultHasNoKind() {
    assertEquals(
        new Refusal(400, Kind.REFUSED, "HTTPPool serving unexpected path: /x"),
        Refusal.unexpectedPath(Dialect.GROUPCACHE, "/x"));
    assertEquals(
        new Refusal(404, Kind.REFUSED, "path: not known here (expected: /_dawncache/GROUP/KEY)"),
        Refusal.unexpectedPath(Dialect.DAWNCACHE, "/x"));
    assertEquals(new Refusal(400, Kind.REFUSED, "bad request"), Refusal.badRequest("bad request"));
    assertEquals(
        new Refusal(405, Kind.REFUSED, "method PUT (expected: GET or HEAD)"),
        Refusal.methodNotAllowed(Dialect.DAWNCACHE, "PUT"));
    assertEquals(
        new Refusal(405, Kind.REFUSED, "method POST (expected: GET, HEAD, PUT or DELETE)"),
        Refusal.methodNotAllowed(Dialect.MAILGUN, "POST"));
    assertEquals(
        new Refusal(413, Kind.REFUSED, "body: too long (expected: <= 10 bytes)"),
        Refusal.tooLong("body", 10));
  }

  @Test
  void aRequestBeyondTheLimitsIsToldWhichOne() {
    assertEquals(414, Refusal.malformed(new TooLongHttpLineException("too long")).code());
    assertEquals(431, Refusal.malformed(new TooLongHttpHeaderException("too large")).code());
    assertEquals(
        new Refusal(400, Kind.REFUSED, "malformed request: gibberish"),
        Refusal.malformed(new IllegalArgumentException("gibberish")));
  }
}
