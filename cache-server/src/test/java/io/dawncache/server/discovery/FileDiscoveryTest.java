package io.dawncache.server.discovery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The member list in a file, reading by reading. */
@Timeout(60)
class FileDiscoveryTest {
  private static final String A = "http://a:1";
  private static final String B = "http://b:1";

  @TempDir private Path folder;

  private final Reports reports = new Reports();
  private Path file;
  private FileDiscovery discovery;

  @BeforeEach
  void make() {
    file = folder.resolve("members");
    discovery = new FileDiscovery(file);
  }

  private void write(String text) throws IOException {
    Files.writeString(file, text);
  }

  /** Reads the file once, and returns what that reported. */
  private List<String> look() {
    discovery.look(reports);
    return reports.take();
  }

  private String failed(String why) {
    return "failed file:" + file + ": " + why;
  }

  @Test
  void theFirstContentCountsAtOnce() throws IOException {
    write("# ours\n\n  " + A + "   # the first\n" + B + "\r\n#" + A);

    assertEquals(List.of("found " + A + " " + B), look());
    assertEquals(List.of(), look());
  }

  @Test
  void aChangeCountsWhenTwoReadingsAgree() throws IOException {
    write(A);
    look();

    write(A + "\nhttp://");
    assertEquals(List.of(), look());
    write(A + "\n" + B);
    assertEquals(List.of(), look());
    assertEquals(List.of("found " + A + " " + B), look());
    assertEquals(List.of(), look());
  }

  @Test
  void aFileThatIsReplacedIsSeen() throws IOException {
    write(A);
    look();

    Path other = folder.resolve("members.new");
    Files.writeString(other, B);
    Files.move(other, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);

    assertEquals(List.of(), look());
    assertEquals(List.of("found " + B), look());
  }

  @Test
  void aLinkThatLeadsElsewhereIsFollowed() throws IOException {
    Path first = Files.writeString(folder.resolve("first"), A);
    Path second = Files.writeString(folder.resolve("second"), B);
    Files.createSymbolicLink(file, first);
    assertEquals(List.of("found " + A), look());

    Files.delete(file);
    Files.createSymbolicLink(file, second);

    look();
    assertEquals(List.of("found " + B), look());
  }

  @Test
  void whatIsNoListIsReportedAndTheNextListCountsAgain() throws IOException {
    assertEquals(List.of(failed("no such file (expected: a URL on each line)")), look());
    write(A);
    assertEquals(List.of("found " + A), look());

    write("# nobody\n");
    look();
    assertEquals(List.of(failed("no member (expected: a URL on each line)")), look());

    Files.write(file, new byte[] {'h', (byte) 0xff});
    look();
    assertEquals(List.of(failed("not UTF-8 (expected: a URL on each line)")), look());

    Files.write(file, "x".repeat((1 << 20) + 1).getBytes(UTF_8));
    assertEquals(
        List.of(failed("longer than 1048576 bytes (expected: a URL on each line)")), look());

    Files.delete(file);
    look();
    write(A);
    assertEquals(List.of("found " + A), look());
  }

  @Test
  void aFolderIsNoFile() throws IOException {
    Files.createDirectory(file);

    List<String> reported = look();

    assertEquals(1, reported.size());
    assertTrue(reported.get(0).startsWith(failed("")), reported::toString);
  }

  @Test
  void aDiscoveryThatRunsReadsAgainAndAgain() throws Exception {
    write(A);
    discovery.start(A, reports);
    assertEquals("found " + A, reports.nextAfter(""));

    write(B);
    assertEquals("found " + B, reports.nextAfter("found " + A));

    discovery.close();
    discovery.close();
  }

  @Test
  void aDiscoveryThatWasNeverStartedIsClosedToo() {
    discovery.close();

    assertEquals("file:" + file, discovery.toString());
  }
}
