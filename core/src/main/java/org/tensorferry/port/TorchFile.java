package org.tensorferry.port;

import java.io.Closeable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Set;
import org.tensorferry.archive.FileKind;
import org.tensorferry.archive.TorchScriptArchive;
import org.tensorferry.archive.WeightFiles;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.tensor.TensorData;

/**
 * The weights of a torch file under the names that the model gave them: what checkpoints put around
 * a state_dict and wrappers put before names is taken off.
 */
final class TorchFile implements Closeable {

  /** Keys of checkpoints that hold a state_dict, the likeliest first. */
  private static final List<String> WRAPPERS =
      List.of(
          "state_dict",
          "model_state_dict",
          "model_state",
          "model",
          "net",
          "network",
          "weights",
          "params",
          "module",
          "state_dict_ema",
          "ema_state_dict",
          "model_ema",
          "params_ema",
          "ema");

  /** Keys of checkpoints that hold something else with tensors in it. */
  private static final Set<String> BESIDE =
      Set.of(
          "optimizer",
          "optimizer_state_dict",
          "optimizer_states",
          "optim",
          "optimizers",
          "opt",
          "scheduler",
          "lr_scheduler",
          "lr_schedulers",
          "scaler",
          "amp",
          "callbacks",
          "loops",
          "rng_state",
          "rng",
          "cuda_rng_state",
          "hyper_parameters",
          "args",
          "epoch");

  /** What DataParallel, torch.compile and training frameworks put before every name. */
  private static final List<String> PREFIXES = List.of("module.", "_orig_mod.", "model.");

  private final WeightFiles files;
  private final Path path;
  private final boolean hasOrder;
  private final TorchSettings settings;
  private final Map<String, TensorData> tensors = new LinkedHashMap<>();
  private final Map<String, TensorData> outside = new LinkedHashMap<>();
  private final Map<String, String> unreadable = new LinkedHashMap<>();
  private String wrapper = "";
  private String prefix = "";

  private TorchFile(WeightFiles files, Path path, boolean hasOrder, TorchSettings settings) {
    this.files = files;
    this.path = path;
    this.hasOrder = hasOrder;
    this.settings = settings;
  }

  /**
   * Opens a file.
   *
   * @param set the key of the weights where the file holds several sets; empty to find it
   * @param settings the file that tells what the modules compute with, if it is TorchScript
   * @throws FerryException where it holds no weights (UNREADABLE) or no such set (USAGE)
   */
  static TorchFile open(Path path, String set, Path settings) {
    WeightFiles files = WeightFiles.open(path);
    try {
      TorchFile file = new TorchFile(files, path, hasOrder(path), settings(settings));
      file.read(set);
      return file;
    } catch (RuntimeException | Error failure) {
      files.close();
      throw failure;
    }
  }

  private static boolean isIndex(Path path) {
    return path.toString().endsWith(".index.json");
  }

  /** Safetensors sorts its tensors by type and name. */
  private static boolean hasOrder(Path path) {
    return !isIndex(path) && WeightFiles.kind(path) != FileKind.SAFETENSORS;
  }

  private static TorchSettings settings(Path path) {
    if (isIndex(path) || WeightFiles.kind(path) != FileKind.TORCHSCRIPT) {
      return TorchSettings.none();
    }
    try (TorchScriptArchive archive = TorchScriptArchive.open(path)) {
      return TorchSettings.of(archive);
    }
  }

  private void read(String set) {
    Map<String, TensorData> all = files.tensors();
    if (all.isEmpty()) {
      throw Problem.of("`" + path + "` holds no tensors.")
          .fix("save the weights with torch.save(model.state_dict(), ...)")
          .as(ExitCode.UNREADABLE);
    }
    wrapper = set.isEmpty() ? findWrapper(all.keySet()) : chosen(set, all.keySet());
    List<String> inside = new ArrayList<>();
    all.forEach(
        (name, tensor) -> {
          if (name.startsWith(wrapper)) {
            inside.add(name.substring(wrapper.length()));
          } else {
            outside.put(name, tensor);
          }
        });
    prefix = findPrefix(inside);
    if (!hasOrder) {
      inside.sort(NameTokens::compareNaturally);
    }
    for (String name : inside) {
      tensors.put(
          name.substring(prefix.length()), Objects.requireNonNull(all.get(wrapper + name), name));
    }
    files
        .unsupported()
        .forEach(
            (name, tensor) ->
                unreadable.put(
                    name.startsWith(wrapper + prefix)
                        ? name.substring(wrapper.length() + prefix.length())
                        : name,
                    tensor.kind()));
  }

