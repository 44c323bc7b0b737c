package io.dawncache.server.discovery;

import io.dawncache.server.Discovery;
import io.dawncache.server.testing.FuzzedReader;
import io.dawncache.server.testing.InputFile;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DatagramDnsResponseDecoder;
import io.netty.handler.codec.dns.DatagramDnsResponseEncoder;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** The readers of what name servers and files say of the members, for the fuzzer. */
public final class DiscoveryReaders implements FuzzedReader.Source {
  private static final InetSocketAddress SERVER =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 53);
  private static final InetSocketAddress CLIENT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 1053);
  private static final int HEAD_BYTES = 6 * Short.BYTES;
  private static final int ANSWERS_AT = 3 * Short.BYTES;
  private static final int ADDITIONALS_AT = 5 * Short.BYTES;

  @Override
  public List<FuzzedReader> readers() {
    InputFile members = new InputFile("members");
    InputFile resolvConf = new InputFile("resolv.conf");
    return List.of(
        FuzzedReader.of(
            "dns-answer",
            IOException.class,
            List.of(addresses(), services(), noSuchName()),
            DiscoveryReaders::readAnswer),
        FuzzedReader.of(
            "members-file",
            IOException.class,
            FuzzedReader.bytes(
                List.of(
                    "http://10.0.0.1:8001\n\n# a comment\nhttp://10.0.0.2:8001 # the second\n")),
            input -> readMembers(new FileDiscovery(members.with(input)))),
        FuzzedReader.of(
            "resolv-conf",
            IOException.class,
            FuzzedReader.bytes(
                List.of(
                    "search a.test b.test\nnameserver 10.0.0.53 ; one\n# none\noptions ndots:5\n",
                    "nameserver fe80::1%1\nnameserver ::1\ndomain local\n")),
            input -> NameServers.readFrom(resolvConf.with(input)).fullNames("cache")),
        FuzzedReader.ofText(
            "name-server",
            IllegalArgumentException.class,
            List.of("127.0.0.1:8600", "[::1]:53"),
            DiscoveryReaders::readServer));
  }

  private static byte[] addresses() {
    DatagramDnsResponse response = response();
    for (int i = 1; i <= 3; i++) {
      add(
          response,
          DnsSection.ANSWER,
          "nodes.test.",
          DnsRecordType.A,
          Unpooled.buffer().writeInt(i));
    }
    add(
        response,
        DnsSection.ANSWER,
        "nodes.test.",
        DnsRecordType.AAAA,
        Unpooled.buffer().writeZero(16));
    return encoded(response);
  }

  private static byte[] services() {
    DatagramDnsResponse response = response();
    for (int i = 1; i <= 2; i++) {
      ByteBuf service = Unpooled.buffer().writeInt(0).writeShort(8000 + i);
      service
          .writeByte(1)
          .writeByte('a' + i)
          .writeByte(4)
          .writeBytes(new byte[] {'t', 'e', 's', 't'});
      add(response, DnsSection.ANSWER, "nodes.test.", DnsRecordType.SRV, service.writeByte(0));
      String host = (char) ('a' + i) + ".test.";
      add(response, DnsSection.ADDITIONAL, host, DnsRecordType.A, Unpooled.buffer().writeInt(i));
    }
    return encoded(response);
  }

  private static byte[] noSuchName() {
    return encoded(response().setCode(DnsResponseCode.NXDOMAIN));
  }

  private static DatagramDnsResponse response() {
    DatagramDnsResponse response = new DatagramDnsResponse(SERVER, CLIENT, 7);
    response.addRecord(DnsSection.QUESTION, new DefaultDnsQuestion("nodes.test.", DnsRecordType.A));
    return response;
  }

  private static void add(
      DatagramDnsResponse to, DnsSection section, String name, DnsRecordType type, ByteBuf data) {
    to.addRecord(section, new DefaultDnsRawRecord(name, type, 60, data));
  }

  private static byte[] encoded(DatagramDnsResponse response) {
    EmbeddedChannel channel = new EmbeddedChannel(new DatagramDnsResponseEncoder());
    channel.writeOutbound(response);
    DatagramPacket packet = channel.readOutbound();
    try {
      return ByteBufUtil.getBytes(packet.content());
    } finally {
      packet.release();
      channel.finishAndReleaseAll();
    }
  }

  /** Reads a datagram as DnsClient does, and releases it. */
  private static void readAnswer(byte[] input) throws IOException {
    ByteBuf content = Unpooled.buffer(1 + input.length).writeBytes(input);
    IOException refusal = null;
    try {
      readAnswer(input, content);
    } catch (IOException e) {
      refusal = e;
    }
    if (content.refCnt() != 0) {
      throw new AssertionError("not released: " + content, refusal);
    } else if (refusal != null) {
      throw refusal;
    }
  }

  private static void readAnswer(byte[] input, ByteBuf content) throws IOException {
    EmbeddedChannel channel =
        new EmbeddedChannel(new DatagramDnsResponseDecoder(new WholeRecords()));
    try {
      channel.writeInbound(new DatagramPacket(content, CLIENT, SERVER));
      DnsResponse response = channel.readInbound();
      try {
        requireWhole(input, response);
        DnsAnswer answer = DnsAnswer.of(response);
        if (answer.services().stream().anyMatch(service -> service.port() <= 0)) {
          throw new AssertionError(answer);
        }
      } finally {
        response.release();
      }
    } catch (DecoderException e) {
      throw new IOException(String.valueOf(e.getMessage()), e);
    } finally {
      channel.finishAndReleaseAll();
    }
  }

  private static void requireWhole(byte[] input, DnsResponse response) {
    ByteBuf head = Unpooled.wrappedBuffer(input, 0, HEAD_BYTES);
    if (response.count(DnsSection.ANSWER) != head.getUnsignedShort(ANSWERS_AT)
        || response.count(DnsSection.ADDITIONAL) != head.getUnsignedShort(ADDITIONALS_AT)) {
      throw new AssertionError("fewer records than its head counts: " + response);
    }
  }

  private static void readMembers(FileDiscovery discovery) throws IOException {
    List<String> failures = new ArrayList<>();
    List<String> members = new ArrayList<>();
    discovery.look(
        new Discovery.Listener() {
          @Override
          public void found(List<String> found) {
            members.addAll(found);
          }

          @Override
          public void failed(String reason) {
            failures.add(reason);
          }
        });
    if (members.isEmpty() == failures.isEmpty()) {
      throw new AssertionError(members + ", failures: " + failures);
    } else if (!failures.isEmpty()) {
      throw new IOException(failures.get(0));
    }
  }

  private static void readServer(String text) {
    InetSocketAddress server = NameServers.parse(text);
    if (server.getPort() == 0 || server.isUnresolved()) {
      throw new AssertionError(server);
    }
  }
}
