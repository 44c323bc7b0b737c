package io.dawncache.server.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.WireFormat;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Makes messages of a protobuf type as a peer might send them: well-formed ones, and ones with
 * fields twice, in any order, unknown, of the wrong wire type, cut short, or with a wrong length.
 * It knows the fields from the type's descriptor, so a new field is covered by itself.
 */
final class MessageCases {
  private static final int DEEPEST = 3;
  private static final int MAX_FIELD_NUMBER = (1 << 29) - 1;

  private static final long[] NUMBERS = {
    0,
    1,
    2,
    3,
    5,
    127,
    128,
    300,
    1023,
    1024,
    1025,
    16_383,
    16_384,
    65_536,
    1L << 28,
    Integer.MAX_VALUE,
    1L << 31,
    1L << 32,
    (1L << 32) + 1,
    (1L << 56) - 1,
    1L << 56,
    Long.MAX_VALUE - 1,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    Long.MIN_VALUE + 1,
    -2,
    -1
  };
  private static final double[] DOUBLES = {
    0,
    -0.0,
    1,
    12.5,
    -1,
    Double.MIN_VALUE,
    Double.MAX_VALUE,
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY
  };
  private static final int[] LENGTHS = {1, 2, 126, 127, 128, 129, 1023, 1024, 1025, 1400, 16_384};
  private static final String[] TEXTS = {
    "",
    "g",
    "h",
    "k",
    "scores",
    "http://10.0.0.1:8001",
    "stores",
    "Tom",
    "gruppe-ä",
    "日本-\uD83D\uDE00",
    "\0",
    "\u007f"
  };

  /** What these fields may hold, so that most messages have them right. */
  private static final Set<String> METADATA = Set.of("content_type", "etag");

