package org.tensorferry.tflite.child;

import com.sun.jna.Function;
import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.Loader;

/**
 * TensorFlow's own converter and quantiser, which its library has and no Java API shows: called by
 * the names that the C++ compiler gave them.
 *
 * <p>The layouts of {@code std::string} and its kin are those of libstdc++, so this is for Linux;
 * the names are looked up before anything is called.
 */
final class NativeConverter {

  private static final String STRING = "NSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE";
  private static final String CONVERT =
      "_ZN10tensorflow35ConvertSavedModelToTFLiteFlatBufferERKN6tflite10ModelFlagsE"
          + "RNS0_14ConverterFlagsEP"
          + STRING
          + "PKNS_12quantization17PyFunctionLibraryE";
  private static final String QUANTIZE =
      "_ZN4mlir4lite13QuantizeModelESt17basic_string_viewIcSt11char_traitsIcEERKN6tflite10TensorTypeE"
          + "S8_S8_RKSt13unordered_setINSt7__cxx1112basic_stringIcS3_SaIcEEESt4hashISD_ESt8equal_toISD_ESaISD_EEbb"
          + "RSD_bbbRKN4absl12lts_2023080213flat_hash_setISD_NSO_18container_internal10StringHashENSQ_8StringEqE"
          + "SI_EESV_bbRKSt8optionalIKN10tensorflow9converter12DebugOptionsEE";
  private static final String NEW_MESSAGE =
      "_ZN6google8protobuf5Arena18CreateMaybeMessageIN6tflite%sEJEEEPT_PS1_DpOT0_";
  private static final String PARSE = "_ZN6google8protobuf11MessageLite14ParseFromArrayEPKvi";

  /** {@code flat_hash_set<string>(first, last, buckets, hash, equal, allocator)}. */
  private static final String SET_OF_RANGE =
      "_ZN4absl12lts_2023080218container_internal12raw_hash_setINS1_17FlatHashSetPolicyI"
          + "NSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEEEENS1_10StringHashENS1_8StringEqESaIS9_EE"
          + "C2IN9__gnu_cxx17__normal_iteratorIPKS9_St6vectorIS9_SD_EEEEET_SN_mRKSB_RKSC_RKSD_";

  private static final byte FLOAT32 = 0;
  private static final byte INT8 = 9;
  private static final byte NO = 0;

  /** {@code absl::Status}: a C++ function returns it through a pointer that libffi passes. */
  @Structure.FieldOrder({"rep", "spare", "more"})
  public static final class Status extends Structure implements Structure.ByValue {
    public long rep;
    public long spare;
    public long more;
  }

  private final NativeLibrary tensorflow;
  private final NativeLibrary framework;

  private NativeConverter(NativeLibrary tensorflow, NativeLibrary framework) {
    this.tensorflow = tensorflow;
    this.framework = framework;
  }

  /**
   * Loads TensorFlow.
   *
   * @throws Refusal where this platform's TensorFlow has no such converter
   */
  static NativeConverter open() {
    Path loaded = Path.of(Loader.load(org.tensorflow.internal.c_api.global.tensorflow.class));
    Path library = loaded.resolveSibling("libtensorflow_cc.so.2");
    Path shared = loaded.resolveSibling("libtensorflow_framework.so.2");
    if (!Files.isRegularFile(library) || !Files.isRegularFile(shared)) {
      throw missing("its library is built in another way");
    }
    // RTLD_LAZY without RTLD_GLOBAL: this library has symbols of the runtime for .tflite files,
    // too.
    Map<String, Integer> local = Map.of(Library.OPTION_OPEN_FLAGS, 1);
    NativeConverter converter =
        new NativeConverter(
            NativeLibrary.getInstance(library.toString(), local),
            NativeLibrary.getInstance(shared.toString(), local));
    converter.requireSymbols();
    return converter;
  }

  private void requireSymbols() {
    try {
      tensorflow.getFunction(CONVERT);
      tensorflow.getFunction(QUANTIZE);
      framework.getFunction(NEW_MESSAGE.formatted("10ModelFlags"));
      framework.getFunction(PARSE);
      framework.getFunction(SET_OF_RANGE);
    } catch (UnsatisfiedLinkError e) {
      throw missing("its library does not show it");
    }
  }

  private static Refusal missing(String why) {
    return new Refusal(
        "unsupported",
        "TensorFlow for "
            + System.getProperty("os.name")
            + " on "
            + System.getProperty("os.arch")
            + " has no converter that can be called: "
            + why);
  }

  /**
   * Converts.
   *
   * @param modelFlags a serialized {@code tflite.ModelFlags}
   * @param converterFlags a serialized {@code tflite.ConverterFlags}
   */
  void convert(byte[] modelFlags, byte[] converterFlags, Path target) throws IOException {
    try (StandardString result = new StandardString()) {
      Pointer model = message("10ModelFlags", modelFlags);
      Pointer converter = message("14ConverterFlags", converterFlags);
      Object[] arguments = {model, converter, result.memory, Pointer.NULL};
      check((Status) tensorflow.getFunction(CONVERT).invoke(Status.class, arguments));
      result.writeTo(target);
    }
  }

