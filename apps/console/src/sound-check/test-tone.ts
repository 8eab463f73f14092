/** A second of two soft notes on the chosen speaker. */
export async function playTone(speakerId: string | undefined): Promise<void> {
  const context = new AudioContext();
  // Only Chromium can choose the speaker of a context; elsewhere the system's own is used.
  if (speakerId !== undefined && 'setSinkId' in context) {
    await (context as AudioContext & { setSinkId: (id: string) => Promise<void> }).setSinkId(speakerId);
  }
  for (const [index, hertz] of [440, 659.25].entries()) {
    const start = context.currentTime + index * 0.5;
    const tone = new OscillatorNode(context, { frequency: hertz });
    const envelope = new GainNode(context, { gain: 0 });
    envelope.gain.setValueAtTime(0, start);
    envelope.gain.linearRampToValueAtTime(0.2, start + 0.03);
    envelope.gain.exponentialRampToValueAtTime(0.0001, start + 0.6);
    tone.connect(envelope).connect(context.destination);
    tone.start(start);
    tone.stop(start + 0.65);
    if (index === 1) tone.addEventListener('ended', () => void context.close());
  }
}
