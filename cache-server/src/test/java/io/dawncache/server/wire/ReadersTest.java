package io.dawncache.server.wire;

import io.netty.buffer.ByteBufUtil;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every reader of the wire beside a plain one, on some thousand inputs; see {@link WireReader}. */
class ReadersTest {
  private static final int CASES = 2_000;

  @ParameterizedTest
  @EnumSource
  void everyInputIsReadAndWrittenAsByThePlainWay(WireReader reader) {
    for (long seed = 0; seed < CASES; seed++) {
      byte[] input = reader.sample(new MessageCases(new Random(seed)));
      try {
        reader.check(input);
      } catch (Throwable t) {
        throw new AssertionError(
            reader + ", seed " + seed + ", input " + ByteBufUtil.hexDump(input), t);
      }
    }
  }
}
