package io.dawncache.server.discovery;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DefaultDnsResponse;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsSection;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DnsAnswerTest {
  private final DnsResponse response = new DefaultDnsResponse(7);

  @AfterEach
  void release() {
    assertTrue(response.release());
  }

  private void add(DnsSection section, String name, DnsRecordType type, long ttl, ByteBuf data) {
    response.addRecord(section, new DefaultDnsRawRecord(name, type, ttl, data));
  }

  private static ByteBuf service(int port, String... labels) {
    ByteBuf data = Unpooled.buffer().writeShort(1).writeShort(2).writeShort(port);
    for (String label : labels) {
      data.writeByte(label.length()).writeCharSequence(label, US_ASCII);
    }
    return data.writeByte(0);
  }

  @Test
  void addressesComeFromTheAnswerAloneAndItHoldsAsLongAsItsShortestRecord() throws Exception {
    ByteBuf ten = Unpooled.wrappedBuffer(new byte[] {10, 0, 0, 1});
    add(DnsSection.ANSWER, "a.test", DnsRecordType.CNAME, 3, Unpooled.buffer(1).writeByte(0));
    add(DnsSection.ANSWER, "b.test", DnsRecordType.A, 9, ten);
    add(DnsSection.ANSWER, "b.test", DnsRecordType.AAAA, 5, Unpooled.wrappedBuffer(new byte[16]));
    ByteBuf glue = Unpooled.wrappedBuffer(new byte[] {10, 0, 0, 53});
    add(DnsSection.ADDITIONAL, "NS.test", DnsRecordType.A, 1, glue);

    DnsAnswer answer = DnsAnswer.of(response);

    assertEquals(
        List.of(InetAddress.getByName("10.0.0.1"), InetAddress.getByName("::")),
        answer.addresses());
    assertEquals(Map.of("ns.test.", List.of(InetAddress.getByName("10.0.0.53"))), answer.besides());
    assertEquals(3, answer.ttlSeconds());
  }

  @Test
  void aServiceIsAHostAndAPortAndOneWithoutEitherIsNone() throws Exception {
    add(DnsSection.ANSWER, "s.test", DnsRecordType.SRV, 1, service(8001, "Ten", "test"));
    add(DnsSection.ANSWER, "s.test", DnsRecordType.SRV, 1, service(8001));
    add(DnsSection.ANSWER, "s.test", DnsRecordType.SRV, 1, service(0, "ten", "test"));

    assertEquals(
        List.of(new DnsAnswer.Service("ten.test.", 8001)), DnsAnswer.of(response).services());
  }

  @Test
  void anAddressOfAnotherLengthIsNone() {
    add(DnsSection.ADDITIONAL, "a.test", DnsRecordType.A, 1, Unpooled.wrappedBuffer(new byte[16]));

    assertEquals(
        "A of 16 bytes (expected: 4)",
        assertThrows(IOException.class, () -> DnsAnswer.of(response)).getMessage());
  }

  @Test
  void whatIsNotWholeIsNoAnswer() {
    add(DnsSection.ANSWER, "s.test", DnsRecordType.SRV, 1, Unpooled.buffer().writeInt(1));
    assertEquals(
        "a service without a target",
        assertThrows(IOException.class, () -> DnsAnswer.of(response)).getMessage());

    response.setTruncated(true);
    assertEquals(
        "an answer that is not whole",
        assertThrows(IOException.class, () -> DnsAnswer.of(response)).getMessage());
  }
}
