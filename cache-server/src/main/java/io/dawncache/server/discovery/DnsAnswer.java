package io.dawncache.server.discovery;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.dns.DefaultDnsRecordDecoder;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a name server has answered, as far as members are found in it.
 *
 * @param code whether the name exists, or what is wrong
 * @param addresses the addresses of the name, or of the name that it is an alias of
 * @param services the services of the name
 * @param besides addresses of other names, which the server sent unasked
 * @param ttlSeconds how long the answer holds
 */
record DnsAnswer(
    DnsResponseCode code,
    List<InetAddress> addresses,
    List<Service> services,
    Map<String, List<InetAddress>> besides,
    long ttlSeconds) {
  private static final int IPV4_BYTES = 4;
  private static final int IPV6_BYTES = 16;
  private static final int SERVICE_HEAD_BYTES = 3 * Short.BYTES; // priority, weight, port

  /**
   * One service.
   *
   * @param target the name of its host, in lower case, with a dot at its end
   */
  record Service(String target, int port) {}

  private record Named(String name, InetAddress address) {}

  /**
   * Reads a response, and does not release it.
   *
   * @throws IOException if it is not whole, or contradicts itself
   */
  static DnsAnswer of(DnsResponse response) throws IOException {
    if (response.isTruncated()) {
      throw new IOException("an answer that is not whole");
    }
    List<Named> own = new ArrayList<>();
    List<Named> others = new ArrayList<>();
    List<Service> services = new ArrayList<>();
    long ttlSeconds = Long.MAX_VALUE;
    for (int i = 0; i < response.count(DnsSection.ANSWER); i++) {
      DnsRecord record = response.recordAt(DnsSection.ANSWER, i);
      ttlSeconds = Math.min(ttlSeconds, record.timeToLive());
      readAddress(record, own);
      readService(record, services);
    }
    for (int i = 0; i < response.count(DnsSection.ADDITIONAL); i++) {
      readAddress(response.recordAt(DnsSection.ADDITIONAL, i), others);
    }
    return new DnsAnswer(
        response.code(),
        own.stream().map(Named::address).toList(),
        List.copyOf(services),
        others.stream().collect(groupingBy(Named::name, mapping(Named::address, toList()))),
        ttlSeconds);
  }

  private static void readAddress(DnsRecord record, List<Named> addresses) throws IOException {
    int bytes =
        record.type().equals(DnsRecordType.A)
            ? IPV4_BYTES
            : record.type().equals(DnsRecordType.AAAA) ? IPV6_BYTES : 0;
    if (bytes > 0 && record instanceof ByteBufHolder raw) {
      byte[] address = ByteBufUtil.getBytes(raw.content());
      if (address.length != bytes) {
        throw new IOException(
            record.type().name() + " of " + address.length + " bytes (expected: " + bytes + ")");
      }
      addresses.add(new Named(lowerCase(record.name()), InetAddress.getByAddress(address)));
    }
  }

  private static void readService(DnsRecord record, List<Service> services) throws IOException {
    if (record.type().equals(DnsRecordType.SRV) && record instanceof ByteBufHolder raw) {
      ByteBuf content = raw.content().duplicate();
      if (content.readableBytes() <= SERVICE_HEAD_BYTES) {
        throw new IOException("a service without a target");
      }
      content.skipBytes(2 * Short.BYTES);
      int port = content.readUnsignedShort();
      String target = lowerCase(DefaultDnsRecordDecoder.decodeName(content));
      if (port > 0 && !target.equals(".")) { // which says that there is no such service
        services.add(new Service(target, port));
      }
    }
  }

  private static String lowerCase(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