  private static final String[] METADATA_TEXTS = {
    "", "t", "text/html; charset=utf-8", "\"630\"", "W/\"6 3\"", "x".repeat(127), "x".repeat(128)
  };
  private static final byte[][] NOT_UTF_8 = {
    {(byte) 0xff},
    {'a', (byte) 0x80},
    {(byte) 0xc0, (byte) 0x80},
    {(byte) 0xe2, (byte) 0x82},
    {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
    {(byte) 0xf5, (byte) 0x80, (byte) 0x80, (byte) 0x80}
  };

  private final Random random;

  /** Makes what {@code random} decides. */
  MessageCases(Random random) {
    this.random = random;
  }

  /** Returns the source of all decisions. */
  Random random() {
    return random;
  }

  /** Returns a message; about every second one is well-formed. */
  byte[] message(Descriptor type) {
    ByteBuf out = Unpooled.buffer();
    boolean plain = random.nextInt(3) == 0;
    if (plain) {
      plainFields(type, out);
    } else {
      fields(type, 0, out);
    }
    byte[] message = ByteBufUtil.getBytes(out);
    return !plain && random.nextInt(4) == 0 ? mutated(message) : message;
  }

  private void plainFields(Descriptor type, ByteBuf out) {
    for (FieldDescriptor field : type.getFields()) {
      int times = field.isRepeated() ? random.nextInt(6) : random.nextInt(8) == 0 ? 0 : 1;
      for (int i = 0; i < times; i++) {
        knownField(field, field.getLiteType().getWireType(), DEEPEST, out);
      }
    }
  }

  private void fields(Descriptor type, int depth, ByteBuf out) {
    int count = random.nextInt(8);
    for (int i = 0; i < count; i++) {
      field(type, depth, out);
    }
  }

  private void field(Descriptor type, int depth, ByteBuf out) {
    List<FieldDescriptor> known = type.getFields();
    FieldDescriptor field = known.get(random.nextInt(known.size()));
    switch (random.nextInt(16)) {
      case 0 -> knownField(field, random.nextInt(6), depth, out);
      case 1 -> unknownField(1 + random.nextInt(MAX_FIELD_NUMBER), depth, type, out);
      case 2 -> unknownField(1 + random.nextInt(16), depth, type, out);
      case 3 -> tag(random.nextInt(20), random.nextInt(8), out); // and no value
      default -> knownField(field, field.getLiteType().getWireType(), depth, out);
    }
  }

  private void knownField(FieldDescriptor field, int wireType, int depth, ByteBuf out) {
    tag(field.getNumber(), wireType, out);
    boolean nested = field.getType() == FieldDescriptor.Type.MESSAGE;
    if (wireType == WireFormat.WIRETYPE_LENGTH_DELIMITED && nested) {
      ByteBuf inner = Unpooled.buffer();
      if (depth == DEEPEST) {
        plainFields(field.getMessageType(), inner);
      } else {
        fields(field.getMessageType(), depth + 1, inner);
      }
      behindLength(ByteBufUtil.getBytes(inner), depth, out);
    } else if (wireType == WireFormat.WIRETYPE_LENGTH_DELIMITED
        && METADATA.contains(field.getName())
        && random.nextInt(8) > 0) {
      String text = METADATA_TEXTS[random.nextInt(METADATA_TEXTS.length)];
      behindLength(text.getBytes(UTF_8), depth, out);
    } else {
      value(wireType, field.getNumber(), depth, nested ? field.getMessageType() : null, out);
    }
  }

  private void unknownField(int number, int depth, Descriptor inGroup, ByteBuf out) {
    int wireType = random.nextInt(6);
    tag(number, wireType, out);
    value(wireType, number, depth, inGroup, out);
  }

  private void value(int wireType, int number, int depth, Descriptor inGroup, ByteBuf out) {
    switch (wireType) {
      case WireFormat.WIRETYPE_VARINT -> varint(number(), out);
      case WireFormat.WIRETYPE_FIXED64 -> out.writeLongLE(fixed64());
      case WireFormat.WIRETYPE_FIXED32 -> out.writeIntLE(random.nextInt());
      case WireFormat.WIRETYPE_LENGTH_DELIMITED -> behindLength(text(), depth, out);
      case WireFormat.WIRETYPE_START_GROUP -> {
        if (inGroup != null && depth < DEEPEST) {
          fields(inGroup, depth + 1, out);
        }
        int end = random.nextInt(8) == 0 ? number + 1 : number;
        tag(end, WireFormat.WIRETYPE_END_GROUP, out);
      }
      default -> {} // the end of a group has no value
    }
  }

  private long number() {
    return random.nextInt(4) == 0
        ? random.nextLong() >>> random.nextInt(64)
        : NUMBERS[random.nextInt(NUMBERS.length)];
  }

  private long fixed64() {
    return random.nextInt(4) == 0
        ? random.nextLong()
        : Double.doubleToRawLongBits(DOUBLES[random.nextInt(DOUBLES.length)]);
  }

  /** Returns the bytes of a text or of a value. */
  private byte[] text() {
    switch (random.nextInt(8)) {
      case 0 -> {
        return NOT_UTF_8[random.nextInt(NOT_UTF_8.length)];
      }
      case 1 -> {
        return repeated("\u0012\u0005hello".getBytes(UTF_8)); // a field, to who reads it as one
      }
      case 2 -> {
        return repeated(TEXTS[1 + random.nextInt(TEXTS.length - 1)].getBytes(UTF_8));
      }
      case 3 -> {
        byte[] any = new byte[random.nextInt(40)];
        random.nextBytes(any);
        return any;
      }
      case 4 -> {
        ByteBuf tags = Unpooled.buffer();
        for (int i = 0; i < 5; i++) {
          tag(1 + random.nextInt(8), random.nextInt(3), tags);
          varint(random.nextInt(130), tags);
        }
        return repeated(ByteBufUtil.getBytes(tags));
      }
      default -> {
        return TEXTS[random.nextInt(TEXTS.length)].getBytes(UTF_8);
      }
    }
  }

  private byte[] repeated(byte[] unit) {
    byte[] text = new byte[LENGTHS[random.nextInt(LENGTHS.length - random.nextInt(2))]];
    for (int i = 0; i < text.length; i++) {
      text[i] = unit[i % unit.length];
    }
    return text;
  }

  private void behindLength(byte[] bytes, int depth, ByteBuf out) {
    long length = bytes.length;
    if (depth < DEEPEST && random.nextInt(40) == 0) {
      length = random.nextBoolean() ? number() : length + random.nextInt(5) - 2;
    }
    varint(length, out);
    out.writeBytes(bytes);
  }

  private void tag(int field, int wireType, ByteBuf out) {
    varint(((long) field << 3) | wireType, out);
  }

  /** Appends a number, now and then in more bytes than it needs. */
  void varint(long number, ByteBuf out) {
    int more = random.nextInt(64) == 0 ? 1 + random.nextInt(10) : 0;
    long rest = number;
    while ((rest & ~0x7fL) != 0) {
      out.writeByte((int) (rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    out.writeByte((int) rest | (more > 0 ? 0x80 : 0));
    for (; more > 0; more--) {
      out.writeByte(more > 1 ? 0x80 : 0);
    }
  }

  /** Returns what may become of some bytes on the way, or in the hands of an enemy. */
  byte[] mutated(byte[] bytes) {
    byte[] mutated = bytes;
    for (int times = 1 + random.nextInt(3); times > 0; times--) {
      mutated = mutatedOnce(mutated);
    }
    return mutated;
  }

  private byte[] mutatedOnce(byte[] bytes) {
    int from = random.nextInt(bytes.length + 1);
    int to = from + random.nextInt(Math.min(bytes.length - from, 20) + 1);
    ByteBuf out = Unpooled.buffer();
    switch (random.nextInt(5)) {
      case 0 -> out.writeBytes(bytes, 0, from); // cut short
      case 1 -> out.writeBytes(bytes, 0, from).writeBytes(bytes, to, bytes.length - to);
      case 2 -> out.writeBytes(bytes, 0, to).writeBytes(bytes, from, bytes.length - from);
      case 3 ->
          out.writeBytes(bytes, 0, from)
              .writeByte(random.nextInt())
              .writeBytes(bytes, from, bytes.length - from);
      default -> {
        byte[] flipped = Arrays.copyOf(bytes, bytes.length);
        if (from < flipped.length) {
          flipped[from] ^= (byte) (1 << random.nextInt(8));
        }
        return flipped;
      }
    }
    return ByteBufUtil.getBytes(out);
  }
}
