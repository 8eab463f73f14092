import { readFileSync } from 'node:fs';
import { WebSocket } from 'ws';

const FRAME_BYTES = 160;
/** A gap may fall into one frame; not into half of them. */
const FRAMES_LOOKED_FOR = 8;

/** A simulated phone that keeps everything it hears, sample by sample, from the moment it dials. */
export class RecordingPhone {
  readonly callSid: string;
  readonly #socket: WebSocket;
  readonly #heard: Buffer[];

  private constructor(callSid: string, socket: WebSocket, heard: Buffer[]) {
    this.callSid = callSid;
    this.#socket = socket;
    this.#heard = heard;
  }

  static dial(simulator: string, call: { to: string; from: string; tone: number }): Promise<RecordingPhone> {
    const socket = new WebSocket(`${simulator.replace('http', 'ws')}/phone/recording`);
    const heard: Buffer[] = [];
    const { to, from, tone } = call;
    socket.on('open', () => socket.send(JSON.stringify({ type: 'dial', call: { to, from, audio: { tone } } })));
    return new Promise((resolve, reject) => {
      socket.on('error', reject);
      socket.on('message', (data: Buffer, isBinary: boolean) => {
        if (isBinary) {
          heard.push(data);
          return;
        }
        const said = JSON.parse(data.toString()) as { type: string; message?: string; call?: { callSid: string } };
        if (said.type === 'refused') reject(new Error(said.message));
        else if (said.call) resolve(new RecordingPhone(said.call.callSid, socket, heard));
      });
    });
  }

  /** Whether a built-in prompt was spoken to this phone: sound that is ours arrives as it was sent. */
  wasTold(prompt: string): boolean {
    const spoken = readFileSync(`libs/audio/prompts/en/${prompt}.ulaw`);
    const heard = Buffer.concat(this.#heard);
    const step = Math.floor(spoken.length / FRAME_BYTES / (FRAMES_LOOKED_FOR + 1)) * FRAME_BYTES;
    const frames = Array.from({ length: FRAMES_LOOKED_FOR }, (_, n) =>
      spoken.subarray((n + 1) * step, (n + 1) * step + FRAME_BYTES),
    );
    // Silence is everywhere: only frames that carry a voice tell.
    const voiced = frames.filter((frame) => new Set(frame).size > 8);
    return voiced.filter((frame) => heard.includes(frame)).length > voiced.length / 2;
  }

  /** Puts the phone down, with whatever call it has. */
  close(): void {
    this.#socket.close();
  }
}
