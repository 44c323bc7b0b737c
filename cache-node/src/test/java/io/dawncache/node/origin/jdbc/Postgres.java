package io.dawncache.node.origin.jdbc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** PostgreSQL. */
final class Postgres extends DatabaseServer {
  private final Path programs;

  /** Makes its data; starts nothing yet. */
  Postgres() throws IOException, InterruptedException {
    try (Stream<Path> versions = Files.list(Path.of("/usr/lib/postgresql"))) {
      programs =
          program(
                  "postgresql",
                  versions
                      .sorted(Comparator.reverseOrder())
                      .map(version -> version.resolve("bin/postgres")))
              .getParent();
    }
    Path password = Files.writeString(folder().resolve("password"), PASSWORD);
    finish(
        List.of(
            programs.resolve("initdb").toString(),
            "--pgdata=" + folder().resolve("data"),
            "--username=" + USER,
            "--pwfile=" + password,
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync"));
  }

  @Override
  String url() {
    return "jdbc:postgresql://127.0.0.1:" + port() + "/postgres";
  }

  @Override
  List<String> command() throws IOException {
    Files.deleteIfExists(folder().resolve("data/postmaster.pid")); // of one that was killed
    return List.of(
        programs.resolve("postgres").toString(),
        "-D",
        folder().resolve("data").toString(),
        "-p",
        String.valueOf(port()),
        "-c",
        "listen_addresses=127.0.0.1",
        "-c",
        "unix_socket_directories=",
        "-c",
        "fsync=off",
        "-c",
        "max_connections=40");
  }
}
