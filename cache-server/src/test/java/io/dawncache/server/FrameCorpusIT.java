package io.dawncache.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.google.protobuf.ByteString;
import io.dawncache.core.ByteView;
import io.dawncache.core.CacheNode;
import io.dawncache.core.GroupConfig;
import io.dawncache.core.Loaded;
import io.dawncache.server.frame.FrameKind;
import io.dawncache.server.testing.Books;
import io.dawncache.server.testing.Corpus;
import io.dawncache.server.testing.FrameText;
import io.dawncache.server.testing.HttpCase;
import io.dawncache.server.wire.pb.Credit;
import io.dawncache.server.wire.pb.GoAway;
import io.dawncache.server.wire.pb.KeyAnswer;
import io.dawncache.server.wire.pb.OperationAnswer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Sends the frames of each case of {@code frames.corpus} to a real port, whole and in single bytes:
 * both have the verdict that the case names, and leave nothing behind.
 */
@Timeout(60)
class FrameCorpusIT {
  private static final Set<String> KEYS = Set.of("head", "send", "end", "expect");
  private static final int MORE = 0x80;

  private static final String WISH =
      """
      GET /_dawncache/probe HTTP/1.1\r
      Host: x\r
      Dawncache-Peer: http://10.0.0.2:8001\r
      Connection: Upgrade\r
      Upgrade: dawncache-frames/2, dawncache-frames/1\r
      \r
      """;

  /** Longer bytes are cut into parts of more than one. */
  private static final int MAX_PARTS = 2000;

  /** Ids of the two requests whose answers show that no others come. */
  private static final int LAST = 4000;

  private static final Queue<CompletableFuture<Loaded>> HELD = new ConcurrentLinkedQueue<>();
  private static final CacheNode NODE = CacheNode.create();
  private static volatile boolean holding;
  private static CacheServer server;

  @BeforeAll
  static void start() throws IOException {
    NODE.addGroup("g", HttpCase::load);
    NODE.addGroup("long", key -> Loaded.of(ByteView.copyOf(new byte[300_000])));
    NODE.addAsyncGroup(
        "held",
        GroupConfig.builder().build(),
        key -> {
          CompletableFuture<Loaded> held = new CompletableFuture<>();
          HELD.add(held);
          if (!holding) {
            end(held); // its case is over already
          }
          return held;
        });
    assertNotNull(requireNonNull(NODE.group("g")).get("k")); // hits from now on
    assertNotNull(requireNonNull(NODE.group("long")).get("k"));
    server = CacheServer.start(NODE, ServerConfig.builder().maxValueBytes(1 << 20).build());
  }

  @BeforeEach
  void hold() {
    holding = true;
  }

  private static void end(CompletableFuture<Loaded> held) {
    held.completeExceptionally(new IOException("the case is over"));
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    holding = false;
    HELD.forEach(FrameCorpusIT::end);
    HELD.clear();
    assertEquals(200, RawClient.get(server, "/_dawncache/g/k").status());
    Books.check(NODE);
  }

  @AfterAll
  static void stop() {
    server.close();
    NODE.close();
    Books.check(NODE);
  }

  static List<Corpus.Case> cases() throws IOException {
    return Corpus.read("frames.corpus", KEYS);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theVerdictIsTheExpectedOne(Corpus.Case next) throws IOException {
    assertEquals(next.text("expect"), verdict(next, Integer.MAX_VALUE));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theVerdictIsTheSameInSingleBytes(Corpus.Case next) throws IOException {
    assertEquals(next.text("expect"), verdict(next, MAX_PARTS));
  }

  private static String verdict(Corpus.Case next, int parts) throws IOException {
    String head = next.has("head") ? next.text("head") : WISH;
    List<String> verdict = new ArrayList<>();
    try (RawClient client = new RawClient(server.address())) {
      send(client, Corpus.bytes(head), parts);
      if (next.text("expect").matches("\\d{3}, .*") && !next.text("expect").contains("101, ")) {
        return notGranted(client, next);
      }
      String status;
      do {
        status = httpAnswer(client);
        if (next.has("head")) {
          verdict.add(status);
        }
      } while (!status.equals("101"));
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      next.all("send").forEach(line -> all.writeBytes(FrameText.bytes(line)));
      Frame pong = frame(client);
      assertEquals(FrameKind.PONG, requireNonNull(pong).kind);
      send(client, all.toByteArray(), parts);
      if (next.has("end")) {
        client.endOutput();
      } else {
        sendLast(client, LAST);
      }
      read(client, verdict);
    }
    return String.join(", ", verdict);
  }

  private static void send(RawClient client, byte[] bytes, int parts) {
    int length = parts == Integer.MAX_VALUE ? Math.max(1, bytes.length) : 1 + bytes.length / parts;
    try {
      for (String part : Corpus.parts(new String(bytes, ISO_8859_1), length)) {
        client.send(part);
      }
    } catch (IOException e) {
      // The node has closed the connection already: which the case may expect.
    }
  }

  private static void sendLast(RawClient client, int id) {
    send(client, FrameText.bytes("FETCH " + id + ": \n\1g\22\1k\30\377\177"), Integer.MAX_VALUE);
  }

  /** Reads one answer's head and skips its body; returns its status. */
  private static String httpAnswer(RawClient client) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      byte[] next = client.bytes(1);
      assertEquals(1, next.length, () -> "the end after " + head);
      head.append((char) next[0]);
    }
    String length = head.toString().replaceAll("(?s).*content-length: (\\d+)\r.*", "$1");
    if (length.matches("\\d+")) {
      client.bytes(Integer.parseInt(length));
    }
    return head.substring("HTTP/1.1 ".length(), "HTTP/1.1 ".length() + 3);
  }

