// Runs in the browser's audio thread: as it is, not bundled.
const PHONE_RATE = 8000;
const FRAME = 160;

/** Microphone at the machine's rate in, 20 ms at 8 kHz out. The mean over each step is filter enough for a voice. */
class Microphone extends AudioWorkletProcessor {
  #step = sampleRate / PHONE_RATE;
  #filled = 0;
  #frame = new Float32Array(FRAME);
  #sum = 0;
  #count = 0;
  #due = this.#step;

  process([input]) {
    for (const sample of input[0] ?? []) {
      this.#sum += sample;
      this.#count++;
      this.#due -= 1;
      if (this.#due <= 0) {
        this.#due += this.#step;
        this.#frame[this.#filled++] = this.#sum / this.#count;
        this.#sum = 0;
        this.#count = 0;
      }
      if (this.#filled === FRAME) {
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port, not a window
        this.port.postMessage(this.#frame.slice());
        this.#filled = 0;
      }
    }
    return true;
  }
}

/** 20 ms pieces in, played in order; a delay above 200 ms is cut. */
class Loudspeaker extends AudioWorkletProcessor {
  #pieces = [];
  #at = 0;

  constructor() {
    super();
    this.port.addEventListener('message', ({ data }) => {
      this.#pieces.push(data);
      if (this.#pieces.length > 10) this.#pieces.splice(0, this.#pieces.length - 3);
    });
    this.port.start();
  }

  process(_, [output]) {
    const channel = output[0];
    for (let i = 0; i < channel.length; i++) {
      const piece = this.#pieces[0];
      if (!piece) break;
      channel[i] = piece[this.#at++];
      if (this.#at === piece.length) {
        this.#pieces.shift();
        this.#at = 0;
      }
    }
    return true;
  }
}

registerProcessor('microphone', Microphone);
registerProcessor('loudspeaker', Loudspeaker);
