package io.dawncache.server.discovery;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dawncache.server.Discovery;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads the member list from a file: a URL on each line; empty lines and what follows a {@code #}
 * do not count. The file may be replaced or edited in place.
 */
public final class FileDiscovery implements Discovery {
  /*
   * The file is read again and again, because that works on every file system, through symbolic
   * links that change, and for a file that does not exist yet.
   *
   * An editor may have written only a part of the file when it is read. So a changed content counts
   * when two readings in a row have found it. The first content counts at once: the node is not
   * ready without a list.
   */
  private static final Duration INTERVAL = Duration.ofMillis(250);
  private static final String EXPECTED = " (expected: a URL on each line)";
  private static final int MOST_BYTES = 1 << 20;

  private final Path path;

  // Belong to the thread that reads.
  private byte @Nullable [] last; // what the last reading found; null if it failed
  private byte @Nullable [] reported; // the content that was reported last

  private volatile @Nullable Rounds rounds;

  /** Makes a discovery that is not started. */
  public FileDiscovery(Path path) {
    this.path = Objects.requireNonNull(path, "path").toAbsolutePath();
  }

  @Override
  public void start(String self, Listener listener) {
    Rounds started =
        new Rounds(
            () -> {
              look(listener);
              return INTERVAL;
            });
    rounds = started;
    started.start();
  }

  /** Reads the file, and reports what has changed. */
  void look(Listener listener) {
    try {
      byte[] content = read();
      boolean settled = last == null || Arrays.equals(content, last);
      last = content;
      if (settled && !Arrays.equals(content, reported)) {
        reported = content;
        report(content, listener);
      }
    } catch (IOException e) {
      last = null;
      reported = null;
      listener.failed(this + ": " + reason(e));
    }
  }

  private void report(byte[] content, Listener listener) throws IOException {
    List<String> members = membersIn(content);
    if (members.isEmpty()) {
      throw new IOException("no member" + EXPECTED);
    }
    listener.found(members);
  }

  private byte[] read() throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      byte[] content = in.readNBytes(MOST_BYTES + 1);
      if (content.length > MOST_BYTES) {
        throw new IOException("longer than " + MOST_BYTES + " bytes" + EXPECTED);
      }
      return content;
    }
  }

  private static List<String> membersIn(byte[] content) throws IOException {
    try {
      String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
      return text.lines()
          .map(line -> line.replaceFirst("#.*", "").strip())
          .filter(line -> !line.isEmpty())
          .toList();
    } catch (CharacterCodingException e) {
      throw new IOException("not UTF-8" + EXPECTED, e);
    }
  }

  private static String reason(IOException e) {
    return e instanceof NoSuchFileException
        ? "no such file" + EXPECTED
        : String.valueOf(e.getMessage());
  }

  @Override
  public void close() {
    Rounds started = rounds;
    if (started != null) {
      started.close();
    }
  }

  @Override
  public String toString() {
    return "file:" + path;
  }
}
