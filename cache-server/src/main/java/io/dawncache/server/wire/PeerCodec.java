package io.dawncache.server.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.WireFormat;
import io.dawncache.core.ByteView;
import io.dawncache.core.Forget;
import io.dawncache.core.GroupSemantics;
import io.dawncache.core.MemberList;
import io.dawncache.core.Metadata;
import io.dawncache.core.Offer;
import io.dawncache.core.Operation;
import io.dawncache.core.OperationResult;
import io.dawncache.core.PastChanges;
import io.dawncache.core.PeerRequest;
import io.dawncache.core.Rings;
import io.dawncache.core.TraceContext;
import io.dawncache.server.wire.pb.CoordinateRequest;
import io.dawncache.server.wire.pb.ForgetRequest;
import io.dawncache.server.wire.pb.GetAllRequest;
import io.dawncache.server.wire.pb.HandOverRequest;
import io.dawncache.server.wire.pb.OfferRequest;
import io.dawncache.server.wire.pb.OperationAnswer;
import io.dawncache.server.wire.pb.SetRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Encodes and decodes the messages of {@code proto/peer.proto} and mailgun's {@code SetRequest} as
 * the core's types. What is written is in a new buffer on the heap; what is read is checked, since
 * it comes from outside.
 */
public final class PeerCodec {
  /**
   * A get of a key takes its event loop about 3 microseconds, in which it serves no other
   * connection. A sender of more keys sends several requests.
   */
  static final int MAX_GET_ALL_KEYS = 4096;

  /**
   * As many hints as a node keeps for a member; beyond that, the member forgets the whole group.
   */
  static final int MAX_FORGET_KEYS = 10_000;

  /** More than any fleet has; each is parsed and compared on an event loop. */
  static final int MAX_MEMBERS = 4096;

  private static final int GET_ALL_KEY_TAG =
      (GetAllRequest.KEYS_FIELD_NUMBER << 3) | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  private static final int FORGET_KEY_TAG =
      (ForgetRequest.KEYS_FIELD_NUMBER << 3) | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  private static final int OFFER_KEY_TAG =
      (OfferRequest.KEYS_FIELD_NUMBER << 3) | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  private static final int HAND_OVER_KEY_TAG =
      (HandOverRequest.KEYS_FIELD_NUMBER << 3) | WireFormat.WIRETYPE_LENGTH_DELIMITED;

  private static final long MOST_BYTES_A_CHAR = 3; // in UTF-8; a pair of surrogates takes 4
  private static final long MOST_BYTES_BESIDE_A_KEY = 32; // tags, lengths, numbers

  /** An upper bound of the bytes that the fields of a trace take, with tags and lengths. */
  static final int MOST_TRACE_BYTES = TraceContext.PARENT_CHARS + TraceContext.MOST_STATE_CHARS + 8;

  private PeerCodec() {}

  /**
   * Returns an upper bound of the bytes that {@code key} and its fields take in any of the
   * messages.
   */
  static long mostBytes(String key) {
    return MOST_BYTES_A_CHAR * key.length() + MOST_BYTES_BESIDE_A_KEY;
  }

  /** Returns a request to forget. */
  public static ByteBuf encode(Forget what) {
    return encoded(
        ForgetRequest.newBuilder().setGroup(what.group()).addAllKeys(what.keys()).build());
  }

  /**
   * Reads a peer's request to forget.
   *
   * @throws BadRequestException if it is no such message, or names an empty group or key
   * @throws IllegalArgumentException if it names more keys than a request may
   */
  public static Forget decodeForget(ByteBuffer body) throws BadRequestException {
    checkCount("forget", body, FORGET_KEY_TAG, MAX_FORGET_KEYS);
    ForgetRequest request = parse(ForgetRequest.parser(), body);
    return new Forget(require("group", request.getGroup()), requireKeys(request.getKeysList()));
  }

  /** Returns an offer of values. */
  public static ByteBuf encode(Offer offer) {
    return encoded(
        OfferRequest.newBuilder().setGroup(offer.group()).addAllKeys(offer.keys()).build());
  }

