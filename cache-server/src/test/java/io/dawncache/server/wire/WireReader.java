package io.dawncache.server.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
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
import io.dawncache.core.PeerResult;
import io.dawncache.core.Rings;
import io.dawncache.core.TraceContext;
import io.dawncache.server.Dialect;
import io.dawncache.server.frame.BrokenFrameException;
import io.dawncache.server.frame.FetchFrames;
import io.dawncache.server.frame.FrameKind;
import io.dawncache.server.frame.FrameReader;
import io.dawncache.server.frame.Frames;
import io.dawncache.server.frame.LargeAnswer;
import io.dawncache.server.wire.pb.CoordinateRequest;
import io.dawncache.server.wire.pb.Credit;
import io.dawncache.server.wire.pb.FetchRequest;
import io.dawncache.server.wire.pb.ForgetRequest;
import io.dawncache.server.wire.pb.GetAllRequest;
import io.dawncache.server.wire.pb.GoAway;
import io.dawncache.server.wire.pb.GroupFingerprint;
import io.dawncache.server.wire.pb.HandOverRequest;
import io.dawncache.server.wire.pb.KeyAnswer;
import io.dawncache.server.wire.pb.OfferRequest;
import io.dawncache.server.wire.pb.OperationAnswer;
import io.dawncache.server.wire.pb.Response;
import io.dawncache.server.wire.pb.SetRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The readers of what comes over the wire, each with a second, plain way to read the same bytes:
 * protobuf's generated class where there is one, else a few lines that nobody would call fast. Both
 * have to agree on every input, and what is written has to be byte for byte what the generated
 * class writes. ReadersTest gives each some thousands of inputs, scripts/fuzz gives it millions.
 */
enum WireReader {
  /** The request of a fetch, in a frame. */
  FETCH_REQUEST {
    private static final FetchFrames READER = new FetchFrames(); // remembers the last group

    @Override
    byte[] sample(MessageCases cases) {
      return cases.message(FetchRequest.getDescriptor());
    }

    @Override
    void check(byte[] input) {
      PeerRequest expected = expected(input);
      for (Layout layout : Layout.values()) {
        try (Payload message = layout.message(input)) {
          PeerRequest read = READER.readRequest(message.bytes());
          same(layout, expected, read);
        } catch (BrokenFrameException e) {
          same(layout, expected, null);
        }
      }
      if (expected != null) {
        checkWriter(expected);
      }
    }

    private PeerRequest expected(byte[] input) {
      try {
        FetchRequest request = generated(FetchRequest.parser(), input);
        boolean valid =
            !request.getGroup().isEmpty()
                && !request.getKey().isEmpty()
                && request.getTimeoutMillis() > 0
                && request.getCopyGets() >= 0;
        return valid
            ? new PeerRequest(
                request.getGroup(),
                request.getKey(),
                Duration.ofMillis(request.getTimeoutMillis()),
                request.getCopyGets(),
                trace(request.getTraceparent(), request.getTracestate()))
            : null;
      } catch (InvalidProtocolBufferException e) {
        return null;
      }
    }

    private void checkWriter(PeerRequest request) {
      long millis = request.timeout().toMillis();
      byte[] generated =
          FetchRequest.newBuilder()
              .setGroup(request.group())
              .setKey(request.key())
              .setTimeoutMillis(millis)
              .setCopyGets(request.copyGets())
              .setTraceparent(parentOf(request.trace()))
              .setTracestate(stateOf(request.trace()))
              .build()
              .toByteArray();
      ByteBuf out = Unpooled.buffer();
      FetchFrames.writeRequest(request, millis, out);
      sameBytes(generated, out);
      same("length", generated.length, FetchFrames.requestBytes(request, millis));
    }
  },

  /** The answer to a fetch, in a frame. */
  FETCH_ANSWER {
    @Override
    byte[] sample(MessageCases cases) {
      return cases.message(KeyAnswer.getDescriptor());
    }

    @Override
    void check(byte[] input) {
      PeerResult expected = expected(input);
      for (Layout layout : Layout.values()) {
        try (Payload message = layout.message(input)) {
          PeerResult read = FetchFrames.readAnswer(message.bytes());
          if (expected != null) {
            same(layout, expected, read);
            same(layout, expected.value().metadata(), read.value().metadata());
          } else {
            same(layout, PeerResult.Status.FAILED, read.status());
          }
        }
      }
      if (expected != null && expected.status() == PeerResult.Status.VALUE) {
        checkWriters(expected);
      }
    }

    private PeerResult expected(byte[] input) {
      try {
        return KeyAnswers.result(generated(KeyAnswer.parser(), input));
      } catch (InvalidProtocolBufferException e) {
        return null;
      }
    }

    private void checkWriters(PeerResult result) {
      byte[] generated = KeyAnswers.builder(result).build().toByteArray();
      Freshness freshness =
          new Freshness(result.minuteQps(), 0, result.ttlNanos(), result.stale())
              .with(result.value().metadata());
      ByteBuf out = Unpooled.buffer();
      FetchFrames.writeAnswer(result.value(), freshness, out);
      sameBytes(generated, out);
      same("length", generated.length, (int) FetchFrames.answerBytes(result.value(), freshness));
      checkPieces(generated, new LargeAnswer(1, result.value(), freshness, () -> {}));
    }

    private void checkPieces(byte[] generated, LargeAnswer message) {
      Random cuts = new Random(Arrays.hashCode(generated));
      ByteBuf out = Unpooled.buffer();
      while (message.readyBytes() > 0) {
        message.write(1 + cuts.nextInt(message.readyBytes()), out);
      }
      message.close();
      sameBytes(generated, out);
    }
  },