  private static String firstKey(String name) {
    int dot = name.indexOf('.');
    return dot < 0 ? name : name.substring(0, dot);
  }

  /**
   * The key around the weights where everything else is known to stand beside them, or where it
   * says itself that it is a state_dict. A lone {@code net} may as well be a module of the model.
   */
  private static String findWrapper(Set<String> names) {
    Set<String> keys = new LinkedHashSet<>();
    names.forEach(name -> keys.add(firstKey(name)));
    boolean isCheckpoint =
        keys.size() > 1 && keys.stream().allMatch(k -> WRAPPERS.contains(k) || BESIDE.contains(k));
    return WRAPPERS.stream()
        .filter(keys::contains)
        .filter(key -> isCheckpoint || key.contains("state"))
        .findFirst()
        .map(key -> key + ".")
        .orElse("");
  }

  private String chosen(String set, Set<String> names) {
    if (names.stream().noneMatch(name -> name.startsWith(set + "."))) {
      throw Problem.of("`" + path + "` has no weights below the key `" + set + "`.")
          .because(
              "its keys are "
                  + Names.list(names.stream().map(TorchFile::firstKey).distinct().toList()))
          .fix("name one of them, or none to let the key be found")
          .as(ExitCode.USAGE);
    }
    return set + ".";
  }

  private static String findPrefix(List<String> names) {
    StringBuilder found = new StringBuilder();
    boolean more = true;
    while (more) {
      more = false;
      for (String candidate : PREFIXES) {
        String next = found + candidate;
        if (names.stream().allMatch(name -> name.startsWith(next))) {
          found.append(candidate);
          more = true;
        }
      }
    }
    return found.toString();
  }

  /** True where another file has these tensors with the same bytes. */
  boolean hasValuesOf(Path other) {
    if (other.equals(path)) {
      return true;
    }
    try (WeightFiles theirs = WeightFiles.open(other)) {
      Map<String, TensorData> byName = new LinkedHashMap<>();
      theirs.tensors().forEach((name, tensor) -> byName.put(withoutPrefix(name), tensor));
      return tensors.entrySet().stream()
          .allMatch(
              entry -> {
                TensorData twin = byName.get(entry.getKey());
                return twin != null
                    && twin.dtype() == entry.getValue().dtype()
                    && Arrays.equals(twin.toBytes(), entry.getValue().toBytes());
              });
    }
  }

  /** A tensor's name as the model gave it, from its name in a TorchScript file. */
  String withoutPrefix(String name) {
    return name.startsWith(prefix) ? name.substring(prefix.length()) : name;
  }

  Path path() {
    return path;
  }

  String wrapper() {
    return wrapper;
  }

  String prefix() {
    return prefix;
  }

  /** By name, in the file's order, or in natural order where the file has none. */
  Map<String, TensorData> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  TensorData tensor(String name) {
    return Objects.requireNonNull(tensors.get(name), name);
  }

  /** Tensors beside the weights, by their full names. */
  Map<String, TensorData> outside() {
    return Collections.unmodifiableMap(outside);
  }

  /** Tensors that can't be read, with what they are. */
  Map<String, String> unreadable() {
    return Collections.unmodifiableMap(unreadable);
  }

  /** True where the order of the tensors is that in which the model made them. */
  boolean hasOrder() {
    return hasOrder;
  }

  /** A number that the module of a unit computes with, where the file tells. */
  OptionalDouble setting(String modulePath, String name) {
    OptionalDouble number = settings.number(prefix + modulePath, name);
    return number.isPresent() ? number : settings.number(modulePath, name);
  }

  /**
   * Makes sure that what was read until now is what the file holds.
   *
   * @throws org.tensorferry.error.FerryException (unreadable) where it was written to since
   */
  public void requireUnchanged() {
    files.requireUnchanged();
  }

  @Override
  public void close() {
    files.close();
  }
}
