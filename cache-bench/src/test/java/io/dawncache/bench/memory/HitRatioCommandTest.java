package io.dawncache.bench.memory;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class HitRatioCommandTest {
  @TempDir Path folder;

  private final StringWriter out = new StringWriter();

  @Test
  void everyTraceIsReplayedThroughBothPoliciesAndWhatTheyAreComparedWith() throws IOException {
    var random = new Random(630);
    var plain = new StringBuilder("0\n".repeat(50));
    var sized = new StringBuilder("0\t100\n".repeat(50));
    for (int key = 1; key < 60; key++) {
      int again = random.nextInt(key);
      plain.append(key).append('\n').append(again).append('\n');
      sized.append(key).append("\t100\n").append(again).append("\t100\n");
    }
    write("plain.txt.gz", plain);
    write("sized.txt.gz", sized);

    assertEquals(0, run("--traces", folder.toString()), out::toString);

    List<String> lines = out.toString().lines().toList();
    assertEquals(2 + 4 + 3, lines.size(), out::toString);
    assertTrue(lines.get(0).startsWith("| trace | hits of 100 gets"), out::toString);
    assertTrue(lines.get(2).startsWith("| plain | `LRU`"), out::toString);
    assertTrue(lines.get(6).startsWith("| sized | `LRU`"), out::toString);
  }

  @Test
  void aFolderMustBeNamed() {
    assertEquals(2, run());
  }

  private void write(String name, CharSequence text) throws IOException {
    try (OutputStream file = new GZIPOutputStream(Files.newOutputStream(folder.resolve(name)))) {
      file.write(text.toString().getBytes(UTF_8));
    }
  }

  private int run(String... arguments) {
    CommandLine line = new CommandLine(new HitRatioCommand());
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(new StringWriter()));
    return line.execute(arguments);
  }
}