  /**
   * Reads a peer's offer.
   *
   * @throws BadRequestException if it is no such message, or names an empty group or key
   * @throws IllegalArgumentException if it names more keys than an offer may
   */
  public static Offer decodeOffer(ByteBuffer body) throws BadRequestException {
    checkCount("offer", body, OFFER_KEY_TAG, Offer.MOST_KEYS);
    OfferRequest request = parse(OfferRequest.parser(), body);
    return new Offer(require("group", request.getGroup()), requireKeys(request.getKeysList()));
  }

  /** Returns a message that hands changes over. */
  public static ByteBuf encode(PastChanges changes) {
    HandOverRequest.Builder request =
        HandOverRequest.newBuilder()
            .setGroup(changes.what().group())
            .addAllKeys(changes.what().keys());
    if (changes.missedBy() != null) {
      request.setMissedBy(changes.missedBy());
    }
    return encoded(request.build());
  }

  /**
   * Reads the changes that a peer hands over.
   *
   * @throws BadRequestException if it is no such message, names an empty group or key, or a member
   *     that is no node's URL
   * @throws IllegalArgumentException if it names more keys than a message may
   */
  public static PastChanges decodeHandOver(ByteBuffer body) throws BadRequestException {
    checkCount("hand-over", body, HAND_OVER_KEY_TAG, MAX_FORGET_KEYS);
    HandOverRequest request = parse(HandOverRequest.parser(), body);
    if (request.hasMissedBy() && !isUrl(request.getMissedBy())) {
      throw new BadRequestException("a member that is no node's URL");
    }
    return new PastChanges(
        new Forget(require("group", request.getGroup()), requireKeys(request.getKeysList())),
        request.hasMissedBy() ? request.getMissedBy() : null);
  }

  private static List<String> requireKeys(List<String> keys) throws BadRequestException {
    for (String key : keys) {
      require("key", key);
    }
    return keys;
  }

  /** Returns a request to make a change. */
  public static ByteBuf encode(Operation operation) {
    CoordinateRequest.Builder request =
        CoordinateRequest.newBuilder().setGroup(operation.group()).setKey(operation.key());
    ByteView value = operation.value();
    if (value != null) {
      request.setValue(shared(value));
      Metadata metadata = value.metadata();
      if (metadata != null) {
        request
            .setContentType(Objects.requireNonNullElse(metadata.contentType(), ""))
            .setEtag(Objects.requireNonNullElse(metadata.etag(), ""));
      }
    }
    if (operation.ttlNanos() != Long.MAX_VALUE) {
      request.setTtlNanos(operation.ttlNanos());
    }
    return encoded(request.build());
  }

  /**
   * Reads a peer's request to make a change; a put of an expired value becomes a removal.
   *
   * @throws BadRequestException if it is no such message, names an empty group or key, or has a
   *     content type or ETag that is none
   */
  public static Operation decodeOperation(ByteBuffer body) throws BadRequestException {
    CoordinateRequest request = parse(CoordinateRequest.parser(), body);
    return operation(
        require("group", request.getGroup()),
        require("key", request.getKey()),
        request.hasValue() ? described(request) : null,
        request.hasTtlNanos() ? request.getTtlNanos() : Long.MAX_VALUE);
  }

