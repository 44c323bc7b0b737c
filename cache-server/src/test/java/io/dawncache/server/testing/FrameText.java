package io.dawncache.server.testing;

import io.dawncache.server.frame.FrameKind;
import io.dawncache.server.frame.Frames;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Frames as a corpus writes them: {@code KIND ID: PAYLOAD}, with a plus behind the kind if more of
 * the message follows, and {@code N x} before it for N equal frames; or {@code raw: BYTES}.
 */
public final class FrameText {
  private static final int MORE = 0x80;
  private static final String RAW = "raw: ";

  private static final Pattern FRAME =
      Pattern.compile("(?:(\\d+) x )?(\\w+)(\\+?) (\\d+):(?: (.*))?", Pattern.DOTALL);

  private FrameText() {}

  /** Returns the bytes of one line of a corpus. */
  public static byte[] bytes(String line) {
    if (line.startsWith(RAW)) {
      return Corpus.bytes(line.substring(RAW.length()));
    }
    Matcher frame = FRAME.matcher(line);
    if (!frame.matches()) {
      throw new IllegalArgumentException(line + " (expected: KIND ID: PAYLOAD)");
    }
    byte[] payload = Corpus.bytes(frame.group(5) == null ? "" : frame.group(5));
    int times = frame.group(1) == null ? 1 : Integer.parseInt(frame.group(1));
    ByteBuf out = Unpooled.buffer(times * (Frames.HEAD_BYTES + payload.length));
    for (int i = 0; i < times; i++) {
      out.writeInt(payload.length).writeInt((int) Long.parseLong(frame.group(4)));
      out.writeByte(kind(frame.group(2)) | (frame.group(3).isEmpty() ? 0 : MORE));
      out.writeBytes(payload);
    }
    return ByteBufUtil.getBytes(out);
  }

  /** A number stands for a kind that there is not. */
  private static int kind(String name) {
    return Character.isDigit(name.charAt(0))
        ? Integer.parseInt(name)
        : FrameKind.valueOf(name.toUpperCase(Locale.ROOT)).number();
  }
}
