package io.dawncache.server.inbound;

import io.dawncache.server.tls.Tls;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.group.ChannelGroup;
import io.netty.util.concurrent.EventExecutor;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/** The handlers of a server connection, one a line in data order. */
public final class InboundPipeline extends ChannelInitializer<Channel> {
  /** A drain that is cut short before this may reset clients whose requests are on their way. */
  public static final long MIN_DRAIN_MILLIS = 2 * RequestHandler.LAST_CALL_MILLIS;

  private final Inbound inbound;
  private final AnswerDates dates;
  private final ValuesInTransit inTransit;
  private final FailedPuts failedPuts;
  private final Map<EventExecutor, Turns> turns = new ConcurrentHashMap<>();
  private final ChannelGroup connections;
  private final AtomicInteger refusedLingering = new AtomicInteger();

  /** Makes the pipelines of one server and enters its connections in {@code connections}. */
  public InboundPipeline(Inbound inbound, ChannelGroup connections) {
    this(inbound, connections, System::nanoTime);
  }

  InboundPipeline(Inbound inbound, ChannelGroup connections, LongSupplier nanoTime) {
    this.inbound = inbound;
    this.dates = new AnswerDates(inbound.clock());
    this.inTransit = new ValuesInTransit(inbound.node().bytesInFlight());
    this.failedPuts = new FailedPuts(nanoTime);
    this.connections = connections;
  }

  /** Drains each connection: it answers what it has and what is on its way, and closes. */
  public static void drain(ChannelGroup connections) {
    connections.forEach(
        connection -> connection.pipeline().fireUserEventTriggered(RequestHandler.Drain.NOW));
  }

  /** Ends the connections of frames, as {@link #drain} does; peers then open new ones. */
  public static void drainPeers(ChannelGroup connections) {
    connections.forEach(
        connection -> connection.pipeline().fireUserEventTriggered(RequestHandler.Drain.PEERS));
  }

  @Override
  protected void initChannel(Channel channel) {
    connections.add(channel);
    if (!inbound.connectionLimit().admit(channel)) {
      refuse(channel);
      return;
    }
    Tls tls = inbound.tls();
    if (tls != null) {
      tls.addTo(
          channel.pipeline(), inbound.node().bytesInFlight(), inbound.limits().requestTimeout());
    }
    channel
        .pipeline()
        .addLast(new StrictRequestDecoder(inbound.limits(), inbound.node().bytesInFlight()))
        .addLast(
            new RequestHandler(
                inbound,
                dates,
                inTransit,
                loop -> turns.computeIfAbsent(loop, Turns::of),
                failedPuts));
  }

  private void refuse(Channel channel) {
    if (inbound.tls() == null) {
      channel.pipeline().addLast(new RefusedConnection(refusedLingering));
    } else {
      channel.close(); // a handshake for an answer would cost more than a place
    }
  }
}
