package org.tensorferry.inputs;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioFormat.Encoding;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.UnsupportedAudioFileException;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.IoReasons;
import org.tensorferry.tensor.HostTensor;

/**
 * A recording as the input of a model: samples from -1 to 1 on the last axis. An axis before it
 * that has as many entries as the recording has channels takes them; all others have one entry.
 *
 * <p>Where the last axis is fixed, the recording is cut into as many cases as it fills; an
 * incomplete end is left out, but a recording shorter than one case is padded with zeros.
 */
final class WavInputs {

  /** Ten minutes of stereo at 48 kHz, as float32. */
  private static final int MOST_SAMPLES = 57_600_000;

  private WavInputs() {}

  static List<InputCase> read(Path file, InputSpec spec, Preparation preparation) {
    if (!spec.dtype().isFloating() || spec.shape().rank() == 0) {
      throw misfit(file, spec, "samples are numbers from -1 to 1 along an axis");
    }
    float[][] channels = prepared(decode(file), preparation);
    Dim time = spec.shape().dim(spec.shape().rank() - 1);
    int length = channels[0].length;
    List<InputCase> cases = new ArrayList<>();
    if (!time.isKnown()) {
      cases.add(inputCase(file, spec, channels, 0, length));
    } else {
      int frame = (int) Math.min(time.known(), MOST_SAMPLES);
      for (int from = 0; from == 0 || from + frame <= length; from += frame) {
        cases.add(inputCase(file, spec, channels, from, frame));
      }
    }
    return cases;
  }

  private record Recording(float rate, float[][] channels) {}

  private static float[][] prepared(Recording recording, Preparation preparation) {
    float[][] channels = recording.channels();
    if (preparation.mono() && channels.length > 1) {
      channels = new float[][] {average(channels)};
    }
    double rate = preparation.rate().isPresent() ? preparation.rate().getAsInt() : recording.rate();
    for (int i = 0; i < channels.length; i++) {
      channels[i] = Resampler.resample(channels[i], recording.rate(), rate);
      if (preparation.seconds().isPresent()) {
        long most = Math.round(preparation.seconds().get() * rate);
        channels[i] = Arrays.copyOf(channels[i], (int) Math.min(most, channels[i].length));
      }
    }
    return channels;
  }

  private static float[] average(float[][] channels) {
    float[] average = new float[channels[0].length];
    for (int i = 0; i < average.length; i++) {
      double sum = 0;
      for (float[] channel : channels) {
        sum += channel[i];
      }
      average[i] = (float) (sum / channels.length);
    }
    return average;
  }

  private static InputCase inputCase(
      Path file, InputSpec spec, float[][] channels, int from, int length) {
    Map<String, Long> dims = new TreeMap<>();
    int rank = spec.shape().rank();
    long[] shape = new long[rank];
    boolean placed = channels.length == 1;
    for (int axis = 0; axis < rank - 1; axis++) {
      Dim dim = spec.shape().dim(axis);
      // The batch is one recording; the channels take the first axis that has room for them.
      boolean takesChannels = !placed && (dim.is(channels.length) || (axis > 0 && !dim.isKnown()));
      placed |= takesChannels;
      shape[axis] = takesChannels ? channels.length : 1;
      if (dim.isKnown() && !dim.is(shape[axis])) {
        throw misfit(
            file,
            spec,
            "it has " + channels.length + " channel(s), and axis " + axis + " is " + dim);
      }
      noteDim(dims, dim, shape[axis]);
    }
    if (!placed) {
      throw misfit(
          file,
          spec,
          "no axis takes its " + channels.length + " channels; `mono=true` averages them");
    }
    shape[rank - 1] = length;
    noteDim(dims, spec.shape().dim(rank - 1), length);
    HostTensor input =
        HostTensor.generate(
            spec.dtype(), shape, part -> sample(channels[part / length], from + part % length));
    String origin = file.getFileName() + (from > 0 ? " from sample " + from : "");
    return new InputCase(dims, origin, List.of(input));
  }

  private static double sample(float[] channel, int index) {
    return index < channel.length ? channel[index] : 0;
  }

  private static void noteDim(Map<String, Long> dims, Dim dim, long size) {
    if (!dim.isKnown()) {
      dims.put(dim.toString(), size);
    }
  }

  private static Recording decode(Path file) {
    try (InputStream bytes = new BufferedInputStream(Files.newInputStream(file));
        AudioInputStream encoded = AudioSystem.getAudioInputStream(bytes)) {
      AudioFormat from = encoded.getFormat();
      int channels = from.getChannels();
      if (encoded.getFrameLength() > MOST_SAMPLES / Math.max(1, channels)) {
        throw RealInputs.problem(
            file, "it has more than " + MOST_SAMPLES + " samples", ExitCode.USAGE);
      }
      return new Recording(from.getSampleRate(), deinterleaved(samples(encoded, from), channels));
    } catch (UnsupportedAudioFileException e) {
      throw RealInputs.problem(file, "it is no WAVE file that Java reads", ExitCode.UNREADABLE);
    } catch (IOException e) {
      throw RealInputs.problem(file, IoReasons.of(e), ExitCode.UNREADABLE);
    }
  }

  /**
   * Integers divided by 2 to the power of their bits less one, as torchaudio and soundfile do
   * (Java's own conversion divides by one less); numbers as they are.
   */
  private static float[] samples(AudioInputStream encoded, AudioFormat from) throws IOException {
    boolean floating = from.getEncoding().equals(Encoding.PCM_FLOAT);
    // Compressed samples (mu-law, A-law) have 8 bits in the file and 16 when decoded.
    boolean pcm = from.getEncoding().toString().startsWith("PCM_");
    int bits = pcm ? from.getSampleSizeInBits() : 16;
    int bytes = bits / 8;
    AudioFormat plain =
        new AudioFormat(
            floating ? Encoding.PCM_FLOAT : Encoding.PCM_SIGNED,
            from.getSampleRate(),
            bits,
            from.getChannels(),
            bytes * from.getChannels(),
            from.getSampleRate(),
            false);
    try (AudioInputStream converted = AudioSystem.getAudioInputStream(plain, encoded)) {
      byte[] data = converted.readAllBytes();
      ByteBuffer buffer = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
      float[] samples = new float[data.length / bytes];
      for (int i = 0; i < samples.length; i++) {
        samples[i] = floating ? floating(buffer, i, bytes) : integer(buffer, i * bytes, bytes);
      }
      return samples;
    }
  }

  private static float floating(ByteBuffer data, int index, int bytes) {
    return bytes == 8 ? (float) data.getDouble(index * 8) : data.getFloat(index * 4);
  }

  private static float integer(ByteBuffer data, int at, int bytes) {
    int value = data.get(at + bytes - 1);
    for (int b = bytes - 2; b >= 0; b--) {
      value = value << 8 | (data.get(at + b) & 0xff);
    }
    return value / (float) (1L << (8 * bytes - 1));
  }

  private static float[][] deinterleaved(float[] samples, int count) {
    float[][] channels = new float[count][samples.length / count];
    for (int i = 0; i < channels[0].length * count; i++) {
      channels[i % count][i / count] = samples[i];
    }
    return channels;
  }

  private static FerryException misfit(Path file, InputSpec spec, String why) {
    return RealInputs.problem(file, why + "; the model takes " + spec, ExitCode.USAGE);
  }
}
