import { OpusDecoder } from 'opus-decoder';

/** Largest Opus packet (RFC 6716 §3.4); anything longer isn't one. */
const LARGEST_PACKET = 1275;

/**
 * Opus straight to 8 kHz: the decoder leaves out the bands a phone has no room for. One per voice, never used again for
 * another, as its memory holds the last milliseconds of what it heard.
 */
export class OpusVoice {
  private decoder: OpusDecoder<8000> | undefined;
  private closed = false;

  constructor() {
    const decoder = new OpusDecoder({
      sampleRate: 8000,
      channels: 1,
      streamCount: 1,
      coupledStreamCount: 0,
      channelMappingTable: [0],
      preSkip: 0,
    });
    // Takes about two milliseconds; packets until then are left out.
    void decoder.ready.then(() => {
      if (this.closed) decoder.free();
      else this.decoder = decoder;
    });
  }

  /** Empty when the packet can't be decoded. */
  decode(packet: Uint8Array): Int16Array {
    if (!this.decoder || packet.length > LARGEST_PACKET) return new Int16Array(0);
    const { channelData, samplesDecoded } = this.decoder.decodeFrame(packet);
    const floats = channelData[0]!;
    const samples = new Int16Array(samplesDecoded);
    for (let i = 0; i < samplesDecoded; i++) {
      const sample = floats[i]! * 32_767;
      samples[i] = sample > 32_767 ? 32_767 : sample < -32_768 ? -32_768 : sample;
    }
    return samples;
  }

  close(): void {
    this.closed = true;
    this.decoder?.free();
    this.decoder = undefined;
  }
}
