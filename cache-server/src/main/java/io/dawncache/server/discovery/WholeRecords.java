package io.dawncache.server.discovery;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordDecoder;
import java.io.IOException;

/**
 * Reads the records of an answer as Netty's own decoder does, but refuses an answer that ends
 * before the last record that its head counts. Netty's returns null there, and the records before
 * it are then the whole answer.
 */
final class WholeRecords implements DnsRecordDecoder {
  @Override
  public DnsQuestion decodeQuestion(ByteBuf in) throws Exception {
    return DEFAULT.decodeQuestion(in);
  }

  @Override
  @SuppressWarnings("TypeParameterUnusedInFormals") // as Netty declares it
  public <T extends DnsRecord> T decodeRecord(ByteBuf in) throws Exception {
    T record = DEFAULT.decodeRecord(in);
    if (record == null) {
      throw new IOException("an answer that ends before its last record");
    }
    return record;
  }
}
