package io.dawncache.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dawncache.core.ByteView;
import io.dawncache.core.Getter;
import io.dawncache.core.Loaded;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code files:DIR}: the value of a key is the file at that path below a folder.
 *
 * <p>A file has one key, its path with single slashes; {@code ./a}, {@code a//b} and {@code a/../b}
 * name nothing. Symbolic links are followed as long as they stay below the folder. All that is not
 * a regular file there is <em>not there</em>; a file that cannot be read, or is longer than a value
 * may be, is a failure.
 */
public final class FilesOrigin implements Origin {
  /** No file system in use has longer names, so a longer one is not there rather than an error. */
  private static final int MAX_NAME_BYTES = 255;

  /** Used by {@link java.util.ServiceLoader}. */
  public FilesOrigin() {}

  @Override
  public String scheme() {
    return "files";
  }

  @Override
  public String form() {
    return "files:DIR";
  }

  @Override
  public String description() {
    return "the file at the path KEY below the folder DIR";
  }

  @Override
  public Getter open(String location) {
    Path root;
    try {
      root = Path.of(location).toRealPath();
    } catch (IOException | InvalidPathException e) {
      throw notFolder(location, e);
    }
    if (location.isEmpty() || !Files.isDirectory(root)) {
      throw notFolder(location, null);
    }
    return key -> load(root, key);
  }

  private static IllegalArgumentException notFolder(String location, @Nullable Exception cause) {
    return new IllegalArgumentException(
        "files:" + location + " (expected: files:DIR with an existing folder DIR)", cause);
  }

  private static Loaded load(Path root, String key) throws IOException {
    if (!Files.isDirectory(root)) {
      // Without this check a volume that was unmounted would answer not there for every key.
      throw new NoSuchFileException(root.toString(), null, "the origin's folder is gone");
    }
    try {
      Path file = find(root, key);
      return file == null ? Loaded.notThere() : Loaded.of(read(file));
    } catch (NoSuchFileException e) {
      return Loaded.notThere(); // also if it vanished between find and read
    }
  }

  /*
   * One name at a time, each resolved to the real path before the next: a link that leads outside
   * is noticed before anything below it is touched, and a file in the middle of a key is plainly no
   * folder instead of an error that every system words differently.
   */
  private static @Nullable Path find(Path root, String key) throws IOException {
    Path found = root;
    for (String name : key.split("/", -1)) {
      if (!isName(name) || !Files.isDirectory(found)) {
        return null;
      }
      Path step;
      try {
        step = found.resolve(name);
      } catch (InvalidPathException e) {
        return null;
      }
      found = step.toRealPath();
      if (!found.startsWith(root)) {
        return null;
      }
    }
    return Files.isRegularFile(found) ? found : null;
  }

  private static boolean isName(String name) {
    return !name.isEmpty()
        && !name.equals(".")
        && !name.equals("..")
        && name.getBytes(UTF_8).length <= MAX_NAME_BYTES;
  }

  /** Reads a real path; a link put in its place since is not followed. */
  private static ByteView read(Path file) throws IOException {
    try (SeekableByteChannel channel =
            Files.newByteChannel(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
        InputStream in = Channels.newInputStream(channel)) {
      byte[] bytes = in.readNBytes(Origins.MAX_VALUE_BYTES + 1);
      if (bytes.length > Origins.MAX_VALUE_BYTES) {
        throw new IOException(
            file + ": longer than a value (expected: <= " + Origins.MAX_VALUE_BYTES + " bytes)");
      }
      return ByteView.copyOf(bytes);
    }
  }
}
