package io.dawncache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.server.testing.LogRecorder;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AcceptsTest {
  private final LogRecorder log = LogRecorder.of(Accepts.class);
  private final AtomicLong nanos = new AtomicLong();
  private final ChannelGroup connections = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE);
  private final Acceptor acceptor = new Acceptor();
  private final EmbeddedChannel listener =
      new EmbeddedChannel(new Accepts(connections, nanos::get), acceptor);

  /** Takes what is accepted, as Netty's acceptor does. */
  private static final class Acceptor extends ChannelInboundHandlerAdapter {
    private final List<Object> accepted = new ArrayList<>();

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object connection) {
      accepted.add(connection);
    }
  }

  @AfterEach
  void close() {
    log.close();
    listener.finishAndReleaseAll();
  }

  private void fail() {
    listener.pipeline().fireExceptionCaught(new IOException("Too many open files"));
  }

  private void accept() {
    listener.pipeline().fireChannelRead("a connection");
  }

  private void passPause() {
    listener.advanceTimeBy(Accepts.PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    listener.runScheduledPendingTasks();
  }

  @Test
  void aListenerWhoseAcceptFailsPausesAndTriesAgain() {
    fail();
    assertFalse(listener.config().isAutoRead());

    passPause();

    assertTrue(listener.config().isAutoRead());
    assertTrue(listener.isOpen());
  }

  @Test
  void aListenerThatFailsAgainPausesAgain() {
    for (int i = 0; i < 3; i++) {
      fail();
      assertFalse(listener.config().isAutoRead());
      passPause();
      assertTrue(listener.config().isAutoRead());
    }
    listener.checkException(); // the pipeline's end, which logs each exception, has seen none
  }

  @Test
  void whatIsAcceptedIsHandedOn() {
    accept();

    assertEquals(List.of("a connection"), acceptor.accepted);
    assertEquals(List.of(), log.lines());
  }

  @Test
  void aFaultThatIsNoFailedAcceptIsHandedOn() {
    IllegalStateException fault = new IllegalStateException("not of an accept");

    listener.pipeline().fireExceptionCaught(fault);

    assertSame(fault, assertThrows(IllegalStateException.class, listener::checkException));
    assertEquals(List.of(), log.lines());
  }

  @Test
  void fiveMinutesWithoutAnAcceptAreAWarningAMinuteAndOneLineAMinuteAfterTheirEnd() {
    EmbeddedChannel one = new EmbeddedChannel();
    connections.add(one);
    for (int i = 0; i < 300; i++) {
      fail();
      passPause();
      nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
    }
    accept();
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(59));
    accept();
    accept();

    String warning =
        "WARNING no connection accepted on embedded: Too many open files; connections open: 1,"
            + " open files allowed: "
            + OpenFiles.limit();
    String more = warning + ", and 59 failures more since the last line";
    assertEquals(
        List.of(
            warning,
            more,
            more,
            more,
            more,
            "INFO connections are accepted again, after 299 s; the last failure was 60 s ago"),
        log.lines());
    one.finishAndReleaseAll();
  }

  @Test
  void theLimitOfOpenFilesIsANumberWhereTheSystemHasOne() {
    assertTrue(OpenFiles.limit().matches("[0-9]+|unknown"), OpenFiles.limit());
  }
}
