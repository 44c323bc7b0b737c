package io.dawncache.node.origin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.ByteView;
import io.dawncache.core.Entry;
import io.dawncache.core.Getter;
import io.dawncache.core.Loaded;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FilesOriginTest {
  private static final FileTime OLD = FileTime.from(123_456_789_123_456_789L, NANOSECONDS);

  @TempDir private Path temp;

  private Path root;
  private Getter getter;

  @BeforeEach
  void makeFolder() throws IOException {
    root = Files.createDirectories(temp.resolve("root"));
    write("Tom", "630");
    write("season/1/Tom", "412");
    Files.writeString(temp.resolve("secret"), "secret");
    getter = Opened.at(new FilesOrigin(), root.toString());
  }

  @Test
  void theValueIsTheFilesBytes() throws Exception {
    byte[] bytes = new byte[100_000];
    new Random(1).nextBytes(bytes);
    Files.write(root.resolve("big"), bytes);

    assertArrayEquals(bytes, load("big").toByteArray());
  }

  @Test
  void theKeyIsAPathBelowTheFolder() throws Exception {
    assertEquals("630", load("Tom").toUtf8());
    assertEquals("412", load("season/1/Tom").toUtf8());
  }

  @Test
  void anEmptyFileIsAnEmptyValue() throws Exception {
    write("nobody", "");

    assertEquals(ByteView.empty(), load("nobody"));
  }

  @Test
  void namesMayHoldAnyCharacterButASlash() throws Exception {
    for (String name : new String[] {"a b", "a+b", "%2F", "...", "-x", "a\\b", "?#&=", "\n"}) {
      write(name, name);
      assertEquals(name, load(name).toUtf8());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Jack",
        "season",
        "season/",
        "season/1",
        "season/2/Tom",
        "Tom/",
        "Tom/x",
        "/",
        "//",
        "a/b/c"
      })
  void foldersAndWhatDoesNotExistAreNotFound(String key) throws Exception {
    assertNull(load(key));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".",
        "..",
        "../secret",
        "../root/Tom",
        "season/../../secret",
        "season/../Tom",
        "./Tom",
        "season/./1/Tom",
        "season//1/Tom",
        "/Tom",
        "season/1/Tom/..",
        "season/.."
      })
  void aPathThatIsNotWrittenPlainlyIsNotFound(String key) throws Exception {
    assertNull(load(key));
  }

  @Test
  void absolutePathsAreNotFound() throws Exception {
    assertNull(load(root.resolve("Tom").toString()));
    assertNull(load(temp.resolve("secret").toString()));
  }

  @Test
  void aNameThatNoFileCanHaveIsNotFound() throws Exception {
    assertNull(load("Tom\0"));
    assertNull(load("\0/Tom"));
    assertNull(load("x".repeat(8192)));
    assertNull(load("é".repeat(200)));
    assertNull(load("x/".repeat(4096) + "x"));
  }

  @Test
  void linksThatStayInsideAreFollowed() throws Exception {
    link("alias", Path.of("Tom"));
    link("season/1/up", Path.of("../../Tom"));
    link("latest", Path.of("season/1"));
    link("twice", Path.of("alias"));
    link("absolute", root.toRealPath().resolve("Tom"));

    assertEquals("630", load("alias").toUtf8());
    assertEquals("630", load("season/1/up").toUtf8());
    assertEquals("412", load("latest/Tom").toUtf8());
    assertEquals("630", load("twice").toUtf8());
    assertEquals("630", load("absolute").toUtf8());
  }

  @Test
  void linksThatLeadOutsideAreNotFound() throws Exception {
    link("file", Path.of("../secret"));
    link("absolute", temp.resolve("secret"));
    link("folder", temp);
    link("there-and-back", Path.of("../root/Tom"));
    link("chain", Path.of("file"));

    assertNull(load("file"));
    assertNull(load("absolute"));
    assertNull(load("folder/secret"));
    assertNull(load("folder/root/Tom"));
    assertNull(load("folder/none"));
    assertEquals("630", load("there-and-back").toUtf8(), "where it ends is what counts");
    assertNull(load("chain"));
  }

  @Test
  void aFolderWithTheRootsNameAsItsBeginningIsOutside() throws Exception {
    Files.createDirectories(temp.resolve("root-2"));
    Files.writeString(temp.resolve("root-2/secret"), "secret");
    link("neighbour", Path.of("../root-2/secret"));

    assertNull(load("neighbour"));
  }

  @Test
  void aLinkToNothingIsNotFound() throws Exception {
    link("dangling", Path.of("none"));

    assertNull(load("dangling"));
  }

  @Test
  void aPipeIsNotFoundAndIsNotWaitedFor() throws Exception {
    Path pipe = root.resolve("pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());

    assertNull(load("pipe"));
  }

  @Test
  void linksThatLeadInACircleAreNotFound() throws Exception {
    link("self", Path.of("self"));
    link("ping", Path.of("pong"));
    link("pong", Path.of("./season/../ping"));
    link("within", Path.of("within/Tom"));
    link("absolute", root.toRealPath().resolve("absolute"));
    link("through", Path.of("self/Tom"));

    for (String key :
        List.of("self", "self/Tom", "ping", "pong", "within", "absolute", "through")) {
      assertNull(load(key), key);
    }
  }

  @Test
  void aFileThatCannotBeReadIsAFailureThatNamesNoPath() throws Exception {
    // A user who may read everything, such as root, needs another obstacle than permissions: a name
    // that no system call takes, at the end of a link.
    link("long", Path.of("x".repeat(300)));

    IOException failure = assertThrows(IOException.class, () -> load("long"));

    assertEquals("origin: the file cannot be read", failure.getMessage());
    String detail = failure.getCause().getMessage();
    assertTrue(detail.startsWith(root + ", key long: "), detail);
  }

  @Test
  void aFileLongerThanAValueIsAFailure() throws Exception {
    setLength("largest", Origins.MAX_VALUE_BYTES);
    setLength("larger", Origins.MAX_VALUE_BYTES + 1L);

    assertEquals(Origins.MAX_VALUE_BYTES, load("largest").length());
    IOException failure = assertThrows(IOException.class, () -> load("larger"));
    assertEquals("origin: longer than a value (expected: <= 16777216 bytes)", failure.getMessage());
    String detail = failure.getCause().getMessage();
    assertTrue(detail.startsWith(root.toRealPath().resolve("larger").toString()), detail);
  }

  @Test
  void aFolderThatIsGoneIsAFailureForEveryKey() throws Exception {
    Files.move(root, temp.resolve("elsewhere"));

    for (String key : List.of("Tom", "Jack")) {
      assertEquals(
          "origin: the folder is gone",
          assertThrows(IOException.class, () -> load(key)).getMessage());
    }
  }

  @Test
  void theFolderMayItselfBeReachedThroughALink() throws Exception {
    Path link = Files.createSymbolicLink(temp.resolve("link"), root);
    Getter getter = Opened.at(new FilesOrigin(), link.toString());

    assertEquals("630", getter.load("Tom").value().toUtf8());
  }

  @Test
  void aLinkThatIsMovedToAnotherFolderIsFollowedByTheNextLoad() throws Exception {
    Path next = Files.createDirectories(temp.resolve("release-2"));
    Files.writeString(next.resolve("Tom"), "631");
    Path link = Files.createSymbolicLink(temp.resolve("current"), root);
    Getter getter = Opened.at(new FilesOrigin(), link.toString());
    assertEquals("630", getter.load("Tom").value().toUtf8());

    Files.move(
        Files.createSymbolicLink(temp.resolve("new"), next), link, StandardCopyOption.ATOMIC_MOVE);

    assertEquals("631", getter.load("Tom").value().toUtf8());
    assertNull(getter.load("season/1/Tom").value());
    Files.createSymbolicLink(next.resolve("back"), root.resolve("Tom"));
    assertNull(getter.load("back").value(), "the old folder is outside now");
  }

  @Test
  @Timeout(60)
  void aFileIsThereAtEveryMomentOfASwap() throws Exception {
    Path link = Files.createSymbolicLink(temp.resolve("current"), root);
    Getter getter = Opened.at(new FilesOrigin(), link.toString());
    AtomicBoolean over = new AtomicBoolean();
    AtomicReference<Exception> failure = new AtomicReference<>();
    Thread deployer =
        new Thread(
            () -> {
              try {
                Path old = root;
                for (int release = 0; !over.get(); release++) {
                  Path next = Files.createDirectories(temp.resolve("release-" + release));
                  Files.writeString(next.resolve("Tom"), "630");
                  Files.move(
                      Files.createSymbolicLink(temp.resolve("new"), next),
                      link,
                      StandardCopyOption.ATOMIC_MOVE);
                  if (release > 0) {
                    Files.delete(old.resolve("Tom"));
                    Files.delete(old);
                  }
                  old = next;
                }
              } catch (Exception e) {
                failure.set(e);
              }
            });
    deployer.start();
    try {
      for (int i = 0; i < 3000; i++) {
        try {
          assertEquals("630", getter.load("Tom").value().toUtf8());
        } catch (OriginException e) {
          // Some releases within one load: a failure, and never "not found".
        }
      }
    } finally {
      over.set(true);
      deployer.join();
    }
    assertNull(failure.get());
  }

  @Test
  @Timeout(60)
  void aFileThatIsReplacedIsTheOldOneOrTheNewOne() throws Exception {
    byte[][] contents = {new byte[200_000], new byte[300_000]};
    Arrays.fill(contents[1], (byte) 1);
    Files.write(root.resolve("changing"), contents[0]);
    AtomicBoolean over = new AtomicBoolean();
    Thread writer =
        new Thread(
            () -> {
              try {
                for (int i = 0; !over.get(); i++) {
                  Files.write(temp.resolve("draft"), contents[i % 2]);
                  Files.move(
                      temp.resolve("draft"),
                      root.resolve("changing"),
                      StandardCopyOption.ATOMIC_MOVE);
                }
              } catch (IOException e) {
                over.set(true);
              }
            });
    writer.start();
    try {
      for (int i = 0; i < 500; i++) {
        try {
          byte[] value = load("changing").toByteArray();
          assertArrayEquals(contents[value[0]], value);
        } catch (OriginException e) {
          assertEquals("origin: the file changes while it is read", e.getMessage());
        }
      }
    } finally {
      over.set(true);
      writer.join();
    }
  }

  private Entry held(String key, FileTime written) throws Exception {
    Files.setLastModifiedTime(root.resolve(key), written);
    return Held.of(getter.load(key));
  }

  @Test
  void theEndOfTheKeySaysWhatTheBytesAre() throws Exception {
    write("Tom.json", "{}");

    assertEquals("application/json", load("Tom.json").metadata().contentType());
    assertNull(load("Tom").metadata().contentType());
  }

  @Test
  void aFileOfTheSameTimeAndSizeIsNotReadAgain() throws Exception {
    Entry held = held("Tom", OLD);
    write("Tom", "631");
    Files.setLastModifiedTime(root.resolve("Tom"), OLD);

    assertEquals("\"1b69b4bacd05f15-3\"", held.metadata().etag());
    assertTrue(getter.reload("Tom", held).isUnchanged(), "its bytes were not looked at");
  }

  @Test
  void aFileOfAnotherTimeOrSizeIsReadAgain() throws Exception {
    Entry held = held("Tom", OLD);
    write("Tom", "631");
    Files.setLastModifiedTime(root.resolve("Tom"), FileTime.from(OLD.toInstant().plusNanos(1000)));

    Loaded reloaded = getter.reload("Tom", held);

    assertEquals("631", reloaded.value().toUtf8());
    assertNotEquals(held.metadata().etag(), reloaded.value().metadata().etag());

    write("Tom", "1000");
    Files.setLastModifiedTime(root.resolve("Tom"), OLD);

    assertEquals("1000", getter.reload("Tom", held).value().toUtf8());
  }

  @Test
  void aFileThatWasWrittenAMomentAgoIsReadAgain() throws Exception {
    FileTime ahead = FileTime.from(Instant.now().plusSeconds(3600));
    Entry held = held("Tom", ahead);
    write("Tom", "631");
    Files.setLastModifiedTime(root.resolve("Tom"), ahead);

    assertTrue(held.metadata().etag().startsWith("W/"), held.metadata().etag());
    assertEquals("631", getter.reload("Tom", held).value().toUtf8());
  }

  @Test
  void aFileThatIsGoneIsNotFoundHoweverItWasHeld() throws Exception {
    Entry held = held("Tom", OLD);
    Files.delete(root.resolve("Tom"));

    Loaded reloaded = getter.reload("Tom", held);

    assertNull(reloaded.value());
    assertFalse(reloaded.isUnchanged());
  }

  @Test
  void aLocationThatIsNoFolderIsRefused() {
    for (String location : new String[] {"", temp + "/none", temp + "/secret", "\0"}) {
      String message =
          assertThrows(IllegalArgumentException.class, () -> Opened.at(new FilesOrigin(), location))
              .getMessage();
      assertEquals(
          "files:" + location + " (expected: files:DIR with an existing folder DIR)", message);
    }
  }

  private ByteView load(String key) throws Exception {
    return getter.load(key).value();
  }

  private void write(String name, String text) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, text.getBytes(UTF_8));
  }

  private void link(String name, Path target) throws IOException {
    Files.createSymbolicLink(root.resolve(name), target);
  }

  private void setLength(String name, long bytes) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(root.resolve(name).toFile(), "rw")) {
      file.setLength(bytes);
    }
  }
}
