/** G.711 by table: µ-law and A-law to 16-bit linear and back (ITU-T G.711; levels as in the G.191 reference). */

/** What a phone plays as silence. */
export const MU_LAW_SILENCE = 0xff;

const MU_LAW_BIAS = 132;
const MU_LAW_CLIP = 32_635;

function muLawToLinear(code: number): number {
  const inverted = ~code & 0xff;
  const exponent = (inverted >> 4) & 7;
  const magnitude = ((((inverted & 15) << 3) + MU_LAW_BIAS) << exponent) - MU_LAW_BIAS;
  return inverted & 0x80 ? -magnitude : magnitude;
}

function linearToMuLaw(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), MU_LAW_CLIP) + MU_LAW_BIAS;
  const exponent = Math.max(0, 31 - Math.clz32(magnitude) - 7);
  return ~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 15)) & 0xff;
}

function aLawToLinear(code: number): number {
  const value = code ^ 0x55;
  const exponent = (value >> 4) & 7;
  const mantissa = ((value & 15) << 4) + 8;
  const magnitude = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1);
  return value & 0x80 ? magnitude : -magnitude;
}

function linearToALaw(sample: number): number {
  const sign = sample < 0 ? 0 : 0x80;
  // A-law drops the four low bits; negative values are one's complement so that -1 and 0 stay apart.
  const magnitude = (sample < 0 ? ~sample : sample) >> 4;
  const exponent = magnitude < 16 ? 0 : 31 - Math.clz32(magnitude) - 3;
  const mantissa = exponent === 0 ? magnitude & 15 : (magnitude >> (exponent - 1)) & 15;
  return (sign | (exponent << 4) | mantissa) ^ 0x55;
}

function decodeTable(decode: (code: number) => number): Int16Array {
  return Int16Array.from({ length: 256 }, (_, code) => decode(code));
}

/** 64 kB, indexed by `sample & 0xffff`: one load for each sample in the audio path. */
function encodeTable(encode: (sample: number) => number): Uint8Array {
  return Uint8Array.from({ length: 65_536 }, (_, index) => encode(index > 32_767 ? index - 65_536 : index));
}

export const muLawDecodeTable = decodeTable(muLawToLinear);
export const muLawEncodeTable = encodeTable(linearToMuLaw);
const aLawDecodeTable = decodeTable(aLawToLinear);
const aLawEncodeTable = encodeTable(linearToALaw);

const muLawToALawTable = Uint8Array.from(muLawDecodeTable, linearToALaw);
const aLawToMuLawTable = Uint8Array.from(aLawDecodeTable, linearToMuLaw);

function lookUp(input: Uint8Array, table: Uint8Array): Uint8Array {
  const output = new Uint8Array(input.length);
  for (let i = 0; i < input.length; i++) output[i] = table[input[i]!]!;
  return output;
}

function decodeWith(table: Int16Array, codes: Uint8Array): Int16Array {
  const samples = new Int16Array(codes.length);
  for (let i = 0; i < codes.length; i++) samples[i] = table[codes[i]!]!;
  return samples;
}

function encodeWith(table: Uint8Array, samples: Int16Array): Uint8Array {
  const codes = new Uint8Array(samples.length);
  for (let i = 0; i < samples.length; i++) codes[i] = table[samples[i]! & 0xffff]!;
  return codes;
}

/** One byte is one sample. */
export const decodeMuLaw = (codes: Uint8Array): Int16Array => decodeWith(muLawDecodeTable, codes);
export const encodeMuLaw = (samples: Int16Array): Uint8Array => encodeWith(muLawEncodeTable, samples);
export const decodeALaw = (codes: Uint8Array): Int16Array => decodeWith(aLawDecodeTable, codes);
export const encodeALaw = (samples: Int16Array): Uint8Array => encodeWith(aLawEncodeTable, samples);
export const muLawToALaw = (codes: Uint8Array): Uint8Array => lookUp(codes, muLawToALawTable);
export const aLawToMuLaw = (codes: Uint8Array): Uint8Array => lookUp(codes, aLawToMuLawTable);
