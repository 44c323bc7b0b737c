package io.dawncache.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.dawncache.server.AnsweredRequest;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of requests when their lines cannot be written at once. */
@Timeout(30)
class AccessLogTest {
  @TempDir private Path folder;

  private static String line(AnsweredRequest request) {
    return request.target() + "\n";
  }

  private static AnsweredRequest request(String target) {
    return new AnsweredRequest(Instant.EPOCH, null, "GET", target, 200, 1, Duration.ZERO, null);
  }

  @Test
  void aFullQueueDropsAndCounts() throws Exception {
    CountDownLatch writing = new CountDownLatch(1);
    CountDownLatch free = new CountDownLatch(1);
    Writer held =
        new StringWriter() {
          @Override
          public void write(String text) {
            writing.countDown();
            try {
              free.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
            super.write(text);
          }
        };
    AccessLog log = new AccessLog("held", () -> held, AccessLogTest::line, 2);

    log.answered(request("1"));
    writing.await();
    for (int i = 2; i < 7; i++) {
      log.answered(request("" + i));
    }
    assertEquals(3, log.dropped());
    free.countDown();
    log.close();

    assertEquals("1\n2\n3\n", held.toString());
    assertEquals(3, log.dropped());
  }

  @Test
  void theEndDoesNotWaitForATargetThatHangs() throws Exception {
    CountDownLatch writing = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    Writer hanging =
        new StringWriter() {
          @Override
          public void write(String text) {
            writing.countDown();
            try {
              new CountDownLatch(1).await();
            } catch (InterruptedException e) {
              interrupted.countDown();
            }
          }
        };
    AccessLog log = new AccessLog("hanging", () -> hanging, AccessLogTest::line, 1);
    log.answered(request("1"));
    writing.await();

    log.close();

    interrupted.await();
  }

  @Test
  void linesAreAppendedAndAFileThatWasRenamedIsOpenedAnew() throws Exception {
    Path file = folder.resolve("access");
    Path renamed = folder.resolve("access.1");
    Files.writeString(file, "before\n");
    try (AccessLog log = AccessLog.open(file.toString(), AccessLogTest::line)) {
      log.answered(request("1"));
      await(file, List.of("before", "1"));
      Files.move(file, renamed);
      log.answered(request("2"));
      await(renamed, List.of("before", "1", "2"));
      log.reopen();
      log.answered(request("3"));
      await(file, List.of("3"));
    }
    assertEquals(List.of("before", "1", "2"), Files.readAllLines(renamed));
  }

  private static void await(Path file, List<String> lines) throws IOException {
    while (!Files.exists(file) || !Files.readAllLines(file).equals(lines)) {
      Thread.onSpinWait();
    }
  }

  @Test
  void aFileThatCannotBeOpenedAnewIsTriedAgainForEachRequest() throws Exception {
    Path gone = Files.createDirectory(folder.resolve("gone"));
    Path file = gone.resolve("access");
    AccessLog log = AccessLog.open(file.toString(), AccessLogTest::line);
    Files.delete(file);
    Files.delete(gone);

    log.reopen();
    log.answered(request("1"));
    while (log.dropped() < 1) {
      Thread.onSpinWait();
    }
    Files.createDirectory(gone);
    log.answered(request("2"));
    log.close();

    assertEquals(List.of("2"), Files.readAllLines(file));
    assertEquals(1, log.dropped());
  }

  @Test
  void aTargetThatCannotBeWrittenIsNamed() {
    Path none = folder.resolve("none/access");

    IOException failure =
        assertThrows(IOException.class, () -> AccessLog.open(none.toString(), AccessLogTest::line));

    assertEquals(
        "access-log: "
            + none
            + ": no such folder (expected: a file that can be written, stderr or off)",
        failure.getMessage());
    assertThrows(IOException.class, () -> AccessLog.open(folder.toString(), AccessLogTest::line));
    assertThrows(IOException.class, () -> AccessLog.open("\0", AccessLogTest::line));
  }
}