  /** The answers to a get of many keys, cut into pieces anywhere. */
  KEY_ANSWERS {
    private static final int KEYS = 5;
    private static final int MAX_BYTES = 1500;

    @Override
    byte[] sample(MessageCases cases) {
      Random random = cases.random();
      ByteBuf out = Unpooled.buffer();
      for (int i = random.nextInt(KEYS + 2); i > 0; i--) {
        byte[] answer = cases.message(KeyAnswer.getDescriptor());
        if (random.nextInt(4) > 0) { // the last index counts
          answer = concatenated(answer, answerOf(random.nextInt(KEYS)));
        }
        long oddity =
            switch (random.nextInt(60)) {
              case 0 -> 1;
              case 1 -> -1;
              case 2 -> 1L << 32; // which an int does not hold
              case 3 -> random.nextLong();
              default -> 0;
            };
        cases.varint(answer.length + oddity, out);
        out.writeBytes(answer);
      }
      byte[] answers = ByteBufUtil.getBytes(out);
      return random.nextInt(8) == 0 ? cases.mutated(answers) : answers;
    }

    private byte[] answerOf(int index) {
      return KeyAnswer.newBuilder().setIndex(index).build().toByteArray();
    }

    private byte[] concatenated(byte[] one, byte[] other) {
      byte[] both = Arrays.copyOf(one, one.length + other.length);
      System.arraycopy(other, 0, both, one.length, other.length);
      return both;
    }

    @Override
    void check(byte[] input) {
      List<PeerRequest> requests = new ArrayList<>();
      for (int i = 0; i < KEYS; i++) {
        requests.add(new PeerRequest("scores", "key " + i, Duration.ofSeconds(1)));
      }
      List<Object> expected = new ArrayList<>();
      boolean sound = expect(ByteBuffer.wrap(input), requests, expected);
      List<Object> told = new ArrayList<>();
      KeyAnswers answers =
          new KeyAnswers(
              requests,
              MAX_BYTES,
              (request, result) -> {
                told.add(request);
                told.add(result);
              });
      boolean read = read(input, answers);
      same("told", expected, told);
      same("metadata", metadata(expected), metadata(told));
      same("sound", sound, read);
      PeerResult forTheRest = PeerResult.of(PeerResult.Status.NOT_ASKED, "at the end");
      for (PeerRequest request : requests) {
        if (!expected.contains(request)) {
          expected.add(request);
          expected.add(forTheRest);
        }
      }
      answers.end(forTheRest);
      same("told at the end", expected, told);
      for (int i = 1; i < told.size(); i += 2) {
        checkWriter((PeerResult) told.get(i));
      }
    }

    private List<Metadata> metadata(List<Object> told) {
      return told.stream()
          .filter(PeerResult.class::isInstance)
          .map(result -> ((PeerResult) result).value().metadata())
          .toList();
    }

    private boolean read(byte[] input, KeyAnswers answers) {
      Random cuts = new Random(Arrays.hashCode(input));
      try {
        for (int from = 0; from < input.length; ) {
          int length = 1 + cuts.nextInt(Math.min(input.length - from, 1 << cuts.nextInt(12)));
          answers.received(Unpooled.wrappedBuffer(input, from, length));
          from += length;
        }
        return true;
      } catch (IOException e) {
        return false;
      }
    }

    /** Returns whether all that has come may be the beginning of an answer. */
    private boolean expect(ByteBuffer in, List<PeerRequest> requests, List<Object> told) {
      while (true) {
        long length = 0;
        int shift = 0;
        byte next;
        do {
          if (shift == 35) {
            return false;
          }
          if (!in.hasRemaining()) {
            return true;
          }
          next = in.get();
          length |= (long) (next & 0x7f) << shift;
          shift += 7;
        } while (next < 0);
        if (length > MAX_BYTES) {
          return false;
        }
        if (length > in.remaining()) {
          return true;
        }
        byte[] bytes = new byte[(int) length];
        in.get(bytes);
        if (!expectOne(bytes, requests, told)) {
          return false;
        }
      }
    }

    private boolean expectOne(byte[] bytes, List<PeerRequest> requests, List<Object> told) {
      try {
        KeyAnswer answer = generated(KeyAnswer.parser(), bytes);
        int index = answer.getIndex();
        if (index < 0 || index >= KEYS || told.contains(requests.get(index))) {
          return false;
        }
        PeerResult result = KeyAnswers.result(answer);
        told.add(requests.get(index));
        told.add(result);
        return true;
      } catch (InvalidProtocolBufferException e) {
        return false;
      }
    }

    private void checkWriter(PeerResult result) {
      ByteArrayOutputStream generated = new ByteArrayOutputStream();
      try {
        KeyAnswers.builder(result).setIndex(3).build().writeDelimitedTo(generated);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
      ByteBuf out = Unpooled.buffer();
      KeyAnswers.write(3, result, out);
      sameBytes(generated.toByteArray(), out);
    }
  },

  /** Frames, in pieces cut anywhere, of which some payloads are kept. */
  FRAMES {
    private static final int[] LENGTHS = {0, 0, 1, 5, 9, 100, 1000, 65_535, 65_536, 65_537, -1};
    private static final byte[] PAYLOAD = payload();
    private static final int[] IDS = {0, 1, 1, 2, 64, 4095, 4096, 4097, -1};

    @Override
    byte[] sample(MessageCases cases) {
      Random random = cases.random();
      boolean plain = random.nextBoolean();
      ByteBuf out = Unpooled.buffer();
      for (int i = random.nextInt(6); i > 0; i--) {
        int kind = plain ? 1 + random.nextInt(7) : random.nextInt(16);
        int id = plain ? 1 + random.nextInt(4096) : IDS[random.nextInt(IDS.length)];
        int length = LENGTHS[random.nextInt(random.nextInt(8) == 0 ? LENGTHS.length : 7)];
        int said = random.nextInt(20) == 0 ? random.nextInt() : length;
        boolean more = length > 0 && random.nextInt(3) == 0;
        out.writeInt(said).writeInt(id).writeByte(more ? kind | 0x80 : kind);
        out.writeBytes(PAYLOAD, i, Math.max(length, 0));
      }
      byte[] frames = ByteBufUtil.getBytes(out);
      return random.nextInt(8) == 0 ? cases.mutated(frames) : frames;
    }

    private static byte[] payload() {
      byte[] payload = new byte[Frames.MAX_PAYLOAD_BYTES + 10];
      new Random(1).nextBytes(payload);
      return payload;
    }

    private record Frame(int kind, int id, boolean more, ByteString payload) {}

    @Override
    void check(byte[] input) {
      List<Frame> expected = new ArrayList<>();
      boolean sound = expect(ByteBuffer.wrap(input), expected);
      Random cuts = new Random(Arrays.hashCode(input));
      List<Frame> seen = new ArrayList<>();
      List<ByteBuf> pieces = new ArrayList<>();
      List<ByteBuf> kept = new ArrayList<>();
      List<ByteString> keptBytes = new ArrayList<>();
      FrameReader reader = new FrameReader();
      boolean read = true;
      try {
        for (int from = 0; from < input.length; ) {
          int length = 1 + cuts.nextInt(Math.min(input.length - from, 1 << cuts.nextInt(18)));
          ByteBuf piece = UNTRACKED.heapBuffer(length + cuts.nextInt(2) * 100);
          pieces.add(piece);
          reader.read(
              piece.writeBytes(input, from, length),
              UNTRACKED,
              (kind, id, more, payload) -> {
                byte[] bytes = ByteBufUtil.getBytes(payload);
                seen.add(new Frame(kind.number(), id, more, ByteString.copyFrom(bytes)));
                if (cuts.nextInt(3) == 0) {
                  kept.add(payload.readRetainedSlice(payload.readableBytes()));
                  keptBytes.add(ByteString.copyFrom(bytes));
                }
              });
          from += length;
        }
      } catch (BrokenFrameException e) {
        read = false;
      }
      reader.close();
      same("frames", expected, seen);
      same("sound", sound, read);
      for (int i = 0; i < kept.size(); i++) {
        same("kept", keptBytes.get(i), ByteString.copyFrom(ByteBufUtil.getBytes(kept.get(i))));
        kept.get(i).release();
      }
      pieces.forEach(piece -> same("references", 0, piece.refCnt()));
      if (sound) {
        checkWriter(expected, input);
      }
    }

    private boolean expect(ByteBuffer in, List<Frame> frames) {
      while (in.remaining() >= 9) {
        int length = in.getInt();
        int id = in.getInt();
        int kind = in.get() & 0xff;
        boolean more = kind >= 0x80;
        kind &= 0x7f;
        boolean ofConnection = kind >= 9 && kind <= 12;
        boolean idIsRight = ofConnection ? id == 0 : id >= 1 && id <= 4096;
        boolean moreIsRight = !more || (length > 0 && (kind < 8 || kind >= 13));
        if (length < 0 || length > 65_536 || kind < 1 || kind > 16 || !idIsRight || !moreIsRight) {
          return false;
        }
        if (in.remaining() < length) {
          return true;
        }
        byte[] payload = new byte[length];
        in.get(payload);
        frames.add(new Frame(kind, id, more, ByteString.copyFrom(payload)));
      }
      return true;
    }

    private void checkWriter(List<Frame> frames, byte[] input) {
      ByteBuf out = Unpooled.buffer();
      for (Frame frame : frames) {
        FrameKind kind = Objects.requireNonNull(FrameKind.of(frame.kind));
        Frames.writeHead(frame.payload.size(), frame.id, kind, frame.more, out);
        out.writeBytes(frame.payload.asReadOnlyByteBuffer());
      }
      sameBytes(Arrays.copyOf(input, out.readableBytes()), out);
    }
  },

  /** What gives credit. */
  CREDIT {
    @Override
    byte[] sample(MessageCases cases) {
      return cases.message(Credit.getDescriptor());
    }

    @Override
    void check(byte[] input) {
      long expected = 0;
      try {
        expected = Math.max(0, generated(Credit.parser(), input).getBytes());
      } catch (InvalidProtocolBufferException e) {
        // 0 stands for refused
      }
      for (Layout layout : Layout.values()) {
        try (Payload message = layout.message(input)) {
          same(layout, expected, Frames.credit(message.bytes()));
        } catch (BrokenFrameException e) {
          same(layout, expected, 0L);
        }
      }
      ByteBuf out = Unpooled.buffer();
      Frames.writeCredit(expected, out);
      out.skipBytes(Frames.HEAD_BYTES);
      sameBytes(Credit.newBuilder().setBytes(expected).build().toByteArray(), out);
    }
  },

  /** Why a peer takes no more. */
  GO_AWAY {
    @Override
    byte[] sample(MessageCases cases) {
      return cases.message(GoAway.getDescriptor());
    }

    @Override
    void check(byte[] input) {
      String expected = null;
      try {
        GoAway said = generated(GoAway.parser(), input);
        expected =
            said.getReason() == GoAway.Reason.STOPPING
                ? ""
                : said.getReason() + ", " + said.getDetail();
      } catch (InvalidProtocolBufferException e) {
        // null stands for refused
      }
      for (Layout layout : Layout.values()) {
        try (Payload message = layout.message(input)) {
          same(layout, expected, Frames.whatIsBroken(message.bytes()));
        } catch (BrokenFrameException e) {
          same(layout, expected, null);
        }
      }
    }
  },

  /** What a node that leaves offers. */
  OFFER {
    @Override
    byte[] sample(MessageCases cases) {
      return cases.message(OfferRequest.getDescriptor());
    }

    @Override
    void check(byte[] input) {
      Offer expected = null;
      try {
        OfferRequest request = generated(OfferRequest.parser(), input);
        boolean valid = !request.getGroup().isEmpty() && !request.getKeysList().contains("");
        expected = valid ? new Offer(request.getGroup(), request.getKeysList()) : null;
      } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
        // null stands for refused
      }
      try {
        Offer read = PeerCodec.decodeOffer(ByteBuffer.wrap(input));
        same("read", expected, read);
        same("again", read, PeerCodec.decodeOffer(PeerCodec.encode(read).nioBuffer()));
      } catch (BadRequestException | IllegalArgumentException e) {
        same("refused", null, expected);
      }
    }
  },

