package io.dawncache.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import io.kubernetes.client.common.KubernetesObject;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1PodSpec;
import io.kubernetes.client.openapi.models.V1Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The manifests in {@code docs/kubernetes}, read by the models of Kubernetes's own API. */
final class KubernetesManifests {
  static final Path ROOT = Path.of(System.getProperty("dawncache.root"));

  /** What the configuration is called in its ConfigMap, and so in the pods. */
  static final String CONFIG = "dawncache.yaml";

  private static final Map<String, Class<? extends KubernetesObject>> MODELS =
      Map.of(
          "v1/ConfigMap", V1ConfigMap.class,
          "v1/Service", V1Service.class,
          "apps/v1/Deployment", V1Deployment.class,
          "policy/v1/PodDisruptionBudget", V1PodDisruptionBudget.class,
          "networking.k8s.io/v1/NetworkPolicy", V1NetworkPolicy.class);

  private final List<KubernetesObject> objects = new ArrayList<>();

  /** Reads all files of the folder. */
  static KubernetesManifests read() throws IOException {
    KubernetesManifests manifests = new KubernetesManifests();
    try (Stream<Path> files = Files.list(ROOT.resolve("docs/kubernetes"))) {
      for (Path file : files.sorted().toList()) {
        manifests.objects.addAll(parse(Files.readString(file)));
      }
    }
    return manifests;
  }

  /**
   * Reads the objects of a file.
   *
   * @throws IllegalArgumentException if a field is unknown or missing
   */
  static List<KubernetesObject> parse(String yaml) {
    List<KubernetesObject> objects = new ArrayList<>();
    for (Object document : new Load(LoadSettings.builder().build()).loadAllFromString(yaml)) {
      JsonObject json = new Gson().toJsonTree(document).getAsJsonObject();
      String name = json.get("apiVersion").getAsString() + "/" + json.get("kind").getAsString();
      objects.add(JSON.getGson().fromJson(json, assertModel(name)));
    }
    return objects;
  }

  private static Class<? extends KubernetesObject> assertModel(String name) {
    Class<? extends KubernetesObject> model = MODELS.get(name);
    assertNotNull(model, name);
    return model;
  }

  List<KubernetesObject> all() {
    return objects;
  }

  <T> List<T> all(Class<T> type) {
    return objects.stream().filter(type::isInstance).map(type::cast).toList();
  }

  <T> T only(Class<T> type) {
    List<T> found = all(type);
    assertEquals(1, found.size(), type::toString);
    return found.get(0);
  }

  /** Returns the nodes' configuration. */
  String config() {
    return Objects.requireNonNull(only(V1ConfigMap.class).getData()).get(CONFIG);
  }

  V1PodSpec pod() {
    return Objects.requireNonNull(
        Objects.requireNonNull(only(V1Deployment.class).getSpec()).getTemplate().getSpec());
  }

  V1Container container() {
    List<V1Container> containers = pod().getContainers();
    assertEquals(1, containers.size());
    return containers.get(0);
  }

  /** Returns the value of a variable of the container's environment. */
  String variable(String name) {
    return Objects.requireNonNull(container().getEnv()).stream()
        .filter(variable -> variable.getName().equals(name))
        .map(variable -> Objects.requireNonNull(variable.getValue()))
        .findAny()
        .orElseThrow();
  }
}