  private static ByteView described(CoordinateRequest request) throws BadRequestException {
    try {
      return copied(request.getValue())
          .withMetadata(GroupcacheCodec.metadata(request.getContentType(), request.getEtag()));
    } catch (InvalidProtocolBufferException e) {
      throw new BadRequestException(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Returns a put as mailgun's nodes encode it.
   *
   * @param clock the wall clock of the value's expiry time
   */
  static ByteBuf encodeSet(Operation put, ByteView value, InstantSource clock) {
    SetRequest.Builder request =
        SetRequest.newBuilder().setGroup(put.group()).setKey(put.key()).setValue(shared(value));
    if (put.ttlNanos() != Long.MAX_VALUE) {
      Freshness toOthers = Freshness.toOthers(Duration.ofNanos(put.ttlNanos()), clock);
      request.setExpire(toOthers.expireUnixNanos()).setTtlNanos(put.ttlNanos());
    }
    return encoded(request.build());
  }

  /**
   * Reads a put of mailgun's; a put of an expired value becomes a removal.
   *
   * @param group as the path names it, which decides
   * @throws BadRequestException if it is no such message, or names an empty key
   */
  public static Operation decodeSet(String group, ByteBuffer body, InstantSource clock)
      throws BadRequestException {
    SetRequest request = parse(SetRequest.parser(), body);
    long ttlNanos = Long.MAX_VALUE;
    if (request.hasTtlNanos()) {
      ttlNanos = request.getTtlNanos();
    } else if (request.getExpire() != 0) {
      ttlNanos = Freshness.ttlNanos(request.getExpire(), clock.instant());
    }
    return operation(group, require("key", request.getKey()), copied(request.getValue()), ttlNanos);
  }

  /**
   * Returns the answer to an operation.
   *
   * @param own the member list of this node
   * @param membersWithHints the members that this node holds hints for, if the answer is to hold
   *     them and all of the list; null if it is to hold only the list's fingerprint
   */
  public static ByteBuf encode(
      OperationResult result, MemberList own, @Nullable Collection<String> membersWithHints) {
    OperationAnswer.Builder answer =
        OperationAnswer.newBuilder()
            .setStatus(
                switch (result.status()) {
                  case DONE -> OperationAnswer.Status.DONE;
                  case DONE_ALONE -> OperationAnswer.Status.DONE_ALONE;
                  case NOT_ASKED, NOT_UNDERSTOOD -> OperationAnswer.Status.NOT_DONE;
                  case UNKNOWN -> OperationAnswer.Status.UNKNOWN;
                })
            .addAllUnreached(result.unreached())
            .setDetail(result.detail())
            .addAllOtherLists(result.otherLists())
            .setMembersFingerprint(own.fingerprint());
    if (membersWithHints != null) {
      answer.setMemberList(message(own).build()).addAllMembersWithHints(membersWithHints);
    }
    return encoded(answer.build());
  }

  /**
   * Returns the message with the member list that this node holds.
   *
   * @param receiverWasEjected whether this node has held the receiver ejected until now
   * @param leaving whether this node leaves the fleet
   */
  public static ByteBuf encode(MemberList own, boolean receiverWasEjected, boolean leaving) {
    return encoded(
        message(own).setReceiverWasEjected(receiverWasEjected).setLeaving(leaving).build());
  }

  private static io.dawncache.server.wire.pb.MemberList.Builder message(MemberList list) {
    String zone = list.zone();
    var message =
        io.dawncache.server.wire.pb.MemberList.newBuilder()
            .setSelf(list.self())
            .setInstance(list.instance())
            .addAllMembers(list.members())
            .addAllRings(list.rings().known())
            .setRing(list.rings().inForce())
            .addAllWithoutRing(list.rings().lackedBy())
            .setZone(zone == null ? "" : zone);
    GroupSemantics semantics = list.semantics();
    if (semantics != null) {
      message.setSemanticsFingerprint(semantics.fingerprint());
      semantics
          .groups()
          .forEach(
              (name, fingerprint) ->
                  message.addGroupsBuilder().setGroup(name).setFingerprint(fingerprint));
    }
    return message;
  }

  private static @Nullable GroupSemantics semantics(
      io.dawncache.server.wire.pb.MemberList message) {
    if (!message.hasSemanticsFingerprint()) {
      return null;
    }
    TreeMap<String, Long> groups = new TreeMap<>();
    message.getGroupsList().stream()
        .filter(group -> group.getGroup().length() <= GroupSemantics.MOST_NAME_CHARS)
        .limit(GroupSemantics.MOST_GROUPS)
        .forEach(group -> groups.put(group.getGroup(), group.getFingerprint()));
    return new GroupSemantics(message.getSemanticsFingerprint(), groups);
  }

  /**
   * Returns whether the sender of a member list has held this node ejected until now.
   *
   * @throws BadRequestException if it is no such message
   */
  public static boolean saysEjected(ByteBuffer body) throws BadRequestException {
    return parse(io.dawncache.server.wire.pb.MemberList.parser(), body).getReceiverWasEjected();
  }

  /**
   * Returns whether the sender of a member list leaves the fleet.
   *
   * @throws BadRequestException if it is no such message
   */
  public static boolean saysLeaving(ByteBuffer body) throws BadRequestException {
    return parse(io.dawncache.server.wire.pb.MemberList.parser(), body).getLeaving();
  }

  /**
   * Reads which member list a node holds.
   *
   * @throws BadRequestException if it is no such message, or a URL in it is not a node's
   */
  public static MemberList decodeMembers(ByteBuffer body) throws BadRequestException {
    try {
      return memberList(parse(io.dawncache.server.wire.pb.MemberList.parser(), body));
    } catch (IOException e) {
      throw new BadRequestException(String.valueOf(e.getMessage()));
    }
  }

  private static MemberList memberList(io.dawncache.server.wire.pb.MemberList message)
      throws IOException {
    if (message.getMembersCount() > MAX_MEMBERS) {
      throw new IOException(
          "members: " + message.getMembersCount() + " (expected: <= " + MAX_MEMBERS + ")");
    }
    requireUrls(List.of(message.getSelf()));
    requireUrls(message.getMembersList());
    requireUrls(message.getWithoutRingList());
    return MemberList.of(
            message.getSelf(),
            message.getInstance(),
            message.getMembersList(),
            new Rings(message.getRingsList(), message.getRing(), message.getWithoutRingList()))
        .inZone(isZone(message.getZone()) ? message.getZone() : null)
        .withSemantics(semantics(message));
  }

  /** Returns whether this may be the name of a zone. */
  public static boolean isZone(String zone) {
    return zone.matches("[!-~&&[^,\"]]{1,64}");
  }

  /**
   * Notes what the answer to an operation reports about the answering node's member list.
   *
   * @param url the answering node's
   * @param askedNanos when it was asked, by {@link System#nanoTime}
   * @return whether to ask for its list
   */
  public static boolean noteList(ByteBuffer body, String url, long askedNanos, Fleet fleet)
      throws IOException {
    OperationAnswer answer = OperationAnswer.parseFrom(body);
    if (answer.hasMemberList()) {
      fleet.noteList(memberList(answer.getMemberList()));
      fleet.noteHints(
          url,
          askedNanos,
          answer.getMembersWithHintsList().stream().filter(PeerCodec::isUrl).toList());
      return false;
    }
    return answer.hasMembersFingerprint()
        && fleet.noteFingerprint(url, answer.getMembersFingerprint());
  }

  /**
   * Reads how an operation ended.
   *
   * @throws IOException if it is no such message, or a member's URL in it is not a node's: callers
   *     and the headers of answers would receive it
   */
  static OperationResult decodeResult(ByteBuffer body) throws IOException {
    OperationAnswer answer =
        GroupcacheCodec.parse(
            OperationAnswer.parser(), UnsafeByteOperations.unsafeWrap(body).newCodedInput());
    requireUrls(answer.getUnreachedList());
    return new OperationResult(
        switch (answer.getStatus()) {
          case DONE -> OperationResult.Status.DONE;
          case DONE_ALONE -> OperationResult.Status.DONE_ALONE;
          case NOT_DONE -> OperationResult.Status.NOT_ASKED;
          case UNKNOWN, UNRECOGNIZED -> OperationResult.Status.UNKNOWN;
        },
        answer.getUnreachedList(),
        answer.getOtherListsList().stream().filter(PeerCodec::isUrl).toList(),
        answer.getDetail());
  }

  private static void requireUrls(List<String> members) throws IOException {
    for (String member : members) {
      if (!isUrl(member)) {
        throw new IOException("a member that is no node's URL");
      }
    }
  }

  private static boolean isUrl(String member) {
    try {
      NodeUrl.parse(member);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /**
   * Returns a request for many keys, with the trace of the first.
   *
   * @param requests of one group, at least one
   */
  public static ByteBuf encode(List<PeerRequest> requests, Duration left) {
    GetAllRequest.Builder all =
        GetAllRequest.newBuilder()
            .setGroup(requests.get(0).group())
            .setTimeoutMillis(Headers.millis(left));
    TraceContext trace = requests.get(0).trace();
    if (trace != null) {
      all.setTraceparent(trace.traceparent())
          .setTracestate(Objects.requireNonNullElse(trace.tracestate(), ""));
    }
    for (PeerRequest request : requests) {
      all.addKeysBuilder().setKey(request.key()).setCopyGets(request.copyGets());
    }
    return encoded(all.build());
  }

  /**
   * Reads a peer's request for many keys, at least one, into one request per key, in its order.
   *
   * @throws BadRequestException if it is no such message, names an empty group or key or none at
   *     all, or a number is out of its range
   * @throws IllegalArgumentException if it names more keys than a request may
   */
  public static List<PeerRequest> decodeGetAll(ByteBuffer body) throws BadRequestException {
    checkCount("get-all", body, GET_ALL_KEY_TAG, MAX_GET_ALL_KEYS);
    GetAllRequest all = parse(GetAllRequest.parser(), body);
    if (all.getKeysCount() == 0 || all.getTimeoutMillis() <= 0) {
      throw new BadRequestException(
          "get-all: "
              + all.getKeysCount()
              + " keys in "
              + all.getTimeoutMillis()
              + " ms (expected: at least one of each)");
    }
    String group = require("group", all.getGroup());
    Duration timeout = Duration.ofMillis(all.getTimeoutMillis());
    TraceContext trace = trace(all.getTraceparent(), all.getTracestate());
    List<PeerRequest> requests = new ArrayList<>(all.getKeysCount());
    for (GetAllRequest.Key key : all.getKeysList()) {
      if (key.getCopyGets() < 0) {
        throw new BadRequestException("copy_gets: " + key.getCopyGets() + " (expected: >= 0)");
      }
      requests.add(
          new PeerRequest(group, require("key", key.getKey()), timeout, key.getCopyGets(), trace));
    }
    return requests;
  }

  /** Returns the trace of two fields of a message, or null if they are left out or wrong. */
  public static @Nullable TraceContext trace(String traceparent, String tracestate) {
    return TraceContext.read(traceparent, tracestate.isEmpty() ? null : tracestate);
  }

  /** Counts the keys before any object is allocated for them. */
  private static void checkCount(String what, ByteBuffer body, int keyTag, int maxKeys) {
    CodedInputStream input = UnsafeByteOperations.unsafeWrap(body).newCodedInput();
    int keys = 0;
    try {
      int tag = input.readTag();
      while (tag != 0 && input.skipField(tag)) {
        if (tag == keyTag && ++keys > maxKeys) {
          throw new IllegalArgumentException(
              what + ": more than " + maxKeys + " keys (expected: <= " + maxKeys + ")");
        }
        tag = input.readTag();
      }
    } catch (IOException e) {
      // The parser refuses such bytes and says why.
    }
  }

  private static Operation operation(
      String group, String key, @Nullable ByteView value, long ttlNanos) {
    return value == null || ttlNanos <= 0
        ? Operation.remove(group, key)
        : Operation.put(group, key, value, ttlNanos);
  }

  private static String require(String name, String text) throws BadRequestException {
    if (text.isEmpty()) {
      throw new BadRequestException(name + ": \"\" (expected: a " + name + " that is not empty)");
    }
    return text;
  }

  private static ByteBuf encoded(MessageLite message) {
    return Unpooled.wrappedBuffer(message.toByteArray());
  }

  private static <M extends Message> M parse(Parser<M> parser, ByteBuffer body)
      throws BadRequestException {
    try {
      return GroupcacheCodec.parse(parser, UnsafeByteOperations.unsafeWrap(body).newCodedInput());
    } catch (InvalidProtocolBufferException e) {
      throw new BadRequestException("body: not the protobuf message, " + e.getMessage());
    }
  }

  private static ByteString shared(ByteView value) {
    return UnsafeByteOperations.unsafeWrap(value.asReadOnlyBuffer());
  }

  private static ByteView copied(ByteString value) {
    return ByteView.copyOf(value.asReadOnlyByteBuffer());
  }
}
