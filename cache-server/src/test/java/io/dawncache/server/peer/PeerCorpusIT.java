package io.dawncache.server.peer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dawncache.core.PeerResult;
import io.dawncache.server.testing.Corpus;
import io.dawncache.server.testing.FrameText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Has a peer answer a fetch with the bytes of each case of {@code peers.corpus}, whole and in
 * single bytes: it ends as the case says, and leaves nothing behind.
 */
@Timeout(60)
class PeerCorpusIT {
  private static final Set<String> KEYS = Set.of("answer", "send", "end", "expect");

  private final Callers callers = new Callers();

  @AfterEach
  void nothingIsLeft() throws Exception {
    callers.end();
    assertEquals(0, callers.account().bytes(), "bytes in flight");
  }

  static List<Corpus.Case> cases() throws IOException {
    return Corpus.read("peers.corpus", KEYS);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aFetchEndsAsExpected(Corpus.Case next) throws Exception {
    assertEquals(next.text("expect"), ended(next, Integer.MAX_VALUE));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aFetchWhoseAnswerIsCutEndsAlike(Corpus.Case next) throws Exception {
    assertEquals(next.text("expect"), ended(next, 2000));
  }

  private String ended(Corpus.Case next, int parts) throws Exception {
    boolean inFrames = next.has("send");
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              if (inFrames) {
                wire.grantFrames();
                wire.readFrame();
              } else {
                wire.readRequest();
              }
              write(next, parts, wire);
              if (!next.has("end")) {
                wire.readToTheEnd();
              }
            });
    Callers.Caller caller = inFrames ? callers.inFrames(peer) : callers.of(peer);
    PeerResult result = caller.fetch("Tom").join();
    return result.status() == PeerResult.Status.VALUE
        ? "VALUE \"" + result.value().toUtf8() + "\""
        : result.status().toString();
  }

  /** If the other side has ended the connection, the rest is of no interest. */
  private static void write(Corpus.Case next, int parts, ScriptedPeer.Wire wire) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(Corpus.bytes(next.text("answer")));
    next.all("send").forEach(line -> all.writeBytes(FrameText.bytes(line)));
    String bytes = all.toString(ISO_8859_1);
    int length =
        parts == Integer.MAX_VALUE ? Math.max(1, bytes.length()) : 1 + bytes.length() / parts;
    try {
      for (String part : Corpus.parts(bytes, length)) {
        wire.write(part);
      }
    } catch (IOException e) {
      // It has.
    }
  }
}
