package io.dawncache.bench.memory;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TraceTest {
  @TempDir Path folder;

  @Test
  void aTraceWithoutSizesHasValuesOfOneByte() throws IOException {
    Trace trace = Trace.read(written("loop.txt.gz", "0\n1\n0\n2\n"));

    assertEquals("loop", trace.name());
    assertFalse(trace.isSized());
    assertEquals(List.of(0, 1, 0, 2), keysOf(trace));
    assertEquals(3, trace.distinctKeys());
    assertEquals(1, trace.value(2).length());
  }

  @Test
  void aTraceWithSizesHasValuesOfThem() throws IOException {
    Trace trace = Trace.read(written("sized.txt.gz", "0\t68\n1\t7454\n0\t68\n2\t0\n"));

    assertTrue(trace.isSized());
    assertEquals(List.of(0, 1, 0, 2), keysOf(trace));
    assertEquals(68, trace.value(0).length());
    assertEquals(7454, trace.value(1).length());
    assertEquals(0, trace.value(2).length());
  }

  @Test
  void keysAreOfEqualLength() throws IOException {
    Trace trace = Trace.read(written("long.txt.gz", "0\n12345\n"));

    assertEquals(trace.key(0).length(), trace.key(12345).length());
  }

  @Test
  void aLineThatIsNoAccessIsRefusedWithItsNumber() throws IOException {
    Path file = written("bad.txt.gz", "0\none\n");

    var e = assertThrows(IOException.class, () -> Trace.read(file));

    assertEquals(file + ": line 2: no access: one", e.getMessage());
  }

  @Test
  void filesAreFoundInOrderAndAFolderWithoutAnyIsRefused() throws IOException {
    var e = assertThrows(IOException.class, () -> Trace.filesIn(folder));
    assertEquals(folder + ": no traces (expected: files named *.txt.gz)", e.getMessage());
    assertThrows(IOException.class, () -> Trace.filesIn(folder.resolve("nowhere")));

    Path b = written("b.txt.gz", "0\n");
    Path a = written("a.txt.gz", "0\n");
    Files.writeString(folder.resolve("README.md"), "no trace");

    assertEquals(List.of(a, b), Trace.filesIn(folder));
  }

  private Path written(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(text.getBytes(UTF_8));
    }
    return file;
  }

  private static List<Integer> keysOf(Trace trace) {
    return IntStream.range(0, trace.accesses()).map(trace::keyOf).boxed().toList();
  }
}
