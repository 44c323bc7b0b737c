package io.dawncache.bench.memory;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dawncache.core.ByteView;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * A recorded sequence of accesses, read from a gzipped text with one access per line: {@code key}
 * or {@code key TAB valueBytes}, keys numbered from 0 in order of first use.
 *
 * <p>Here keys are strings of equal length and values are zeros: of the trace's lengths, or else
 * one byte for every key, so that all entries weigh the same.
 */
public final class Trace {
  private static final String SUFFIX = ".txt.gz";

  private final String name;
  private final boolean sized;
  private final int[] accesses;
  private final String[] keys;
  private final ByteView[] values;

  private Trace(String name, boolean sized, int[] accesses, int[] valueBytes) {
    this.name = name;
    this.sized = sized;
    this.accesses = accesses;
    this.keys = new String[valueBytes.length];
    this.values = new ByteView[valueBytes.length];
    // Slices of one array: only a value's length matters here.
    ByteView zeros = ByteView.copyOf(new byte[Arrays.stream(valueBytes).max().orElse(0)]);
    for (int key = 0; key < valueBytes.length; key++) {
      keys[key] = String.format(Locale.ROOT, "%08d", key);
      values[key] = zeros.slice(0, valueBytes[key]);
    }
  }

  /**
   * Returns the traces in a folder, the files named {@code *.txt.gz}, in order of their names.
   *
   * @throws IOException if there are none
   */
  static List<Path> filesIn(Path folder) throws IOException {
    List<Path> traces = List.of();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        traces = files.filter(file -> file.toString().endsWith(SUFFIX)).sorted().toList();
      }
    }
    if (traces.isEmpty()) {
      throw new IOException(folder + ": no traces (expected: files named *" + SUFFIX + ")");
    }
    return traces;
  }

  /**
   * Reads a trace.
   *
   * @throws IOException if it cannot be read, or a line is not an access
   */
  public static Trace read(Path file) throws IOException {
    List<int[]> lines = new ArrayList<>();
    boolean sized = false;
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        int tab = line.indexOf('\t');
        sized |= tab >= 0;
        try {
          lines.add(
              tab < 0
                  ? new int[] {Integer.parseInt(line), 1}
                  : new int[] {
                    Integer.parseInt(line, 0, tab, 10),
                    Integer.parseInt(line, tab + 1, line.length(), 10)
                  });
        } catch (NumberFormatException e) {
          throw new IOException(file + ": line " + (lines.size() + 1) + ": no access: " + line, e);
        }
      }
    }
    String name = file.getFileName().toString();
    return of(name.substring(0, name.length() - SUFFIX.length()), sized, lines);
  }

  private static Trace of(String name, boolean sized, List<int[]> lines) {
    int[] accesses = lines.stream().mapToInt(line -> line[0]).toArray();
    int[] valueBytes = new int[Arrays.stream(accesses).max().orElse(-1) + 1];
    lines.forEach(line -> valueBytes[line[0]] = line[1]);
    return new Trace(name, sized, accesses, valueBytes);
  }

  public String name() {
    return name;
  }

  /** Returns whether values have sizes of their own. */
  public boolean isSized() {
    return sized;
  }

  public int accesses() {
    return accesses.length;
  }

  public int distinctKeys() {
    return keys.length;
  }

  /** Returns the number of the key that the access asks for. */
  public int keyOf(int access) {
    return accesses[access];
  }

  public String key(int number) {
    return keys[number];
  }

  public ByteView value(int number) {
    return values[number];
  }
}
