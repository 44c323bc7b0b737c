package io.dawncache.server;

import io.dawncache.server.discovery.Rounds;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Notices, on a thread of its own, that the files of a server's TLS have changed.
 *
 * <p>The files are read again and again, which works on every file system and through symbolic
 * links. A change counts when two readings in a row have found the same: a certificate and its key
 * are not replaced at once.
 */
final class TlsWatch implements AutoCloseable {
  private static final Duration INTERVAL = Duration.ofMillis(500);
  private static final ByteBuffer UNREADABLE = ByteBuffer.allocate(0);

  private final List<Path> files;
  private final Runnable whenChanged;
  private final Rounds rounds;

  // Belong to the thread that reads.
  private List<ByteBuffer> last;
  private List<ByteBuffer> settled;

  /**
   * Notes what the files hold now.
   *
   * @param whenChanged called on the thread that reads
   */
  TlsWatch(TlsConfig config, Runnable whenChanged) {
    this.files =
        Stream.of(
                config.certificate(),
                config.key(),
                config.keyPassword(),
                config.trust(),
                config.revoked(),
                config.peerNames())
            .filter(Objects::nonNull)
            .map(Objects::requireNonNull)
            .toList();
    this.whenChanged = whenChanged;
    this.settled = content();
    this.last = settled;
    this.rounds =
        new Rounds(
            "dawncache-tls",
            () -> {
              look();
              return INTERVAL;
            });
  }

  /** Begins to look. */
  void start() {
    rounds.start();
  }

  private void look() {
    List<ByteBuffer> present = content();
    boolean stays = present.equals(last);
    last = present;
    if (stays && !present.equals(settled)) {
      settled = present;
      whenChanged.run();
    }
  }

  private List<ByteBuffer> content() {
    return files.stream().map(TlsWatch::content).toList();
  }

  private static ByteBuffer content(Path file) {
    try {
      return ByteBuffer.wrap(Files.readAllBytes(file));
    } catch (IOException e) {
      return UNREADABLE;
    }
  }

  @Override
  public void close() {
    rounds.close();
  }
}