  /** The changes that a node which leaves hands over. */
  HAND_OVER {
    @Override
    byte[] sample(MessageCases cases) {
      return cases.message(HandOverRequest.getDescriptor());
    }

    @Override
    void check(byte[] input) {
      PastChanges expected = null;
      try {
        HandOverRequest request = generated(HandOverRequest.parser(), input);
        if (request.hasMissedBy()) {
          NodeUrl.parse(request.getMissedBy());
        }
        boolean valid = !request.getGroup().isEmpty() && !request.getKeysList().contains("");
        Forget what = valid ? new Forget(request.getGroup(), request.getKeysList()) : null;
        expected =
            what == null
                ? null
                : new PastChanges(what, request.hasMissedBy() ? request.getMissedBy() : null);
      } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
        // null stands for refused
      }
      try {
        PastChanges read = PeerCodec.decodeHandOver(ByteBuffer.wrap(input));
        same("read", expected, read);
        same("again", read, PeerCodec.decodeHandOver(PeerCodec.encode(read).nioBuffer()));
      } catch (BadRequestException | IllegalArgumentException e) {
        same("refused", null, expected);
      }
    }
  },

  /** What is to be forgotten. */
  FORGET {
    @Override
    byte[] sample(MessageCases cases) {
      return cases.message(ForgetRequest.getDescriptor());
    }

    @Override
    void check(byte[] input) {
      ForgetRequest generated = null;
      try {
        ForgetRequest request = generated(ForgetRequest.parser(), input);
        boolean valid = !request.getGroup().isEmpty() && !request.getKeysList().contains("");
        generated = valid ? request : null;
      } catch (InvalidProtocolBufferException e) {
        // null stands for refused
      }
      try {
        Forget read = PeerCodec.decodeForget(ByteBuffer.wrap(input));
        same("refused", true, generated != null);
        same("read", new Forget(generated.getGroup(), generated.getKeysList()), read);
        sameBytes(known(generated), PeerCodec.encode(read));
      } catch (BadRequestException e) {
        same("refused", null, generated);
      }
    }

    private byte[] known(ForgetRequest request) {
      return ForgetRequest.newBuilder()
          .setGroup(request.getGroup())
          .addAllKeys(request.getKeysList())
          .build()
          .toByteArray();
    }
  },

  /** A change to make as a key's owner. */
  COORDINATE {
    @Override
    byte[] sample(MessageCases cases) {
      return cases.message(CoordinateRequest.getDescriptor());
    }

    @Override
    void check(byte[] input) {
      Operation expected = null;
      try {
        CoordinateRequest request = generated(CoordinateRequest.parser(), input);
        expected =
            operation(
                request.getGroup(),
                request.getKey(),
                request.hasValue()
                    ? described(request.getValue(), request.getContentType(), request.getEtag())
                    : null,
                request.hasTtlNanos() ? request.getTtlNanos() : Long.MAX_VALUE);
      } catch (InvalidProtocolBufferException e) {
        // null stands for refused
      }
      try {
        Operation read = PeerCodec.decodeOperation(ByteBuffer.wrap(input));
        same("read", expected, read);
        if (read.value() != null) {
          same("metadata", expected.value().metadata(), read.value().metadata());
        }
        checkWriter(read);
      } catch (BadRequestException e) {
        same("refused", null, expected);
      }
    }

    private void checkWriter(Operation operation) {
      CoordinateRequest.Builder generated =
          CoordinateRequest.newBuilder().setGroup(operation.group()).setKey(operation.key());
      if (operation.value() != null) {
        generated.setValue(ByteString.copyFrom(operation.value().asReadOnlyBuffer()));
        Metadata metadata = operation.value().metadata();
        if (metadata != null && metadata.contentType() != null) {
          generated.setContentType(metadata.contentType());
        }
        if (metadata != null && metadata.etag() != null) {
          generated.setEtag(metadata.etag());
        }
      }
      if (operation.ttlNanos() != Long.MAX_VALUE) {
        generated.setTtlNanos(operation.ttlNanos());
      }
      sameBytes(generated.build().toByteArray(), PeerCodec.encode(operation));
    }
  },

  /** A put of mailgun's. */
  SET {
    @Override
    byte[] sample(MessageCases cases) {
      return cases.message(SetRequest.getDescriptor());
    }

    @Override
    void check(byte[] input) {
      Operation expected = null;
      try {
        SetRequest request = generated(SetRequest.parser(), input);
        long ttlNanos = request.hasTtlNanos() ? request.getTtlNanos() : ttlOf(request.getExpire());
        ByteView value = ByteView.copyOf(request.getValue().toByteArray());
        expected = operation("scores", request.getKey(), value, ttlNanos);
      } catch (InvalidProtocolBufferException e) {
        // null stands for refused
      }
      try {
        same("read", expected, PeerCodec.decodeSet("scores", ByteBuffer.wrap(input), () -> NOW));
      } catch (BadRequestException e) {
        same("refused", null, expected);
      }
    }
  },

  /** A request for many keys. */
  GET_ALL {
    @Override
    byte[] sample(MessageCases cases) {
      return cases.message(GetAllRequest.getDescriptor());
    }

    @Override
    void check(byte[] input) {
      GetAllRequest generated = null;
      try {
        GetAllRequest request = generated(GetAllRequest.parser(), input);
        boolean valid =
            !request.getGroup().isEmpty()
                && request.getTimeoutMillis() > 0
                && request.getKeysCount() > 0
                && request.getKeysList().stream()
                    .allMatch(key -> !key.getKey().isEmpty() && key.getCopyGets() >= 0);
        generated = valid ? request : null;
      } catch (InvalidProtocolBufferException e) {
        // null stands for refused
      }
      try {
        List<PeerRequest> read = PeerCodec.decodeGetAll(ByteBuffer.wrap(input));
        same("refused", true, generated != null);
        Duration timeout = Duration.ofMillis(generated.getTimeoutMillis());
        List<PeerRequest> expected = new ArrayList<>();
        GetAllRequest.Builder known =
            GetAllRequest.newBuilder()
                .setGroup(generated.getGroup())
                .setTimeoutMillis(generated.getTimeoutMillis());
        TraceContext trace = trace(generated.getTraceparent(), generated.getTracestate());
        known.setTraceparent(parentOf(trace)).setTracestate(stateOf(trace));
        for (GetAllRequest.Key key : generated.getKeysList()) {
          expected.add(
              new PeerRequest(
                  generated.getGroup(), key.getKey(), timeout, key.getCopyGets(), trace));
          known.addKeysBuilder().setKey(key.getKey()).setCopyGets(key.getCopyGets());
        }
        same("read", expected, read);
        sameBytes(known.build().toByteArray(), PeerCodec.encode(read, timeout));
      } catch (BadRequestException e) {
        same("refused", null, generated);
      }
    }
  },

  /** How an operation ended. */
  OPERATED {
    @Override
    byte[] sample(MessageCases cases) {
      return cases.message(OperationAnswer.getDescriptor());
    }

    @Override
    void check(byte[] input) {
      OperationAnswer generated = null;
      try {
        OperationAnswer answer = generated(OperationAnswer.parser(), input);
        answer.getUnreachedList().forEach(NodeUrl::parse);
        generated = answer;
      } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
        // null stands for not understood
      }
      OperationResult read = PeerAnswers.ofOperation(Unpooled.wrappedBuffer(input));
      if (generated == null) {
        same("status", OperationResult.Status.UNKNOWN, read.status());
      } else {
        same("unreached", List.copyOf(generated.getUnreachedList()), read.unreached());
        same("other lists", urls(generated.getOtherListsList()), read.otherLists());
        same("detail", generated.getDetail(), read.detail());
        MemberList own = MemberList.of("http://a:1", 7, List.of());
        ByteBuf again = PeerCodec.encode(read, own, null);
        same("again", read, PeerAnswers.ofOperation(again));
      }
    }

    /** What is no node's URL is left out, and spoils no answer. */
    private List<String> urls(List<String> texts) {
      List<String> urls = new ArrayList<>();
      for (String text : texts) {
        try {
          NodeUrl.parse(text);
          urls.add(text);
        } catch (IllegalArgumentException e) {
          // left out
        }
      }
      return urls;
    }
  },

  /** The member list that a node holds. */
  MEMBERS {
    @Override
    byte[] sample(MessageCases cases) {
      return cases.message(io.dawncache.server.wire.pb.MemberList.getDescriptor());
    }

    @Override
    void check(byte[] input) {
      MemberList expected = null;
      try {
        var generated = io.dawncache.server.wire.pb.MemberList.parseFrom(input);
        NodeUrl.parse(generated.getSelf());
        generated.getMembersList().forEach(NodeUrl::parse);
        generated.getWithoutRingList().forEach(NodeUrl::parse);
        Rings rings =
            new Rings(
                generated.getRingsList(), generated.getRing(), generated.getWithoutRingList());
        String zone = generated.getZone();
        expected =
            MemberList.of(
                    generated.getSelf(), generated.getInstance(), generated.getMembersList(), rings)
                .inZone(PeerCodec.isZone(zone) ? zone : null)
                .withSemantics(semantics(generated));
      } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
        // null stands for refused
      }
      try {
        MemberList read = PeerCodec.decodeMembers(ByteBuffer.wrap(input));
        same("read", expected, read);
        ByteBuffer again = PeerCodec.encode(read, false, false).nioBuffer();
        same("again", read, PeerCodec.decodeMembers(again));
      } catch (BadRequestException e) {
        same("refused", null, expected);
      }
    }

    private @Nullable GroupSemantics semantics(io.dawncache.server.wire.pb.MemberList generated) {
      TreeMap<String, Long> groups = new TreeMap<>();
      for (GroupFingerprint group : generated.getGroupsList()) {
        if (group.getGroup().length() <= GroupSemantics.MOST_NAME_CHARS) {
          groups.put(group.getGroup(), group.getFingerprint());
        }
      }
      return generated.hasSemanticsFingerprint()
          ? new GroupSemantics(generated.getSemanticsFingerprint(), groups)
          : null;
    }
  },

  /** The answer to a fetch over HTTP. */
  RESPONSE {
    @Override
    byte[] sample(MessageCases cases) {
      return cases.message(Response.getDescriptor());
    }

    @Override
    void check(byte[] input) {
      PeerResult expected = null;
      Response generated = null;
      try {
        generated = generated(Response.parser(), input);
        long ttlNanos =
            generated.hasTtlNanos() ? generated.getTtlNanos() : ttlOf(generated.getExpire());
        expected =
            PeerResult.value(
                described(generated.getValue(), generated.getContentType(), generated.getEtag()),
                ttlNanos,
                generated.getStale(),
                generated.getMinuteQps());
      } catch (InvalidProtocolBufferException e) {
        // null stands for refused
      }
      try {
        PeerResult read = GroupcacheCodec.decodeResult(ByteBuffer.wrap(input), () -> NOW);
        same("read", expected, read);
        same("metadata", expected.value().metadata(), read.value().metadata());
        same("value", expected.value(), GroupcacheCodec.decodeResponse(ByteBuffer.wrap(input)));
        checkWriter(generated, read.value().metadata());
      } catch (IOException e) {
        same("refused", null, expected);
      }
    }

    private void checkWriter(Response said, Metadata metadata) {
      Response.Builder known =
          Response.newBuilder()
              .setValue(said.getValue())
              .setMinuteQps(said.getMinuteQps())
              .setExpire(said.getExpire())
              .setStale(said.getStale())
              .setContentType(said.getContentType())
              .setEtag(said.getEtag());
      long ttlNanos = Long.MAX_VALUE;
      if (said.hasTtlNanos() && said.getTtlNanos() != Long.MAX_VALUE) {
        ttlNanos = said.getTtlNanos();
        known.setTtlNanos(ttlNanos);
      }
      ByteView value = ByteView.copyOf(said.getValue().toByteArray());
      Freshness freshness =
          new Freshness(said.getMinuteQps(), said.getExpire(), ttlNanos, said.getStale(), metadata);
      ByteBuf out = GroupcacheCodec.encodeResponse(value, freshness, UNTRACKED);
      sameBytes(known.build().toByteArray(), out);
      out.release();
    }
  },

  /** One of our numbers of seven bits a byte. */
  VARINT {
    @Override
    byte[] sample(MessageCases cases) {
      ByteBuf out = Unpooled.buffer();
      cases.varint(cases.random().nextLong() >>> cases.random().nextInt(64), out);
      byte[] number = ByteBufUtil.getBytes(out);
      return cases.random().nextInt(4) == 0 ? cases.mutated(number) : number;
    }

    @Override
    void check(byte[] input) {
      ByteBuf in = Unpooled.wrappedBuffer(input);
      long read = Varints.read(in);
      long expected = Varints.NONE;
      try {
        CodedInputStream generated = CodedInputStream.newInstance(input);
        long number = generated.readRawVarint64();
        int length = generated.getTotalBytesRead();
        if (number >= 0 && length == CodedOutputStream.computeUInt64SizeNoTag(number)) {
          expected = number;
          same("bytes read", length, in.readerIndex());
        }
      } catch (IOException e) {
        // NONE stands for no number
      }
      same("number", expected, read);
      if (read >= 0) {
        ByteBuf out = Unpooled.buffer();
        Varints.write(read, out);
        sameBytes(Arrays.copyOf(input, in.readerIndex()), out);
        same("length", out.readableBytes(), Varints.bytes(read));
      }
      long length = Varints.readLength(in.readerIndex(0));
      boolean fits = expected >= 0 && expected <= in.readableBytes();
      same("length", fits ? expected : Varints.NONE, length);
    }
  },

  /** The path of a key. */
  PATH {
    private static final String[] PARTS = {
      "%41",
      "%4",
      "%",
      "%zz",
      "%C3%A4",
      "%c3",
      "%ff",
      "+",
      "%2B",
      "%2F",
      "/",
      "a",
      " ",
      "ä",
      "%00",
      "%F0%9F%98%80",
      "%ED%A0%80",
      "scores",
      ".",
      "..",
      "?"
    };

    @Override
    byte[] sample(MessageCases cases) {
      StringBuilder path = new StringBuilder();
      for (int i = cases.random().nextInt(8); i > 0; i--) {
        path.append(PARTS[cases.random().nextInt(PARTS.length)]);
      }
      byte[] bytes = path.toString().getBytes(UTF_8);
      return cases.random().nextInt(4) == 0 ? cases.mutated(bytes) : bytes;
    }

    @Override
    void check(byte[] input) {
      String raw = new String(input, ISO_8859_1);
      for (Dialect dialect : Dialect.values()) {
        for (boolean fromGo : new boolean[] {false, true}) {
          String path = dialect.basePath() + raw;
          KeyPath expected = expected(dialect, raw, fromGo);
          KeyPath read = null;
          try {
            read = KeyPath.parse(dialect, path, fromGo);
            GroupPath group = GroupPath.of(dialect, path, fromGo);
            same("leads", true, group.leads(path, fromGo));
          } catch (BadRequestException e) {
            // null stands for refused
          }
          same(dialect, expected, read);
          if (read != null) {
            checkWriter(dialect, read);
          }
        }
      }
    }

    private KeyPath expected(Dialect dialect, String raw, boolean fromGo) {
      int slash = raw.indexOf('/');
      boolean plusIsSpace = fromGo && dialect != Dialect.MAILGUN;
      String group = slash < 0 ? null : unescaped(raw.substring(0, slash), plusIsSpace);
      String key = slash < 0 ? null : unescaped(raw.substring(slash + 1), plusIsSpace);
      return group == null || key == null ? null : new KeyPath(group, key);
    }

    private String unescaped(String raw, boolean plusIsSpace) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      for (int i = 0; i < raw.length(); i++) {
        char c = raw.charAt(i);
        if (c == '%') {
          String hex = raw.substring(i + 1, Math.min(i + 3, raw.length()));
          if (!hex.matches("[0-9a-fA-F]{2}")) {
            return null;
          }
          bytes.write(Integer.parseInt(hex, 16));
          i += 2;
        } else {
          bytes.write(c == '+' && plusIsSpace ? ' ' : c);
        }
      }
      try {
        return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toByteArray())).toString();
      } catch (CharacterCodingException e) {
        return null;
      }
    }

    private void checkWriter(Dialect dialect, KeyPath read) {
      String path = read.path(dialect);
      same("plain", true, path.matches("/_[a-z]+/[A-Za-z0-9%_.~-]*/[A-Za-z0-9%_.~-]*"));
      try {
        same("again", read, KeyPath.parse(dialect, path, false));
        same("again", read, KeyPath.parse(dialect, path, true));
      } catch (BadRequestException e) {
        throw new AssertionError(e);
      }
    }
  },

  /** The numbers in headers. */
  HEADERS {
    @Override
    byte[] sample(MessageCases cases) {
      Random random = cases.random();
      String number = new BigInteger(random.nextInt(80), random).toString();
      byte[] bytes = ("0".repeat(random.nextInt(3)) + number).getBytes(UTF_8);
      return random.nextInt(3) == 0 ? cases.mutated(bytes) : bytes;
    }

    @Override
    void check(byte[] input) {
      String text = new String(input, ISO_8859_1);
      boolean isNumber = text.matches("[0-9]{1,18}");
      long number = isNumber ? new BigInteger(text).longValueExact() : 0;
      try {
        Duration timeout = Headers.timeout(headers(Headers.TIMEOUT, text));
        same("timeout", isNumber && number > 0 ? Duration.ofMillis(number) : null, timeout);
      } catch (BadRequestException e) {
        same("refused", false, isNumber && number > 0);
      }
      try {
        long copyGets = Headers.copyGets(headers(Headers.COPY_GETS, text));
        same("copy gets", isNumber ? number : null, copyGets);
      } catch (BadRequestException e) {
        same("refused", false, isNumber);
      }
    }

    private HttpHeaders headers(AsciiString name, String value) {
      return DefaultHttpHeadersFactory.headersFactory()
          .withValidation(false)
          .newHeaders()
          .set(name, value);
    }
  };

  /** The leak detector would take most of the time; here reference counts are checked instead. */
  private static final ByteBufAllocator UNTRACKED = new UnpooledByteBufAllocator(false, true);

  private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000, 5);
  private static final long NOW_NANOS = 1_700_000_000_000_000_005L;

  /** Returns an input that this reader may be sent. */
  abstract byte[] sample(MessageCases cases);

  /**
   * Reads {@code input} both ways, and writes it again both ways.
   *
   * @throws AssertionError if they differ
   */
  abstract void check(byte[] input);

  /** How a message lies in memory when it is read. */
  enum Layout {
    HEAP,
    /** Between other bytes, as in a buffer that a socket was read into. */
    DIRECT,
    /** In two buffers. */
    CUT;

    Payload message(byte[] bytes) {
      switch (this) {
        case HEAP -> {
          return new Payload(Unpooled.wrappedBuffer(bytes));
        }
        case DIRECT -> {
          ByteBuf direct = UNTRACKED.directBuffer(bytes.length + 5);
          direct.writeShort(0x1801).writeBytes(bytes).writeMedium(0x1a0161);
          return new Payload(direct.setIndex(2, 2 + bytes.length));
        }
        default -> {
          int cut = Math.floorMod(Arrays.hashCode(bytes), bytes.length + 1);
          return new Payload(
              new CompositeByteBuf(UNTRACKED, false, 2)
                  .addComponent(true, Unpooled.wrappedBuffer(bytes, 0, cut))
                  .addComponent(true, Unpooled.wrappedBuffer(bytes, cut, bytes.length - cut)));
        }
      }
    }
  }

  /** A message in a buffer, released at the end. */
  record Payload(ByteBuf bytes) implements AutoCloseable {
    @Override
    public void close() {
      bytes.release();
    }
  }

  /**
   * Reads a message as the generated class does that skips what it does not know. (One that keeps
   * such fields takes a number of eleven bytes in them, and drops it.)
   */
  private static <M extends Message> M generated(Parser<M> parser, byte[] message)
      throws InvalidProtocolBufferException {
    return DiscardUnknownFieldsParser.wrap(parser).parseFrom(message);
  }

  private static long ttlOf(long expireUnixNanos) {
    if (expireUnixNanos == 0) {
      return Long.MAX_VALUE;
    }
    return BigInteger.valueOf(expireUnixNanos)
        .subtract(BigInteger.valueOf(NOW_NANOS))
        .max(BigInteger.ZERO)
        .longValueExact();
  }

  /** Returns a value with what a message says of it. */
  private static ByteView described(ByteString value, String contentType, String etag)
      throws InvalidProtocolBufferException {
    boolean valid =
        contentType.length() + etag.length() <= 256
            && Stream.of(contentType, etag).allMatch(text -> text.matches("|[!-~]([ -~]*[!-~])?"));
    if (!valid) {
      throw new InvalidProtocolBufferException("no content type or ETag");
    }
    return ByteView.copyOf(value.toByteArray())
        .withMetadata(
            new Metadata(contentType.isEmpty() ? null : contentType, etag.isEmpty() ? null : etag));
  }

  private static Operation operation(String group, String key, ByteView value, long ttlNanos) {
    if (group.isEmpty() || key.isEmpty()) {
      return null;
    }
    return value == null || ttlNanos <= 0
        ? Operation.remove(group, key)
        : Operation.put(group, key, value, ttlNanos);
  }

  private static void same(Object what, Object expected, Object read) {
    if (!Objects.equals(expected, read)) {
      throw new AssertionError(what + ": " + read + " (expected: " + expected + ")");
    }
  }

  private static void sameBytes(byte[] expected, ByteBuf written) {
    if (!Arrays.equals(expected, ByteBufUtil.getBytes(written))) {
      throw new AssertionError(
          "written: "
              + ByteBufUtil.hexDump(written)
              + " (expected: "
              + ByteBufUtil.hexDump(expected)
              + ")");
    }
  }

  private static TraceContext trace(String traceparent, String tracestate) {
    return TraceContext.read(
        traceparent.isEmpty() ? null : traceparent, tracestate.isEmpty() ? null : tracestate);
  }

  private static String parentOf(TraceContext trace) {
    return trace == null ? "" : trace.traceparent();
  }

  private static String stateOf(TraceContext trace) {
    return trace == null || trace.tracestate() == null ? "" : trace.tracestate();
  }
}