  /** The wish is answered as any request. */
  private static String notGranted(RawClient client, Corpus.Case next) throws IOException {
    String last = "GET /_dawncache/g/k HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    send(client, Corpus.bytes(last), Integer.MAX_VALUE);
    List<String> statuses = new ArrayList<>();
    String received = client.rest();
    for (String answer : received.split("(?=HTTP/1\\.1 \\d{3} )", -1)) {
      statuses.add(answer.substring("HTTP/1.1 ".length(), "HTTP/1.1 ".length() + 3));
    }
    boolean open = received.endsWith("\n\1k");
    statuses.set(statuses.size() - 1, open ? "open" : statuses.get(statuses.size() - 1));
    if (!open) {
      statuses.add("close");
    }
    assertEquals(false, next.has("send"), "frames without a grant");
    return String.join(", ", statuses);
  }

  private record Frame(FrameKind kind, int id, boolean more, ByteString payload) {}

  /** Returns the next frame, or null at the end. */
  private static Frame frame(RawClient client) throws IOException {
    byte[] head = client.bytes(9);
    if (head.length < 9) {
      return null;
    }
    ByteBuffer fields = ByteBuffer.wrap(head);
    int length = fields.getInt();
    int id = fields.getInt();
    int kind = fields.get() & 0xff;
    FrameKind known = requireNonNull(FrameKind.of(kind & ~MORE));
    return new Frame(known, id, kind >= MORE, ByteString.copyFrom(client.bytes(length)));
  }

  /**
   * Reads to the end, or to the answer to the second of the last requests: everything that the
   * first one's flush wrote has come then. How many PONGs answer PINGs depends on the reads.
   */
  private static void read(RawClient client, List<String> verdict) throws IOException {
    Map<Integer, ByteArrayOutputStream> pieces = new HashMap<>();
    boolean pong = false;
    boolean open = false;
    Frame next = next(client);
    while (next != null && !open) {
      if (next.id == LAST) {
        sendLast(client, LAST + 1);
      } else if (next.kind == FrameKind.PONG) {
        pong = true;
      } else if (next.id != LAST + 1) {
        ByteArrayOutputStream all =
            pieces.computeIfAbsent(next.id, id -> new ByteArrayOutputStream());
        all.writeBytes(next.payload.toByteArray());
        if (!next.more) {
          pieces.remove(next.id);
          verdict.add(token(next, ByteString.copyFrom(all.toByteArray())));
        }
      }
      open = next.id == LAST + 1;
      next = open ? null : next(client);
    }
    if (pong) {
      verdict.add("PONG");
    }
    verdict.add(open ? "open" : "close");
  }

  private static Frame next(RawClient client) {
    try {
      return frame(client);
    } catch (IOException e) {
      return null; // a reset
    }
  }

  private static String token(Frame frame, ByteString message) throws IOException {
    String token = frame.kind + " " + frame.id;
    return switch (frame.kind) {
      case FETCHED -> {
        KeyAnswer answer = KeyAnswer.parseFrom(message);
        boolean value = answer.getStatus() == KeyAnswer.Status.VALUE;
        yield token + " " + (value ? answer.getValue().size() + " bytes" : answer.getStatus());
      }
      case OPERATED -> token + " " + OperationAnswer.parseFrom(message).getStatus();
      case CREDIT -> "CREDIT " + Credit.parseFrom(message).getBytes();
      case GO_AWAY -> "GO_AWAY " + GoAway.parseFrom(message).getReason();
      default -> token;
    };
  }
}
