package io.dawncache.server.inbound;

import io.dawncache.core.Entry;
import io.dawncache.core.Group;
import io.dawncache.core.OperationResult;
import io.dawncache.core.PeerRequest;
import io.dawncache.core.PeerResult;
import io.dawncache.core.TraceContext;
import io.dawncache.server.frame.FrameKind;
import io.dawncache.server.wire.Freshness;
import io.dawncache.server.wire.Refusal;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request in a frame from its start to its answer. The answer stays a value, not a buffer,
 * until it is written.
 */
final class FrameExchange extends Reply {
  private static final int MAX_DETAIL_CHARS = 512;

  private final FrameService service;
  private final FrameKind kind;
  private final int id;

  private @Nullable LargeResults results;
  private @Nullable TraceContext trace;

  FrameExchange(FrameService service, HandOver handOver, FrameKind kind, int id) {
    super(handOver);
    this.service = service;
    this.kind = kind;
    this.id = id;
  }

  FrameKind kind() {
    return kind;
  }

  int id() {
    return id;
  }

  /** Names the group that the get is about to ask, and the trace that it belongs to. */
  void asks(Group group, @Nullable TraceContext trace) {
    asks(group);
    this.trace = trace;
  }

  @Override
  public @Nullable TraceContext trace() {
    return trace;
  }

  @Override
  void ended(boolean elsewhere) {
    service.answered(this);
  }

  @Override
  ResultStream stream(List<PeerRequest> requests, ResultStream.Source source) {
    Runnable onResult = () -> service.answered(this);
    ResultStream stream = stream(requests, service.inbound(), source, onResult, service.holder());
    results = service.results(this, stream);
    return stream;
  }

  // What there is to write. Runs on the event loop.

  /** Replaces the value with a refusal: there is no room to keep it. */
  void refuseValue() {
    entry = null;
    refusal = Refusal.tooMuchInFlight();
  }

  /** Returns how many bytes it keeps in memory until they are written, except what it streams. */
  long heldBytes() {
    return entry == null ? 0 : entry.value().length();
  }

  /** Returns the value, if there is one that may be sent. */
  @Nullable Entry sendable() {
    Entry value = entry;
    return value != null && value.value().length() <= maxValueBytes() ? value : null;
  }

  /** Returns how a get ended without a value, or null. */
  @Nullable PeerResult withoutValue() {
    Entry tooLong = entry;
    if (error != null) {
      return PeerResult.of(error);
    }
    if (tooLong != null) {
      return PeerResult.of(
          PeerResult.Status.FAILED,
          "value: " + tooLong.value().length() + " bytes (expected: <= " + maxValueBytes() + ")");
    }
    return refusal != null && isGet()
        ? PeerResult.of(refusal.kind().meaning(), detail(refusal))
        : null;
  }

  /** Returns how an operation ended, or null. */
  @Nullable OperationResult outcome() {
    return refusal != null && !isGet()
        ? OperationResult.of(OperationResult.Status.NOT_ASKED, detail(refusal))
        : operated;
  }

  @Nullable LargeResults results() {
    return results;
  }

  private int maxValueBytes() {
    return service.inbound().limits().maxValueBytes();
  }

  private boolean isGet() {
    return kind == FrameKind.FETCH || kind == FrameKind.GET_ALL || kind == FrameKind.PEEK;
  }

  private static String detail(Refusal refusal) {
    String text = refusal.text();
    return text.length() <= MAX_DETAIL_CHARS ? text : text.substring(0, MAX_DETAIL_CHARS);
  }

  /** The TTL is what remains now, not what remained when the get ended. */
  Freshness freshness(Entry entry) {
    Duration left = asked().forServers().remainingTtl(entry);
    return Freshness.toOurs(left, entry.isStale(), minuteQps).with(entry.metadata());
  }
}
