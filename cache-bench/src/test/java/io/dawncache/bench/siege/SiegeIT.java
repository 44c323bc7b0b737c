package io.dawncache.bench.siege;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The short form of {@code scripts/siege}: a real node is asked for three times what its origin can
 * give, and another one by a thousand clients that never read. No hit fails, what is refused is
 * refused with 503 and Retry-After, memory stays in bounds, and all is as before afterwards.
 * Nothing is judged by how long it took.
 */
@Timeout(300)
final class SiegeIT {
  @Test
  void aNodeServesItsHitsInOverloadAndUnderAttackAndRecovers() {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();

    int code =
        SiegeMain.commandLine(new PrintWriter(out, true), new PrintWriter(err, true))
            .execute("--short", "--rate=200");

    assertEquals(0, code, () -> err + "\n" + out);
  }
}
