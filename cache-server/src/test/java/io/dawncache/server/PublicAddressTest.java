package io.dawncache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PublicAddressTest {
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, false",
    "::1, false",
    "10.1.2.3, false",
    "172.16.0.1, false",
    "192.168.0.1, false",
    "169.254.0.1, false",
    "100.64.0.1, false",
    "100.127.255.255, false",
    "fd00::1, false",
    "fc00::1, false",
    "fe80::1, false",
    "0.0.0.0, true",
    "::, true",
    "100.63.255.255, true",
    "100.128.0.1, true",
    "172.32.0.1, true",
    "192.169.0.1, true",
    "203.0.113.1, true",
    "2001:db8::1, true",
    "fec0::1, false"
  })
  void addressesOfTheMachineAndOfPrivateNetworksAreNotPublic(String address, boolean isPublic)
      throws UnknownHostException {
    assertEquals(isPublic, PublicAddress.test(InetAddress.getByName(address)));
  }
}
