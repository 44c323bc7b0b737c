package io.dawncache.bench.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a node's process holds.
 *
 * @param heapBytes of its heap after a full collection
 * @param threads how many threads
 * @param files how many open files, connections among them
 */
record Footprint(long heapBytes, long threads, long files) {
  private static final Pattern USED = Pattern.compile("used (\\d+)K");
  private static final Path JCMD = Path.of(System.getProperty("java.home"), "bin", "jcmd");

  /** Makes the node collect its heap, and looks at it. */
  static Footprint of(ChaosNode node) throws IOException, InterruptedException {
    jcmd(node, "GC.run");
    long heapBytes = heapBytes(jcmd(node, "GC.heap_info"));
    Path process = Path.of("/proc", String.valueOf(node.pid()));
    try (Stream<Path> threads = Files.list(process.resolve("task"));
        Stream<Path> files = Files.list(process.resolve("fd"))) {
      return new Footprint(heapBytes, threads.count(), files.count());
    }
  }

  /**
   * Returns the bytes that are used of all generations.
   *
   * @param info what {@code jcmd GC.heap_info} prints
   */
  static long heapBytes(String info) throws IOException {
    List<Long> kibibytes =
        info.lines()
            .filter(line -> !line.contains("Metaspace") && !line.contains("class space"))
            .map(USED::matcher)
            .filter(Matcher::find)
            .map(used -> Long.valueOf(used.group(1)))
            .toList();
    if (kibibytes.isEmpty()) {
      throw new IOException(info.strip() + ": no used heap (expected: a line with used ...K)");
    }
    return kibibytes.stream().mapToLong(Long::longValue).sum() << 10;
  }

  private static String jcmd(ChaosNode node, String order)
      throws IOException, InterruptedException {
    Process jcmd =
        new ProcessBuilder(JCMD.toString(), String.valueOf(node.pid()), order)
            .redirectErrorStream(true)
            .start();
    String said = new String(jcmd.getInputStream().readAllBytes(), UTF_8);
    if (jcmd.waitFor() != 0) {
      throw new IOException(JCMD + " " + order + ": " + said.strip() + " (expected: a JDK's)");
    }
    return said;
  }
}
