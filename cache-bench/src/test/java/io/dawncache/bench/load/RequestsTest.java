package io.dawncache.bench.load;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.dawncache.core.consistenthash.Scheme;
import io.dawncache.server.Dialect;
import io.dawncache.server.wire.NodeUrl;
import io.dawncache.server.wire.pb.CoordinateRequest;
import io.dawncache.server.wire.pb.SetRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequestDecoder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RequestsTest {
  private static final NodeUrl TARGET = NodeUrl.parse("http://[::1]:8001");
  private static final String PREFIX = "season 1/Jos\u00e9";
  private static final String KEY = PREFIX + "1";
  private static final String PATH = "season%201%2FJos%C3%A91";

  @Test
  void aGetIsWhatAnyClientSends() {
    ByteBuf out = Unpooled.buffer();
    requests(Dialect.DAWNCACHE, 0).writeGet(0, out);
    assertEquals(
        "GET /_dawncache/top%20scores/" + PATH + " HTTP/1.1\r\nHost: [::1]:8001\r\n\r\n",
        out.toString(US_ASCII));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100, 127, 128, 16_383, 16_384, 3_000_000})
  void aPutIsByteForByteTheMessageThatNodesSend(int valueBytes)
      throws InvalidProtocolBufferException {
    FullHttpRequest put = parsed(Dialect.DAWNCACHE, valueBytes);
    assertEquals(HttpMethod.POST, put.method());
    assertEquals("/_dawncache/", put.uri());
    assertEquals("coordinate", put.headers().get("Dawncache-Message"));
    assertTrue(put.headers().contains("Dawncache-Peer"));

    byte[] body = ByteBufUtil.getBytes(put.content());
    CoordinateRequest message = CoordinateRequest.parseFrom(body);
    assertEquals("top scores", message.getGroup());
    assertEquals(KEY, message.getKey());
    assertEquals(valueBytes, message.getValue().size());
    assertEquals(ByteString.copyFrom(message.toByteArray()), ByteString.copyFrom(body));
    put.release();
  }

  @Test
  void inMailgunsDialectAPutIsThatOfItsClients() throws InvalidProtocolBufferException {
    FullHttpRequest put = parsed(Dialect.MAILGUN, 100);
    assertEquals(HttpMethod.PUT, put.method());
    assertEquals("/_groupcache/top%20scores/" + PATH, put.uri());
    assertNull(put.headers().get("Dawncache-Message"));

    byte[] body = ByteBufUtil.getBytes(put.content());
    SetRequest message = SetRequest.parseFrom(body);
    assertEquals(KEY, message.getKey());
    assertEquals(ByteString.copyFrom(message.toByteArray()), ByteString.copyFrom(body));
    put.release();
  }

  @Test
  void putsGoToTheOwnerOfTheirKey() {
    Keys keys = Keys.drawn("key", 1_000, 1, new SizeRange(1, 1));
    List<NodeUrl> members =
        List.of(NodeUrl.parse("http://10.0.0.1:8001"), NodeUrl.parse("http://10.0.0.2:8001"));
    KeyOwners owners = KeyOwners.of(members, Scheme.NATIVE, keys);
    int first = 0;
    for (int key = 0; key < keys.count(); key++) {
      assertTrue(owners.owns(0, key) != owners.owns(1, key), "one owner");
      first += owners.owns(0, key) ? 1 : 0;
    }
    assertEquals(500, first, 250);
  }

  private static Requests requests(Dialect dialect, int valueBytes) {
    Keys keys = Keys.drawn(PREFIX, 1, 0, new SizeRange(valueBytes, valueBytes));
    return new Requests(TARGET, dialect, dialect.basePath(), "top scores", keys);
  }

  private static FullHttpRequest parsed(Dialect dialect, int valueBytes) {
    ByteBuf out = Unpooled.buffer();
    requests(dialect, valueBytes).writePut(0, out);
    EmbeddedChannel server =
        new EmbeddedChannel(new HttpRequestDecoder(), new HttpObjectAggregator(1 << 24));
    server.writeInbound(out);
    FullHttpRequest request = server.readInbound();
    assertTrue(request.decoderResult().isSuccess());
    assertNull(server.readInbound(), "one request");
    return request;
  }
}
