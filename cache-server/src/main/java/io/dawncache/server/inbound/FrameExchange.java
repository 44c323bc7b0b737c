package io.dawncache.server.inbound;

import io.dawncache.core.Entry;
import io.dawncache.core.GetCallback;
import io.dawncache.core.GetException;
import io.dawncache.core.Group;
import io.dawncache.core.OperationResult;
import io.dawncache.core.PeerRequest;
import io.dawncache.core.PeerResult;
import io.dawncache.server.wire.FrameKind;
import io.dawncache.server.wire.Freshness;
import io.dawncache.server.wire.Kind;
import io.dawncache.server.wire.MessageKind;
import io.dawncache.server.wire.Refusal;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One request in a frame from its start to its answer. It may end on any thread; the answer is then
 * handed over to the connection's event loop, where all fields live, and stays a value, not a
 * buffer, until it is written.
 */
final class FrameExchange implements GetCallback, Reply {
  private static final int MOST_TOLD_CHARS = 512;

  private final FrameService service;
  private final FrameKind kind;
  private final int id;

  private @Nullable Group group; // that is asked
  private @Nullable Entry entry;
  private double minuteQps;
  private @Nullable PeerResult end; // without a value
  private @Nullable OperationResult operated;
  private @Nullable LongResults results;

  FrameExchange(FrameService service, FrameKind kind, int id) {
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

  /** Says whom the get is about to ask. */
  void asks(Group group) {
    this.group = group;
  }

  @Override
  public void value(Entry entry, double minuteQps) {
    int length = entry.value().length();
    int maxBytes = service.inbound().limits().maxValueBytes();
    if (length > maxBytes) {
      failed("value: " + length + " bytes (expected: <= " + maxBytes + ")");
    } else if (service.inEventLoop()) {
      answer(entry, minuteQps);
    } else if (service.handedOver().add(length)) {
      service.handOver(
          () -> {
            service.handedOver().remove(length);
            answer(entry, minuteQps);
          });
    } else {
      service.handOver(
          () -> {
            refuseValue();
            service.answered(this);
          });
    }
  }

  private void answer(Entry entry, double minuteQps) {
    this.entry = entry;
    this.minuteQps = minuteQps;
    service.answered(this);
  }

  @Override
  public void error(GetException error) {
    PeerResult told = PeerResult.of(error);
    onLoop(
        () -> {
          end = told;
          service.answered(this);
        });
  }

  /** Ends without a value because something went wrong here. */
  void failed(String why) {
    refuse(Refusal.failed(service.inbound().dialect(), why));
  }

  /** A request that is itself at fault was not asked for here. */
  @Override
  public void refuse(Refusal refusal) {
    PeerResult.Status status =
        refusal.kind() == Kind.REFUSED ? PeerResult.Status.NOT_ASKED : refusal.kind().meaning();
    String text = refusal.text();
    String told = text.length() <= MOST_TOLD_CHARS ? text : text.substring(0, MOST_TOLD_CHARS);
    onLoop(
        () -> {
          if (kind == FrameKind.FETCH || kind == FrameKind.GET_ALL) {
            end = PeerResult.of(status, told);
          } else {
            operated = OperationResult.of(OperationResult.Status.NOT_ASKED, told);
          }
          service.answered(this);
        });
  }

  @Override
  public void operated(MessageKind kind, OperationResult result) {
    onLoop(
        () -> {
          operated = result;
          service.answered(this);
        });
  }

  @Override
  public ResultStream stream(List<PeerRequest> requests, ResultStream.Source source) {
    int maxBytes = service.inbound().limits().maxValueBytes();
    ResultStream stream =
        new ResultStream(
            requests,
            maxBytes,
            () -> onLoop(() -> service.answered(this)),
            source,
            service.holder());
    results = service.results(this, stream);
    return stream;
  }

  private void onLoop(Runnable task) {
    if (service.inEventLoop()) {
      task.run();
    } else {
      service.handOver(task);
    }
  }

  /** Refuses in place of the value that it has: there is no room to keep that. */
  void refuseValue() {
    entry = null;
    end = PeerResult.of(PeerResult.Status.OVERLOADED, Refusal.tooMuchInFlight().text());
  }

  // What there is to write.

  /** Returns how many bytes it keeps in memory until they are written, but for what it streams. */
  long heldBytes() {
    return entry == null ? 0 : entry.value().length();
  }

  @Nullable Entry entry() {
    return entry;
  }

  @Nullable PeerResult end() {
    return end;
  }

  @Nullable OperationResult operated() {
    return operated;
  }

  @Nullable LongResults results() {
    return results;
  }

  /** What is left of the value's life is left now, and not when the get ended. */
  Freshness freshness(Entry entry) {
    return Freshness.toOurs(
        Objects.requireNonNull(group, "group").lifeLeft(entry), entry.isStale(), minuteQps);
  }
}
