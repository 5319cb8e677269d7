import type { Capture, NetworkProcess, NetworkProcesses, ProcessChange, TextBuffer } from '../../core';
import { captureStopLine } from './notices';

/** Where a capture stopped, in the buffer of its process. */
export interface CaptureStop {
  /** Characters before it, counted from the first that ever was in the buffer. */
  readonly at: number;
  readonly line: string;
}

/** What is known of the processes of one buffer. */
interface Source {
  received: number;
  /** The one that had traffic last. */
  capture: Capture | null;
  readonly stops: CaptureStop[];
}

/** Most stops remembered of a buffer, the newest. */
const mostStops = 100;

/** What came into buffers by way of their processes, also while no document shows them. */
export class BufferSources {
  private readonly sources = new WeakMap<TextBuffer, Source>();
  private readonly counted = new WeakMap<NetworkProcess, number>();
  private readonly subscription: { dispose(): void };

  /** @param stopped Told of a buffer where a capture stopped: its text is to be shown anew, even if no more comes. */
  constructor(
    private readonly core: NetworkProcesses,
    private readonly stopped: (buffer: TextBuffer) => void,
  ) {
    this.subscription = core.onDidChangeProcess((change) => this.changed(change));
  }

  /** Bytes that the processes of a buffer have received, those that ended included. */
  received(buffer: TextBuffer): number {
    return this.sources.get(buffer)?.received ?? 0;
  }

  /** Whether one of its processes is stopped: what came may yet go into the buffer. */
  holdsBack(buffer: TextBuffer): boolean {
    return this.core.processList().some((p) => p.buffer === buffer && p.status === 'stop');
  }

  /** The capture of the process that had traffic last. */
  captureOf(buffer: TextBuffer): Capture | null {
    return this.sources.get(buffer)?.capture ?? null;
  }

  /** In the order of their coming. */
  stopsIn(buffer: TextBuffer): readonly CaptureStop[] {
    return this.sources.get(buffer)?.stops ?? [];
  }

  dispose(): void {
    this.subscription.dispose();
  }

  private changed({ process, kind }: ProcessChange): void {
    if (kind === 'traffic') this.count(process);
    if (kind === 'capture') this.captureEnded(process);
  }

  /** With every piece that comes: no search here. */
  private count(process: NetworkProcess): void {
    if (!process.buffer) return;
    const source = this.sourceOf(process.buffer);
    const { bytesReceived } = process.traffic;
    source.received += bytesReceived - (this.counted.get(process) ?? 0);
    source.capture = process.byteLog.capture;
    this.counted.set(process, bytesReceived);
  }

  private captureEnded(process: NetworkProcess): void {
    const { buffer } = process;
    const { capture } = process.byteLog;
    if (!buffer?.live || (capture.state !== 'full' && capture.state !== 'failed')) return;
    const mark = this.core.processMark(process);
    const position = (mark.buffer === buffer && mark.position) || buffer.size + 1;
    const { stops } = this.sourceOf(buffer);
    stops.push({ at: buffer.trimmed + position - 1, line: captureStopLine(process.name, capture, this.core.options) });
    if (stops.length > mostStops) stops.shift();
    this.stopped(buffer);
  }

  private sourceOf(buffer: TextBuffer): Source {
    let source = this.sources.get(buffer);
    if (!source) this.sources.set(buffer, (source = { received: 0, capture: null, stops: [] }));
    return source;
  }
}
