package io.dawncache.bench.collectors;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dawncache.bench.workload.Zipf;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/**
 * The requests to the full nodes, the same for each: keys that they hold, by Zipf's law, and
 * between them fresh keys, each of which evicts another value.
 */
final class Mix {
  private static final double SKEW = 1;

  private Mix() {}

  /**
   * Writes a trace for the load generator.
   *
   * @param accesses as many as one run needs, so that no fresh key occurs twice
   * @param askedKeys how many of the held keys are asked for
   * @param freshPart how many of the accesses are for fresh keys, from 0 to 1
   */
  static void write(Path file, long accesses, int askedKeys, double freshPart) throws IOException {
    Zipf zipf = new Zipf(askedKeys, SKEW);
    Random random = new Random(630);
    int freshKey = askedKeys;
    try (BufferedWriter out =
        new BufferedWriter(
            new OutputStreamWriter(new GZIPOutputStream(Files.newOutputStream(file)), UTF_8))) {
      for (long i = 0; i < accesses; i++) {
        int key = random.nextDouble() < freshPart ? freshKey++ : zipf.draw(random);
        out.write(key + "\n");
      }
    }
  }
}
