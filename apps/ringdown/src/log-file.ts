import { createWriteStream, existsSync, renameSync, statSync, type WriteStream } from 'node:fs';
import path from 'node:path';

const largestBytes = 20 * 1024 * 1024;

/** Everything that the processes say, one line each with the process in front. The file before it is kept as `.1`. */
export class LogFile {
  readonly file: string;
  private readonly stream: WriteStream;

  constructor(folder: string) {
    this.file = path.join(folder, 'ringdown.log');
    if (existsSync(this.file) && statSync(this.file).size > largestBytes) renameSync(this.file, `${this.file}.1`);
    this.stream = createWriteStream(this.file, { flags: 'a', mode: 0o600 });
    // A full disk must not end the calls; what can't be written is lost.
    this.stream.on('error', () => undefined);
  }

  write(process: string, line: string): void {
    this.stream.write(`${process.padEnd(10)} ${line}\n`);
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.stream.end(() => resolve()));
  }
}

/** The sentence of a log line that is worth the screen: a warning's or worse, or what isn't a log line at all. */
export function importantPart(line: string): string | undefined {
  if (!line.startsWith('{')) return line.trim() === '' ? undefined : line;
  try {
    const { level, msg }: { level?: unknown; msg?: unknown } = JSON.parse(line);
    const severe = typeof level === 'number' ? level >= 50 : level === 'error' || level === 'fatal';
    return severe && typeof msg === 'string' ? msg : undefined;
  } catch {
    return line;
  }
}
