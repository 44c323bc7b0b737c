package io.dawncache.server.inbound;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.CacheNode;
import io.dawncache.core.Loaded;
import io.dawncache.core.Owner;
import io.dawncache.core.PeerPicker;
import io.dawncache.server.Dialect;
import io.dawncache.server.Limits;
import io.dawncache.server.testing.LogRecorder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is said of a client's put that fails, and to whom. */
class FailedPutTest {
  private static final String PUT =
      "PUT /_groupcache/%s/%s HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\n\r\n\22\1%s\32\2ab";

  private final LogRecorder log = LogRecorder.of(FailedPuts.class);
  private final AtomicLong nanos = new AtomicLong();
  private final CacheNode node = CacheNode.create();
  private final Members members = new Members();
  private final EmbeddedChannel channel = channel();

  /** Names nobody, or throws, for all keys or the key x. */
  private static final class Members implements PeerPicker {
    private boolean broken;

    @Override
    public Iterator<Owner> owners(String key) {
      if (broken || key.equals("x")) {
        throw new IllegalStateException("lost\nhttp://10.0.0.2:8001");
      }
      return Collections.emptyIterator();
    }

    @Override
    public Collection<Owner> peers() {
      return List.of();
    }

    @Override
    public void onChange(Runnable listener) {}
  }

  @AfterEach
  void close() {
    log.close();
    channel.finishAndReleaseAll();
    node.close();
  }

  @Test
  void theOperatorReadsWhyPutsFailOnceAMinuteAndWhenTheyAreMadeAgain() {
    node.addGroup("g", key -> Loaded.ofUtf8("loaded"));
    node.registerPeerPicker(members);
    assertTrue(put().startsWith("HTTP/1.1 200 "));
    assertEquals(List.of(), log.lines());

    members.broken = true;
    for (int i = 0; i < 61; i++) {
      String answer = put();
      assertTrue(answer.startsWith("HTTP/1.1 503 "), answer);
      assertFalse(answer.contains("lost") || answer.contains("10.0.0.2"), answer);
      nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    }
    members.broken = false;
    nanos.addAndGet(Duration.ofSeconds(59).toNanos());
    assertTrue(put().startsWith("HTTP/1.1 200 "));

    String warning =
        "WARNING group g: a put of a client may have been made or not:"
            + " java.lang.IllegalStateException: lost?http://10.0.0.2:8001; key k";
    assertEquals(
        List.of(
            warning,
            warning + ", and 59 puts more since the last line",
            "INFO group g: puts of clients are made again, after 60 s; the last failure was 60 s ago"),
        log.lines());
  }

  @Test
  void putsOfAnotherGroupOrOwnerThatAreMadeEndNothing() {
    node.addGroup("g", key -> Loaded.ofUtf8("loaded"));
    node.addGroup("h", key -> Loaded.ofUtf8("loaded"));
    node.registerPeerPicker(members);
    for (int i = 0; i < 120; i++) {
      assertTrue(put("g", "x").startsWith("HTTP/1.1 503 "));
      assertTrue(put("g", "k").startsWith("HTTP/1.1 200 "));
      assertTrue(put("h", "k").startsWith("HTTP/1.1 200 "));
      nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    }
    assertTrue(put("h", "x").startsWith("HTTP/1.1 503 "));

    String warning =
        ": a put of a client may have been made or not:"
            + " java.lang.IllegalStateException: lost?http://10.0.0.2:8001; key x";
    assertEquals(
        List.of(
            "WARNING group g" + warning,
            "WARNING group g" + warning + ", and 59 puts more since the last line",
            "WARNING group h" + warning),
        log.lines());
  }

  private String put() {
    return put("g", "k");
  }

  private String put(String group, String key) {
    channel.writeInbound(Unpooled.copiedBuffer(PUT.formatted(group, key, key), ISO_8859_1));
    channel.runPendingTasks();
    StringBuilder all = new StringBuilder();
    for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
      all.append(next.toString(ISO_8859_1));
      next.release();
    }
    return all.toString();
  }

  private EmbeddedChannel channel() {
    Inbound inbound =
        TestInbound.of(
            node,
            Dialect.MAILGUN,
            new Limits(4096, 4096, 1 << 20, Duration.ofMinutes(1)),
            Map.of(),
            InstantSource.system(),
            () -> {},
            true);
    return new EmbeddedChannel(
        new InboundPipeline(
            inbound, new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE), nanos::get));
  }
}
