package io.dawncache.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kubernetes.client.custom.IntOrString;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1ContainerPort;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Probe;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1ServicePort;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import picocli.CommandLine;

/** The manifests in {@code docs/kubernetes} agree with each other and with the program. */
class KubernetesManifestsTest {
  private static final Pattern PRE_STOP = Pattern.compile("dawncache (\\w+); sleep (\\d+)");

  @TempDir private Path folder;

  private KubernetesManifests manifests;
  private Map<?, ?> config;

  @BeforeEach
  void read() throws Exception {
    manifests = KubernetesManifests.read();
    config =
        (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(manifests.config());
  }

  private int configuredPort(String key) {
    return Integer.parseInt(String.valueOf(config.get(key)).replaceAll(".*:", ""));
  }

  /** Returns the pods' ports by their names. */
  private Map<String, Integer> ports() {
    return manifests.container().getPorts().stream()
        .collect(Collectors.toMap(V1ContainerPort::getName, V1ContainerPort::getContainerPort));
  }

  @Test
  void theModelsRefuseAMisspeltField() {
    String yaml = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {%s: {a: b}}\n";

    assertEquals(1, KubernetesManifests.parse(yaml.formatted("selector")).size());
    assertThrows(
        IllegalArgumentException.class,
        () -> KubernetesManifests.parse(yaml.formatted("selectors")));
  }

  @Test
  void checkFindsNoMistakeInTheConfiguration() throws Exception {
    Path file = Files.writeString(folder.resolve(KubernetesManifests.CONFIG), manifests.config());

    Ran ran = Ran.check(file.toString());
    assertEquals(List.of(), ran.err());
    assertEquals(0, ran.exitCode());
  }

  @Test
  void allSelectorsMeetThePods() {
    var deployment = manifests.only(V1Deployment.class).getSpec();
    Map<String, String> labels = deployment.getTemplate().getMetadata().getLabels();
    List<Map<String, String>> selectors = new ArrayList<>();
    selectors.add(deployment.getSelector().getMatchLabels());
    selectors.add(
        manifests.only(V1PodDisruptionBudget.class).getSpec().getSelector().getMatchLabels());
    selectors.add(
        manifests.only(V1NetworkPolicy.class).getSpec().getPodSelector().getMatchLabels());
    selectors.add(
        manifests.pod().getTopologySpreadConstraints().get(0).getLabelSelector().getMatchLabels());
    manifests.all(V1Service.class).forEach(each -> selectors.add(each.getSpec().getSelector()));

    assertEquals(6, selectors.size());
    selectors.forEach(
        selector -> {
          assertTrue(!selector.isEmpty(), selectors::toString);
          assertTrue(labels.entrySet().containsAll(selector.entrySet()), selectors::toString);
        });
  }

  @Test
  void allPortsAreThoseOfTheConfiguration() {
    assertEquals(
        Map.of("data", configuredPort("listen"), "operations", configuredPort("operations")),
        ports());
    for (V1Service service : manifests.all(V1Service.class)) {
      V1ServicePort port = service.getSpec().getPorts().get(0);
      assertEquals(1, service.getSpec().getPorts().size()); // none for operators
      assertEquals(ports().get("data"), port.getPort());
      assertEquals(new IntOrString("data"), port.getTargetPort());
    }
    for (V1Probe probe :
        List.of(
            manifests.container().getStartupProbe(),
            manifests.container().getLivenessProbe(),
            manifests.container().getReadinessProbe())) {
      assertEquals(new IntOrString("operations"), probe.getHttpGet().getPort());
    }
    var rules = manifests.only(V1NetworkPolicy.class).getSpec().getIngress();
    assertEquals(2, rules.size());
    assertEquals(new IntOrString("data"), rules.get(0).getPorts().get(0).getPort());
    assertEquals(List.of(), rules.get(0).getFrom()); // from everywhere
    assertEquals(new IntOrString("operations"), rules.get(1).getPorts().get(0).getPort());
    assertEquals(1, rules.get(1).getFrom().size());
  }

  @Test
  void theMembersAreAllPodsOfTheHeadlessService() {
    V1Service members =
        manifests.all(V1Service.class).stream()
            .filter(service -> "None".equals(service.getSpec().getClusterIP()))
            .findAny()
            .orElseThrow();

    assertEquals(true, members.getSpec().getPublishNotReadyAddresses());
    assertEquals(
        "dns:" + members.getMetadata().getName() + ":" + configuredPort("listen"),
        config.get("discovery"));
    assertEquals(false, manifests.pod().getEnableServiceLinks()); // variables DAWNCACHE_...
  }

  @Test
  void theCommandLineIsTheProgramsAndReadsTheConfigMap() {
    List<String> arguments = manifests.container().getArgs();
    assertEquals("serve", arguments.get(0));
    PrintWriter nowhere = new PrintWriter(new StringWriter());
    var parsed =
        NodeMain.commandLine(nowhere, nowhere)
            .parseArgs(arguments.stream().skip(1).toArray(String[]::new));

    var mount = manifests.container().getVolumeMounts().get(0);
    Path file = parsed.matchedOptionValue("--config", Path.of(""));
    assertEquals(Path.of(mount.getMountPath(), KubernetesManifests.CONFIG), file);
    assertNull(mount.getSubPath()); // which would never be updated
    var volume = manifests.pod().getVolumes().get(0);
    assertEquals(mount.getName(), volume.getName());
    assertEquals(
        manifests.only(V1ConfigMap.class).getMetadata().getName(), volume.getConfigMap().getName());
  }

  @Test
  void aPodHasTheTimeToDrainAndStop() {
    List<String> command = manifests.container().getLifecycle().getPreStop().getExec().getCommand();
    assertEquals(List.of("bash", "-c"), command.subList(0, 2));
    Matcher matcher = PRE_STOP.matcher(command.get(2));
    assertTrue(matcher.matches(), command::toString);

    PrintWriter nowhere = new PrintWriter(new StringWriter());
    CommandLine line = OperateMain.commandLine(nowhere, nowhere);
    line.parseArgs(matcher.group(1));
    CommandLine drain = line.getSubcommands().get(matcher.group(1));
    String asked = drain.getCommandSpec().findOption("--operations").getValue().toString();
    assertTrue(asked.contains(":" + configuredPort("operations")), asked);

    Duration longest =
        OperationsClient.TIMEOUT
            .plusSeconds(Long.parseLong(matcher.group(2)))
            .plus(Duration.ofSeconds(10)); // hand-over and grace of a stop
    long given = manifests.pod().getTerminationGracePeriodSeconds();
    assertTrue(Duration.ofSeconds(given).compareTo(longest) >= 0, longest::toString);
  }

  @Test
  void heapAndBuffersLeaveAFifthOfTheMemory() {
    String options = manifests.variable("DAWNCACHE_JAVA_OPTS");
    Matcher matcher =
        Pattern.compile("-XX:MaxRAMPercentage=(\\d+) -XX:MaxDirectMemorySize=(\\d+)m")
            .matcher(options);
    assertTrue(matcher.matches(), options);

    var resources = manifests.container().getResources();
    BigDecimal memory = resources.getLimits().get("memory").getNumber();
    double heap = memory.doubleValue() * Integer.parseInt(matcher.group(1)) / 100;
    double buffers = Integer.parseInt(matcher.group(2)) * 1024.0 * 1024;
    assertTrue(heap + buffers <= 0.8 * memory.doubleValue());
    assertEquals(memory, resources.getRequests().get("memory").getNumber());
  }

  /** The restricted standard of Kubernetes, and a root that cannot be written. */
  @Test
  void aPodHasNoRights() {
    var pod = manifests.pod();
    assertEquals(true, pod.getSecurityContext().getRunAsNonRoot());
    assertTrue(pod.getSecurityContext().getRunAsUser() > 0);
    assertEquals("RuntimeDefault", pod.getSecurityContext().getSeccompProfile().getType());
    assertEquals(false, pod.getAutomountServiceAccountToken());
    var container = manifests.container().getSecurityContext();
    assertEquals(false, container.getAllowPrivilegeEscalation());
    assertEquals(true, container.getReadOnlyRootFilesystem());
    assertEquals(List.of("ALL"), container.getCapabilities().getDrop());
    assertEquals(List.of(), container.getCapabilities().getAdd());
  }

  @Test
  void aNodeLeavesAfterAnotherHasJoined() {
    var deployment = manifests.only(V1Deployment.class).getSpec();
    assertEquals(
        new IntOrString(0), deployment.getStrategy().getRollingUpdate().getMaxUnavailable());
    assertEquals(
        new IntOrString(1),
        manifests.only(V1PodDisruptionBudget.class).getSpec().getMaxUnavailable());
  }

  @Test
  void theImageIsThatOfThisVersion() throws Exception {
    Matcher version =
        Pattern.compile("<artifactId>dawncache-parent</artifactId>\\s*<version>(.*)</version>")
            .matcher(Files.readString(KubernetesManifests.ROOT.resolve("pom.xml")));
    assertTrue(version.find());

    String image = manifests.container().getImage();
    assertTrue(image.endsWith("/dawncache:" + version.group(1)), image);
  }
}
