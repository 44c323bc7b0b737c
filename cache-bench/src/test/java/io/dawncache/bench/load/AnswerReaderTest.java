package io.dawncache.bench.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.ProtocolException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AnswerReaderTest {
  /** What was told of an answer. */
  private record Answer(int status, long bodyBytes, int head, boolean keepsAlive) {}

  private final List<Answer> answers = new ArrayList<>();
  private final AnswerReader reader =
      new AnswerReader(
          (status, bodyBytes, head, keepsAlive) ->
              answers.add(new Answer(status, bodyBytes, head, keepsAlive)));

  @Test
  void anAnswerWithALengthIsTold() throws ProtocolException {
    read("HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 3\r\n\r\nabc");
    assertEquals(List.of(new Answer(200, 3, ('a' << 8) | 'b', true)), answers);
  }

  @Test
  void answersAreTheSameWhereverTheirBytesAreCut() throws ProtocolException {
    String all =
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde"
            + "HTTP/1.1 100 Continue\r\n\r\n"
            + "HTTP/1.1 500 Internal Server Error\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "a;name=value\r\n0123456789\r\n1\r\n!\r\n0\r\nTrailer: x\r\n\r\n"
            + "HTTP/1.1 204 No Content\r\n\r\n"
            + "HTTP/1.1 404 Not Found\r\nCONNECTION: Close\r\ncontent-length:0\r\n\r\n";
    List<Answer> expected =
        List.of(
            new Answer(200, 5, ('a' << 8) | 'b', true),
            new Answer(500, 11, ('0' << 8) | '1', true),
            new Answer(204, 0, 0, true),
            new Answer(404, 0, 0, false));
    for (int cut = 0; cut <= all.length(); cut++) {
      answers.clear();
      read(all.substring(0, cut));
      read(all.substring(cut));
      assertEquals(expected, answers, "cut at " + cut);
    }
    answers.clear();
    for (int i = 0; i < all.length(); i++) {
      read(all.substring(i, i + 1));
    }
    assertEquals(expected, answers, "byte by byte");
  }

  @Test
  void aBodyWithoutALengthEndsWithTheConnection() throws ProtocolException {
    read("HTTP/1.1 200 OK\r\n\r\nabc");
    read("def");
    assertEquals(List.of(), answers);
    reader.end();
    assertEquals(List.of(new Answer(200, 6, ('a' << 8) | 'b', false)), answers);
  }

  @Test
  void anEndAmidAnAnswerTellsNothing() throws ProtocolException {
    read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc");
    reader.end();
    assertEquals(List.of(), answers);
  }

  @Test
  void theOlderVersionClosesUnlessItSaysOtherwise() throws ProtocolException {
    read("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n");
    read("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n");
    assertEquals(List.of(new Answer(200, 0, 0, false), new Answer(200, 0, 0, true)), answers);
  }

  @Test
  void aBareLineFeedEndsALineToo() throws ProtocolException {
    read("HTTP/1.1 200 OK\nContent-Length: 1 \n\nx");
    assertEquals(List.of(new Answer(200, 1, 'x' << 8, true)), answers);
  }

  @Test
  void aBodyMayBeLongerThanAnInt() throws ProtocolException {
    read("HTTP/1.1 200 OK\r\nContent-Length: 5000000000\r\n\r\nx");
    assertEquals(List.of(), answers);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hello, is this the right place?\r\n",
        "HTTP/1.1 xyz OK\r\n",
        "HTTP/1.1 999 OK\r\n",
        "HTTP/2 200\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: \r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
        "HTTP/1.1 101 Switching Protocols\r\n\r\n"
      })
  void whatIsNoAnswerIsRefused(String text) {
    assertThrows(ProtocolException.class, () -> read(text));
  }

  @Test
  void aLineWithoutAnEndIsRefused() {
    assertThrows(ProtocolException.class, () -> read("HTTP/1.1 200 " + "O".repeat(17_000)));
  }

  private void read(String text) throws ProtocolException {
    ByteBuf in = Unpooled.copiedBuffer(text, ISO_8859_1);
    reader.read(in);
    assertEquals(0, in.readableBytes());
  }
}