  private Pointer message(String type, byte[] bytes) {
    Pointer message =
        framework
            .getFunction(NEW_MESSAGE.formatted(type))
            .invokePointer(new Object[] {Pointer.NULL});
    Memory data = memory(bytes);
    Function parse = framework.getFunction(PARSE);
    int parsed = parse.invokeInt(new Object[] {message, data, bytes.length});
    if ((parsed & 0xff) == 0) {
      throw new Refusal("failed", "the flags of the converter can't be read by it");
    }
    return message;
  }

  /**
   * Quantises a float file whose tensors have ranges.
   *
   * @param keep names of the first outputs of operators that stay float
   */
  void quantize(Path source, Path target, boolean int8Io, List<String> keep) throws IOException {
    try (StandardString result = new StandardString()) {
      Memory model = memory(source);
      Memory io = memory(int8Io ? INT8 : FLOAT32);
      Memory int8 = memory(INT8);
      // Reads beyond the end of the option would find it empty, too.
      Memory none = zeros(4096);
      Memory unordered = emptyUnorderedSet();
      List<StandardString> names = new ArrayList<>();
      Memory denied = hashSet(keep, names);
      Memory noOperators = hashSet(List.of(), names);
      Object[] arguments = {
        model.size(),
        model,
        io,
        io,
        int8,
        unordered,
        NO, // per channel
        NO, // what can't be quantised stays float
        result.memory,
        NO,
        NO,
        NO,
        noOperators,
        denied,
        NO,
        NO,
        none
      };
      check((Status) tensorflow.getFunction(QUANTIZE).invoke(Status.class, arguments));
      result.writeTo(target);
      names.forEach(StandardString::close);
    }
  }

  private Memory hashSet(List<String> values, List<StandardString> owned) {
    Memory set = zeros(64);
    Memory array = zeros(Math.max(1, values.size()) * (long) StandardString.BYTES);
    for (int i = 0; i < values.size(); i++) {
      owned.add(new StandardString(array, i * (long) StandardString.BYTES, values.get(i)));
    }
    Memory nothing = zeros(8);
    Pointer end = array.share(values.size() * (long) StandardString.BYTES);
    Object[] arguments = {set, array, end, 0L, nothing, nothing, nothing};
    framework.getFunction(SET_OF_RANGE).invokeVoid(arguments);
    return set;
  }

  /** An empty {@code std::unordered_set}: one bucket, of its own. */
  private static Memory emptyUnorderedSet() {
    Memory set = zeros(56);
    set.setPointer(0, set.share(48));
    set.setLong(8, 1);
    set.setFloat(32, 1);
    return set;
  }

  private static void check(Status status) {
    if (status.rep == 0) {
      return;
    }
    if ((status.rep & 1) == 0) {
      throw new Refusal("failed", "status " + (status.rep >> 2));
    }
    Pointer message = new Pointer(status.rep - 1).getPointer(8);
    long size = new Pointer(status.rep - 1).getLong(16);
    byte[] bytes = message.getByteArray(0, (int) Math.min(size, 1 << 20));
    throw new Refusal("failed", new String(bytes, StandardCharsets.UTF_8));
  }

  private static Memory memory(byte... bytes) {
    Memory memory = new Memory(Math.max(1, bytes.length));
    memory.write(0, bytes, 0, bytes.length);
    return memory;
  }

  private static Memory memory(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      Memory memory = new Memory(channel.size());
      ByteBuffer target = memory.getByteBuffer(0, channel.size());
      while (target.hasRemaining() && channel.read(target) >= 0) {
        // Until the file is read.
      }
      return memory;
    }
  }

  private static Memory zeros(long bytes) {
    Memory memory = new Memory(bytes);
    memory.clear();
    return memory;
  }

  /** A {@code std::string} of libstdc++: pointer, length, and 16 bytes for a short text. */
  private static final class StandardString implements AutoCloseable {

    static final int BYTES = 32;
    private static final int INLINE = 16;

    final Pointer memory;
    private final List<Memory> kept = new ArrayList<>();

    /** An empty one that a C++ function fills. */
    StandardString() {
      this.memory = zeros(BYTES);
      memory.setPointer(0, memory.share(INLINE));
    }

    /** One with a text, in an array of them. */
    StandardString(Memory array, long offset, String text) {
      this.memory = array.share(offset, BYTES);
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      Memory characters = NativeConverter.memory(java.util.Arrays.copyOf(bytes, bytes.length + 1));
      kept.add(characters);
      memory.setPointer(0, characters);
      memory.setLong(8, bytes.length);
      memory.setLong(INLINE, bytes.length);
    }

    void writeTo(Path file) throws IOException {
      long size = memory.getLong(8);
      Pointer bytes = memory.getPointer(0);
      try (OutputStream out = Files.newOutputStream(file)) {
        int step = 1 << 24;
        for (long at = 0; at < size; at += step) {
          out.write(bytes.getByteArray(at, (int) Math.min(step, size - at)));
        }
      }
    }

    /** Frees what C++ took for a long text. */
    @Override
    public void close() {
      Pointer bytes = memory.getPointer(0);
      if (kept.isEmpty() && !bytes.equals(memory.share(INLINE))) {
        Native.free(Pointer.nativeValue(bytes));
      }
    }
  }
}
