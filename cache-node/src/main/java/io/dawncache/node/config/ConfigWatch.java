package io.dawncache.node.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Notices that the content of a file has changed. For use by one thread at a time.
 *
 * <p>The file is read again and again, which works on every file system and through symbolic links.
 * An editor may have written only a part of the file when it is read; so a change counts when two
 * looks in a row have found the same content.
 */
public final class ConfigWatch {
  private final Path file;

  // Null if the file could not be read.
  private byte @Nullable [] last;
  private byte @Nullable [] settled;

  /** Watches {@code file} for changes of its present content. */
  public ConfigWatch(Path file) {
    this.file = file;
    this.settled = content();
    this.last = settled;
  }

  /** Returns whether the content is another one than when this last returned true. */
  public boolean hasChanged() {
    byte[] present = content();
    boolean stays = Arrays.equals(present, last);
    last = present;
    if (!stays || Arrays.equals(present, settled)) {
      return false;
    }
    settled = present;
    return true;
  }

  private byte @Nullable [] content() {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(YamlReader.MOST_BYTES + 1);
    } catch (IOException e) {
      return null;
    }
  }
}
