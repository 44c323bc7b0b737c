package io.dawncache.server.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.dawncache.core.CacheNode;
import io.dawncache.core.MemberList;
import io.dawncache.core.consistenthash.Scheme;
import io.dawncache.server.CacheServer;
import io.dawncache.server.ServerConfig;
import io.dawncache.server.testing.LeakExtension;
import io.dawncache.server.wire.pb.OperationAnswer;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A fleet that is upgraded has members that say nothing of rings: they know only the first one. */
@Timeout(60)
@ExtendWith(LeakExtension.class)
class OlderNodeIT {
  private static final String WISH =
      """
      GET /_dawncache/probe HTTP/1.1\r
      Host: test\r
      Connection: Upgrade\r
      Upgrade: dawncache-frames/1\r
      """;

  private static final String GRANT =
      """
      HTTP/1.1 101 Switching Protocols\r
      Connection: Upgrade\r
      Upgrade: dawncache-frames/1\r
      """;

  private static final long INSTANCE = 0x5f0c1d2e3b4a5968L;

  private static void awaitRing(Scheme scheme, CacheServer server) {
    while (!server.ring().equals(scheme)) {
      Thread.onSpinWait(); // until the test's time-out
    }
  }

  private static String hello(String self, List<String> members) {
    long fingerprint = MemberList.of(self, INSTANCE, members).fingerprint();
    return "Dawncache-Peer: %s\r\nDawncache-Instance: %016x\r\nDawncache-Members: %016x\r\n"
        .formatted(self, INSTANCE, fingerprint);
  }

  private static OperationAnswer answer(String self, List<String> members) {
    return OperationAnswer.newBuilder()
        .setMembersFingerprint(MemberList.of(self, INSTANCE, members).fingerprint())
        .setMemberList(
            io.dawncache.server.wire.pb.MemberList.newBuilder()
                .setSelf(self)
                .setInstance(INSTANCE)
                .addAllMembers(members))
        .build();
  }

  @Test
  void oneThatGrantsFramesMovesAllToTheSeedsRing() throws Exception {
    List<String> members = new CopyOnWriteArrayList<>();
    try (ScriptedPeer older =
            new ScriptedPeer(
                wire -> {
                  String wish = wire.readRequest();
                  assertEquals("native", header(wish, "dawncache-rings"));
                  try {
                    wire.write(GRANT + hello(members.get(1), members) + "\r\n");
                    wire.writeFrame(ScriptedPeer.PONG, 0, new byte[0]);
                    while (wire.hasMore()) {
                      ScriptedPeer.Frame frame = wire.readFrame();
                      if (frame.kind() == ScriptedPeer.MEMBERS) {
                        byte[] answer = answer(members.get(1), members).toByteArray();
                        wire.writeFrame(ScriptedPeer.OPERATED, frame.id(), answer);
                      }
                    }
                  } catch (SocketException e) {
                    // The peer leaves the list with an exchange in flight.
                  }
                });
        CacheNode node = CacheNode.create();
        CacheServer server = CacheServer.start(node, ServerConfig.builder().build())) {
      members.addAll(List.of(server.self(), older.url()));

      server.setMembers(members);

      awaitRing(Scheme.DAWNCACHE, server);
      assertEquals(List.of(older.url()), server.ringLackedBy());
      while (!server.otherLists().isEmpty()) {
        Thread.onSpinWait(); // until the test's time-out
      }
      server.setMembers(List.of(server.self()));
      assertEquals(Scheme.NATIVE, server.ring());
    }
  }

  @Test
  void oneThatAnswersOverHttpToo() throws Exception {
    List<String> members = new CopyOnWriteArrayList<>();
    try (ScriptedPeer older =
            new ScriptedPeer(
                wire -> {
                  try {
                    while (wire.hasMore()) {
                      wire.readMessage();
                      wire.answer(
                          "Dawncache-Message: members\r\nContent-Type: application/x-protobuf\r\n",
                          answer(members.get(1), members).toByteArray());
                    }
                  } catch (SocketException e) {
                    // The server is closed with an exchange in flight.
                  }
                });
        CacheNode node = CacheNode.create();
        CacheServer server =
            CacheServer.start(node, ServerConfig.builder().peerFrames(false).build())) {
      members.addAll(List.of(server.self(), older.url()));

      server.setMembers(members);

      awaitRing(Scheme.DAWNCACHE, server);
    }
  }

  @Test
  void oneThatAsksForFramesToo() throws IOException {
    String older = "http://127.0.0.1:1";
    try (CacheNode node = CacheNode.create();
        CacheServer server = CacheServer.start(node, ServerConfig.builder().build())) {
      List<String> members = List.of(server.self(), older);
      server.setMembers(members);
      assertEquals(Scheme.NATIVE, server.ring());

      try (Socket socket = new Socket(server.address().getAddress(), server.address().getPort())) {
        ScriptedPeer.Wire wire = new ScriptedPeer.Wire(socket);
        wire.write(WISH + hello(older, members) + "\r\n");
        String grant = wire.readRequest();
        assertEquals("native", header(grant, "dawncache-rings"));
        awaitRing(Scheme.DAWNCACHE, server);
      }
    }
  }

  @Test
  void aNodeThatIsToUseTheSeedsRingSaysWhatAnOlderOneSays() throws IOException {
    ServerConfig seed = ServerConfig.builder().ring(Scheme.DAWNCACHE).build();
    try (CacheNode node = CacheNode.create();
        CacheServer server = CacheServer.start(node, seed);
        Socket socket = new Socket(server.address().getAddress(), server.address().getPort())) {
      ScriptedPeer.Wire wire = new ScriptedPeer.Wire(socket);
      wire.write(WISH + "Dawncache-Peer: http://127.0.0.1:1\r\n\r\n");
      String grant = wire.readRequest();

      assertFalse(grant.contains("Rings"), grant);
      long fingerprint = MemberList.of(server.self(), 1, List.of()).fingerprint();
      assertEquals("%016x".formatted(fingerprint), header(grant, "dawncache-members"));
    }
  }

  private static String header(String head, String name) {
    return head.lines()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ": "))
        .map(line -> line.substring(name.length() + 2))
        .findFirst()
        .orElse("no " + name + " in " + head);
  }
}
