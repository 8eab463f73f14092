/** RTP and RTCP as far as an audio leg needs them (RFC 3550, RFC 4585). */

export const RTP_HEADER = 12;

export interface RtpPacket {
  readonly payloadType: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  readonly payload: Buffer;
}

/** With RTP and RTCP on one port, payload types 64 to 95 are RTCP (RFC 5761 §4). */
export function isRtcp(packet: Uint8Array): boolean {
  const type = packet[1]! & 0x7f;
  return type >= 64 && type < 96;
}

/** Without header extension and padding; null if it isn't RTP or a length does not fit. */
export function parseRtp(packet: Buffer): RtpPacket | null {
  if (packet.length < RTP_HEADER || packet[0]! >> 6 !== 2 || isRtcp(packet)) return null;
  const flags = packet[0]!;
  let start = RTP_HEADER + 4 * (flags & 15);
  if (flags & 0x10) {
    if (start + 4 > packet.length) return null;
    start += 4 + 4 * packet.readUInt16BE(start + 2);
  }
  const end = packet.length - (flags & 0x20 ? packet[packet.length - 1]! : 0);
  if (start > end) return null;
  return {
    payloadType: packet[1]! & 0x7f,
    sequence: packet.readUInt16BE(2),
    timestamp: packet.readUInt32BE(4),
    ssrc: packet.readUInt32BE(8),
    payload: packet.subarray(start, end),
  };
}

/** @param marker set on the first packet after a silence (RFC 3551 §4.1). */
export function writeRtpHeader(
  target: Buffer,
  packet: { payloadType: number; marker: boolean; sequence: number; timestamp: number; ssrc: number },
): void {
  target[0] = 0x80;
  target[1] = packet.payloadType | (packet.marker ? 0x80 : 0);
  target.writeUInt16BE(packet.sequence & 0xffff, 2);
  target.writeUInt32BE(packet.timestamp >>> 0, 4);
  target.writeUInt32BE(packet.ssrc, 8);
}

/** From `older` to `newer` around the wrap of 16 bits: negative when `newer` is in fact older. */
export function sequenceDistance(older: number, newer: number): number {
  return ((newer - older) << 16) >> 16;
}

const GENERIC_NACK = 1;
const TRANSPORT_FEEDBACK = 205;

/** Sequence numbers that a compound RTCP packet asks for again, for one of our streams. */
export function parseNacks(compound: Buffer, ssrc: number): number[] {
  const asked: number[] = [];
  for (let at = 0; at + 4 <= compound.length;) {
    const end = at + 4 * (compound.readUInt16BE(at + 2) + 1);
    if (end > compound.length) break;
    const isNack = compound[at + 1] === TRANSPORT_FEEDBACK && (compound[at]! & 31) === GENERIC_NACK;
    if (isNack && end - at >= 12 && compound.readUInt32BE(at + 8) === ssrc) {
      for (let item = at + 12; item + 4 <= end; item += 4) {
        const first = compound.readUInt16BE(item);
        const following = compound.readUInt16BE(item + 2);
        asked.push(first);
        for (let bit = 0; bit < 16; bit++) if (following & (1 << bit)) asked.push((first + bit + 1) & 0xffff);
      }
    }
    at = end;
  }
  return asked;
}

/** Asks the sender of `mediaSsrc` for packets again. `sequences` must lie within 17 of the first. */
export function writeNack(senderSsrc: number, mediaSsrc: number, sequences: readonly number[]): Buffer {
  const first = sequences[0] ?? 0;
  let following = 0;
  for (const sequence of sequences.slice(1)) {
    const bit = sequenceDistance(first, sequence) - 1;
    if (bit >= 0 && bit < 16) following |= 1 << bit;
  }
  const packet = Buffer.alloc(16);
  packet[0] = 0x80 | GENERIC_NACK;
  packet[1] = TRANSPORT_FEEDBACK;
  packet.writeUInt16BE(3, 2);
  packet.writeUInt32BE(senderSsrc, 4);
  packet.writeUInt32BE(mediaSsrc, 8);
  packet.writeUInt16BE(first, 12);
  packet.writeUInt16BE(following, 14);
  return packet;
}

/** Seconds from 1900 (NTP) to 1970 (Unix). */
const NTP_OFFSET = 2_208_988_800;

/** Sender report without report blocks, followed by the CNAME that RFC 3550 §6.1 demands. */
export function writeSenderReport(report: {
  ssrc: number;
  nowMs: number;
  timestamp: number;
  packets: number;
  octets: number;
  cname: string;
}): Buffer {
  const name = Buffer.from(report.cname);
  const descriptionWords = Math.ceil((8 + 2 + name.length + 1) / 4);
  const packet = Buffer.alloc(28 + 4 * descriptionWords);
  packet[0] = 0x80;
  packet[1] = 200;
  packet.writeUInt16BE(6, 2);
  packet.writeUInt32BE(report.ssrc, 4);
  packet.writeUInt32BE((Math.floor(report.nowMs / 1000) + NTP_OFFSET) >>> 0, 8);
  packet.writeUInt32BE(Math.floor(((report.nowMs % 1000) / 1000) * 2 ** 32) >>> 0, 12);
  packet.writeUInt32BE(report.timestamp >>> 0, 16);
  packet.writeUInt32BE(report.packets >>> 0, 20);
  packet.writeUInt32BE(report.octets >>> 0, 24);
  packet[28] = 0x81;
  packet[29] = 202;
  packet.writeUInt16BE(descriptionWords - 1, 30);
  packet.writeUInt32BE(report.ssrc, 32);
  packet[36] = 1;
  packet[37] = name.length;
  name.copy(packet, 38);
  return packet;
}
