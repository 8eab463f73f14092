import { chromium, type Browser, type LaunchOptions } from '@playwright/test';

export interface BrowserOptions {
  /** A WAV (48 kHz, mono, 16 bit) that the microphone plays in a loop. One per browser: two voices need two browsers. */
  readonly microphoneWav?: string;
  readonly headless?: boolean;
}

/** How we start Chromium everywhere, without any download: CHROMIUM, else Debian's. */
export function browserLaunchOptions({ microphoneWav, headless = true }: BrowserOptions = {}): LaunchOptions {
  return {
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    headless,
    args: [
      // Root has no sandbox to enter.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      ...(microphoneWav === undefined ? [] : [`--use-file-for-fake-audio-capture=${microphoneWav}`]),
      '--autoplay-policy=no-user-gesture-required',
      // livekit-server listens on 127.0.0.1, which ICE leaves out by default.
      '--allow-loopback-in-peer-connection',
    ],
  };
}

export function launchBrowser(options: BrowserOptions = {}): Promise<Browser> {
  return chromium.launch(browserLaunchOptions(options));
}
