package io.dawncache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.server.testing.Fuzz;
import io.dawncache.server.testing.Fuzz.Finding;
import io.dawncache.server.testing.FuzzedReader;
import io.netty.buffer.ByteBufUtil;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What scripts/fuzz does for hours, for some thousand inputs of each reader. */
class FuzzedReadersTest {
  private static final int CASES = 3_000;

  static List<FuzzedReader> all() {
    return FuzzedReader.all();
  }

  @ParameterizedTest
  @MethodSource("all")
  void everyInputIsReadOrRefused(FuzzedReader reader) throws InterruptedException {
    for (byte[] seed : reader.seeds()) {
      assertFine(Fuzz.find(reader, seed));
    }
    assertFine(Fuzz.find(reader, 0, CASES));
  }

  private static void assertFine(Finding finding) {
    if (finding != null) {
      throw new AssertionError(
          "seed " + finding.seed() + ", input " + ByteBufUtil.hexDump(finding.input()),
          finding.failure());
    }
  }

  @Test
  void everyReaderHasAName() {
    List<String> names = all().stream().map(FuzzedReader::name).toList();
    assertEquals(names.stream().distinct().toList(), names);
    assertTrue(names.stream().allMatch(name -> name.matches("[a-z-]+")), names::toString);
    assertTrue(
        names.containsAll(List.of("tokens", "dns-answer", "pem-key", "fetch-request", "headers")),
        names::toString);
  }

  private static FuzzedReader reader(FuzzedReader.TextReading reading) {
    return FuzzedReader.ofText(
        "tried", IllegalArgumentException.class, List.of("ab,ab", "ab"), reading);
  }

  @Test
  void aReaderThatRefusesAsItShouldIsNoFinding() throws InterruptedException {
    assertNull(
        Fuzz.find(
            reader(
                text -> {
                  throw new IllegalArgumentException("text: " + text);
                }),
            0,
            10));
  }

  @Test
  void anyOtherExceptionIsAFinding() throws InterruptedException {
    Finding number = Fuzz.find(reader(Integer::parseInt), 5, 10);
    assertNotNull(number);
    assertEquals(5, number.seed());
    assertSame(NumberFormatException.class, number.failure().getCause().getClass());
    assertNotNull(
        Fuzz.find(
            reader(
                text -> {
                  throw new IllegalArgumentException();
                }),
            0,
            10),
        "without a message");
  }

  @Test
  void aStackThatOverflowsIsAFinding() throws InterruptedException {
    Pattern recursive = Pattern.compile("[^,]*(?:,[^,]+)*");

    Finding finding = Fuzz.find(reader(text -> recursive.matcher(text).matches()), 0, 50_000);

    assertNotNull(finding);
    assertSame(StackOverflowError.class, finding.failure().getClass());
  }

  @Test
  void tooMuchTimeOfAProcessorIsAFinding() throws InterruptedException {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long tooMuchNanos = TimeUnit.MILLISECONDS.toNanos(2_500);

    Finding finding =
        Fuzz.find(
            reader(
                text -> {
                  while (threads.getCurrentThreadCpuTime() < tooMuchNanos) {
                    Thread.onSpinWait();
                  }
                }),
            0,
            1);

    assertNotNull(finding);
    assertTrue(finding.failure().getMessage().startsWith("CPU time: "));
  }
}
