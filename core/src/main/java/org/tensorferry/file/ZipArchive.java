package org.tensorferry.file;

import java.io.Closeable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.tensor.Storage;

/**
 * A zip file as torch and Keras write it: records under one top folder or none, tensor bytes
 * stored, text stored or deflated.
 *
 * <p>The central directory is read here and not by {@link java.util.zip.ZipFile} because that class
 * hides where the bytes of a stored record begin, which is what lets tensors stay in the mapped
 * file. The layout is that of PKWARE's APPNOTE 6.3, sections 4.3.7 (local header), 4.3.12 to 4.3.16
 * (directory and its end records, zip64), 4.5.3 (zip64 field). A stored record needs no checksum:
 * newer torch can leave it out.
 */
public final class ZipArchive implements Closeable {

  static final int MAX_RECORDS = 1_000_000;

  private final MappedFile file;
  private final String prefix;
  private final Map<String, ZipDirectory.Entry> entries;

  private ZipArchive(MappedFile file, Map<String, ZipDirectory.Entry> entries) {
    this.file = file;
    this.entries = entries;
    String first = entries.isEmpty() ? "" : entries.keySet().iterator().next();
    this.prefix = first.substring(0, first.indexOf('/') + 1);
  }

  /**
   * Reads the directory.
   *
   * @throws FerryException where the file is no zip or a damaged one (UNREADABLE)
   */
  public static ZipArchive open(MappedFile file) {
    Map<String, ZipDirectory.Entry> entries = new LinkedHashMap<>();
    for (ZipDirectory.Entry entry : new ZipDirectory(file).entries()) {
      if (entries.putIfAbsent(entry.name(), entry) != null) {
        throw unreadable(
            file.path(), "The record `" + entry.name() + "` is there twice.", entry.headerOffset());
      }
    }
    return new ZipArchive(file, Collections.unmodifiableMap(entries));
  }

  /** The zip file. */
  public Path path() {
    return file.path();
  }

  /** True where the file holds the record; names are without the top folder. */
  public boolean has(String name) {
    return entries.containsKey(prefix + name);
  }

  /** Names of all records under the top folder, in the order of the directory. */
  public List<String> names() {
    List<String> names = new ArrayList<>();
    for (String name : entries.keySet()) {
      if (name.startsWith(prefix)) {
        names.add(name.substring(prefix.length()));
      }
    }
    return names;
  }

  /** Full names of all records that end so, in whatever folder. */
  public List<String> allEndingWith(String end) {
    return entries.keySet().stream().filter(name -> name.endsWith(end)).toList();
  }

  /** A record by its full name, as UTF-8 text. */
  public String textAtRoot(String name, int limit) {
    ZipDirectory.Entry entry = entries.get(name);
    if (entry == null) {
      throw new IllegalArgumentException("no record `" + name + "`");
    }
    return new String(bytes(entry, name, limit), StandardCharsets.UTF_8);
  }

  /** True for a zip without the one top folder of torch's files, such as older {@code .pt2}. */
  public boolean hasAtRoot(String name) {
    return entries.containsKey(name);
  }

  /** True where the bytes of a record lie in the file as they are. */
  public boolean isStored(String name) {
    return entry(name).method() == ZipDirectory.STORED;
  }

  /** The bytes of a stored record, in the file. */
  public Storage storage(String name) {
    ZipDirectory.Entry entry = entry(name);
    if (entry.method() != ZipDirectory.STORED) {
      throw unreadable(
          path(),
          "The record `" + name + "` is compressed; model files store it.",
          entry.headerOffset());
    }
    return file.slice(dataOffset(entry), entry.size());
  }

  /**
   * A stored record that is a file of its own.
   *
   * @throws FerryException where it is compressed (UNREADABLE)
   */
  public MappedFile section(String name) {
    long size = storage(name).size();
    return file.section(offset(name), size);
  }

  /** Where the bytes of a record begin in the file. */
  public long offset(String name) {
    return dataOffset(entry(name));
  }

  /**
   * All bytes of a record.
   *
   * @param limit bytes at most
   */
  public byte[] bytes(String name, int limit) {
    return bytes(entry(name), name, limit);
  }

  private byte[] bytes(ZipDirectory.Entry entry, String name, int limit) {
    // Deflate packs at most 1032 bytes into one; a larger claim would only take memory.
    boolean impossible = entry.size() / 1032 > entry.compressedSize() + 1;
    if (entry.size() > limit || entry.compressedSize() > limit || impossible) {
      throw unreadable(
          path(),
          "The record `" + name + "` has " + entry.size() + " bytes; " + limit + " are the limit.",
          entry.headerOffset());
    }
    byte[] raw = new byte[(int) entry.compressedSize()];
    file.slice(dataOffset(entry), raw.length).read(0, raw, 0, raw.length);
    return entry.method() == ZipDirectory.STORED ? raw : inflate(entry, raw);
  }

  /** A record as UTF-8 text. */
  public String text(String name, int limit) {
    return new String(bytes(name, limit), StandardCharsets.UTF_8);
  }

  private byte[] inflate(ZipDirectory.Entry entry, byte[] raw) {
    Inflater inflater = new Inflater(true);
    try {
      byte[] inflated = new byte[(int) entry.size()];
      inflater.setInput(raw);
      int done = 0;
      while (done < inflated.length) {
        int n = inflater.inflate(inflated, done, inflated.length - done);
        if (n == 0) {
          break;
        }
        done += n;
      }
      boolean more = inflater.inflate(new byte[1]) > 0;
      CRC32 crc = new CRC32();
      crc.update(inflated);
      if (done < inflated.length || more || (entry.crc() != 0 && crc.getValue() != entry.crc())) {
        throw damaged(entry);
      }
      return inflated;
    } catch (DataFormatException malformed) {
      throw damaged(entry);
    } finally {
      inflater.end();
    }
  }

  private FerryException damaged(ZipDirectory.Entry entry) {
    return unreadable(
        path(), "The compressed record `" + entry.name() + "` is damaged.", entry.headerOffset());
  }

  private ZipDirectory.Entry entry(String name) {
    ZipDirectory.Entry entry = entries.get(prefix + name);
    if (entry == null) {
      throw Problem.of("The record `" + name + "` is missing.")
          .at("file", "`" + path() + "`")
          .because("the file is damaged or no model file")
          .fix("save the model again")
          .as(ExitCode.UNREADABLE);
    }
    return entry;
  }

  private long dataOffset(ZipDirectory.Entry entry) {
    return ZipDirectory.dataOffset(file, entry);
  }

  static FerryException unreadable(Path path, String what, long offset) {
    return Problem.of(what)
        .at("file", "`" + path + "`")
        .at("byte", offset)
        .because("the file is damaged or no model file")
        .fix("save the model again, and copy it in binary mode")
        .as(ExitCode.UNREADABLE);
  }

  @Override
  public void close() {
    file.close();
  }
}
