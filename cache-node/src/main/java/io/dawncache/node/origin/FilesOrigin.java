package io.dawncache.node.origin;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dawncache.core.ByteView;
import io.dawncache.core.Entry;
import io.dawncache.core.Getter;
import io.dawncache.core.LoadMemory;
import io.dawncache.core.Loaded;
import io.dawncache.core.Metadata;
import io.dawncache.node.origin.OriginException.Extent;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * {@code files:DIR}: the value of a key is the file at that path below a folder.
 *
 * <p>A file has one key, its path with single slashes; {@code ./a}, {@code a//b} and {@code a/../b}
 * name nothing. Symbolic links are followed as long as they stay below the folder. The folder
 * itself may be a link. Each load follows it again, so a link that is moved to another release
 * takes effect at once.
 *
 * <p>The value's content type is that of the end of the key ({@link FileTypes}); its ETag stands
 * for the time and size of the file. A file of the same time and size is not read again.
 *
 * <p>A key that does not name a regular file there is <em>not found</em>. A file that cannot be
 * read, that changes while it is read, or that is longer than a value may be, is a failure.
 */
public final class FilesOrigin implements Origin {
  private static final Setting<String> FOLDER =
      Setting.text("folder", "the folder whose files are the values")
          .required("files:DIR with an existing folder DIR")
          .atLocation();

  /** No file system in use has longer names, so a longer name is not found, not an error. */
  private static final int MAX_NAME_BYTES = 255;

  /** As in Linux: a path through more links counts as a circle. */
  private static final int MAX_LINKS = 40;

  /** Longer than a tick of the clock of any file system in use. */
  private static final Duration SETTLED = Duration.ofSeconds(2);

  /** How often to look for a file that is changed, moved or replaced at the same time. */
  private static final int ATTEMPTS = 3;

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
  public List<Setting<?>> settings() {
    return List.of(FOLDER);
  }

  @Override
  public OpenOrigin open(OriginSettings settings) {
    String location = settings.get(FOLDER);
    Path folder;
    try {
      folder = Path.of(location).toAbsolutePath();
    } catch (InvalidPathException e) {
      throw settings.wrong(FOLDER, FOLDER.expected());
    }
    if (location.isEmpty() || !Files.isDirectory(folder)) {
      throw settings.wrong(FOLDER, FOLDER.expected());
    }
    return OpenOrigin.of(new FileGetter(folder));
  }

  private record FileGetter(Path folder) implements Getter {
    @Override
    public Loaded load(String key) throws IOException, InterruptedException {
      return FilesOrigin.load(folder, key, null);
    }

    @Override
    public Loaded reload(String key, Entry held) throws IOException, InterruptedException {
      Metadata metadata = held.metadata();
      return FilesOrigin.load(folder, key, metadata == null ? null : metadata.etag());
    }
  }

  /*
   * The file of a key can change between two steps of a load:
   *
   * 1. The folder's link is moved to a new release, and the old release is removed. The file is then
   *    gone below the old folder, but not from the origin.
   * 2. The file is replaced by another, or by a folder, after it is found and before it is opened.
   * 3. The file is written to while it is read, so what was read may be a part of it.
   *
   * So a load starts again unless folder and file are the same after it as before. Java has no way
   * to open a file only if it is still a regular one: a pipe that takes a file's place just between
   * these two steps holds one load thread until the load's time-out.
   */
  private static Loaded load(Path folder, String key, @Nullable String heldEtag)
      throws IOException, InterruptedException {
    IOException failure = null;
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      try {
        Loaded loaded = loadAtOnce(folder, key, heldEtag);
        if (loaded != null) {
          return loaded;
        }
      } catch (IOException e) {
        failure = e;
      }
    }
    throw failure instanceof OriginException known ? known : unreadable(folder, key, failure);
  }

  /** Returns null if the folder or the file has changed meanwhile. */
  private static @Nullable Loaded loadAtOnce(Path folder, String key, @Nullable String heldEtag)
      throws IOException, InterruptedException {
    Path root = root(folder);
    try {
      Path file = find(root, key);
      if (file != null) {
        return read(file, FileTypes.of(key), heldEtag);
      }
    } catch (NoSuchFileException e) {
      // It does not exist, or was removed after it was found.
    }
    return root.equals(root(folder)) ? Loaded.notFound() : null;
  }

  /** Without this check, every key of an unmounted volume would be not found. */
  private static Path root(Path folder) throws OriginException {
    try {
      Path root = folder.toRealPath();
      if (Files.isDirectory(root)) {
        return root;
      }
    } catch (IOException e) {
      throw new OriginException(Extent.PLACE, "the folder is gone", folder.toString(), e);
    }
    throw new OriginException(Extent.PLACE, "the folder is gone", folder.toString(), null);
  }

  private static OriginException unreadable(Path folder, String key, @Nullable IOException e) {
    String reason = "the file cannot be read";
    if (e == null) {
      reason = "the file changes while it is read";
    } else if (e instanceof AccessDeniedException) {
      reason = "access denied";
    }
    return new OriginException(Extent.KEY, reason, folder + ", key " + key, e);
  }

  /*
   * One name at a time, each resolved to the real path before the next: a link that leads outside
   * is noticed before anything below it is opened, and a file in the middle of a key is plainly not
   * a folder, where systems report different errors.
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
      try {
        found = step.toRealPath();
      } catch (FileSystemException e) {
        if (isInCycle(step)) {
          return null;
        }
        throw e;
      }
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

  /** Follows links by hand, since the error for a circle has no class of its own. */
  private static boolean isInCycle(Path link) throws IOException {
    Path reached = Objects.requireNonNull(link.getParent(), "link");
    Deque<Path> ahead = new ArrayDeque<>();
    ahead.push(Objects.requireNonNull(link.getFileName(), "link"));
    for (int links = 0; !ahead.isEmpty(); ) {
      Path step = reached.resolve(ahead.pop()).normalize();
      if (!Files.isSymbolicLink(step)) {
        reached = step;
        continue;
      }
      if (++links > MAX_LINKS) {
        return true;
      }
      Path target = Files.readSymbolicLink(step);
      if (target.isAbsolute()) {
        reached = Objects.requireNonNull(target.getRoot(), "root");
      }
      for (int i = target.getNameCount() - 1; i >= 0; i--) {
        ahead.push(target.getName(i));
      }
    }
    return false;
  }

  /**
   * Reads a real path; does not follow a link that has taken its place since.
   *
   * @param heldEtag of the value that is held, or null if none is
   * @return null if it has been changed or replaced meanwhile
   */
  private static @Nullable Loaded read(
      Path file, @Nullable String contentType, @Nullable String heldEtag)
      throws IOException, InterruptedException {
    BasicFileAttributes before = attributes(file);
    if (!before.isRegularFile()) {
      return null;
    }
    if (before.size() > Origins.MAX_VALUE_BYTES) {
      throw tooLong(file);
    }
    String etag = etag(before);
    if (etag.equals(heldEtag) && !isWeak(etag)) {
      return Loaded.unchanged();
    }
    LoadMemory.reserve(before.size()); // it may wait, so before the file is open
    try (SeekableByteChannel channel =
            Files.newByteChannel(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
        InputStream in = Channels.newInputStream(channel)) {
      ByteView value = ByteView.read(in, (int) before.size());
      return isSame(before, attributes(file))
          ? Loaded.of(value).withMetadata(new Metadata(contentType, etag))
          : null;
    } catch (EOFException e) {
      return null; // the file has become shorter
    }
  }

  /*
   * A file that was written a moment ago may be written again within the same tick of the file
   * system's clock, and then has the same time and perhaps the same size. Such a time is no proof
   * that the file is the same, so its ETag is a weak one, and the file is read again.
   */
  private static String etag(BasicFileAttributes file) {
    FileTime written = file.lastModifiedTime();
    boolean isSettled = written.toInstant().isBefore(Instant.now().minus(SETTLED));
    String version = "\"%x-%x\"".formatted(written.to(TimeUnit.NANOSECONDS), file.size());
    return isSettled ? version : "W/" + version;
  }

  private static boolean isWeak(String etag) {
    return etag.startsWith("W/");
  }

  private static BasicFileAttributes attributes(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  private static boolean isSame(BasicFileAttributes before, BasicFileAttributes after) {
    return before.size() == after.size()
        && before.lastModifiedTime().equals(after.lastModifiedTime())
        && Objects.equals(before.fileKey(), after.fileKey());
  }

  private static OriginException tooLong(Path file) {
    return new OriginException(
        Extent.KEY,
        "longer than a value (expected: <= " + Origins.MAX_VALUE_BYTES + " bytes)",
        file.toString(),
        null);
  }
}
